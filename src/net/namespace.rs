// SPDX-License-Identifier: GPL-2.0
//! What each network namespace has of its own: a key, and counters. Nothing per connection.

use super::ffi;
use crate::counters::Tally;
use crate::ignored::Ignored;
use core::{ffi::c_int, mem::size_of};
use kernel::{
    bindings,
    error::{from_result, to_result},
    prelude::*,
    sync::atomic::{Atomic, Full, Relaxed},
};

/// How many counters there are in each namespace.
const COUNTERS: usize = crate::counters::COUNT;

/// `struct tarpit_state`: what each namespace sets aside, zeroed by the kernel.
///
/// # Invariants
///
/// Between init and exit of the namespace, `counters` points to `COUNTERS` per-CPU numbers.
#[repr(C)]
pub(crate) struct State {
    /// 0 stands for "not drawn yet".
    key: [Atomic<u64>; 2],
    counters: *mut u64,
}

// `shim.h` asserts the same of the C side; both are in the same order.
const _: () = assert!(size_of::<State>() == 24);

/// A network namespace, borrowed.
///
/// # Invariants
///
/// The state is valid for `'a`.
pub(crate) struct Namespace<'a> {
    state: &'a State,
}

impl Namespace<'_> {
    /// The namespace that has this `state`.
    ///
    /// # Safety
    ///
    /// It is valid for as long as the result is used, and between init and exit.
    pub(super) unsafe fn new(state: *mut State) -> Self {
        Self {
            // SAFETY: The caller's promise; all changes go through atomics and per-CPU counters.
            state: unsafe { &*state },
        }
    }

    /// Draws the secret behind this namespace's numbers, unless it is there already.
    ///
    /// # Errors
    ///
    /// `NoKey` as long as the random pool is not ready.
    #[cold]
    pub(super) fn draw_key(&self) -> Result<(), Ignored> {
        self.state.key.iter().try_for_each(draw)
    }

    /// Adds one to the counter `index`, without a lock and on this CPU alone.
    pub(crate) fn count(&self, index: usize) {
        if index < COUNTERS {
            // SAFETY: There are `COUNTERS` of them, by the invariant.
            unsafe { ffi::tarpit_counters_inc(self.state.counters, index) };
        }
    }

    /// Adds what a verified segment tells, likewise.
    pub(crate) fn tally(&self, tally: &Tally) {
        let &Tally {
            first,
            kind,
            age,
            payload,
        } = tally;
        if first < COUNTERS - 1 && kind < COUNTERS {
            let counters = self.state.counters;
            // SAFETY: There are `COUNTERS` of them, by the invariant.
            unsafe {
                ffi::tarpit_counters_tally(counters, first, kind, age.into(), payload.into())
            };
        }
    }

    /// The counter `index` of all CPUs together.
    pub(crate) fn sum(&self, index: usize) -> u64 {
        if index < COUNTERS {
            // SAFETY: As above.
            unsafe { ffi::tarpit_counters_sum(self.state.counters, index) }
        } else {
            0
        }
    }
}

/// Draws the word in `cell`. Whoever comes first does, and for all others it stays the same.
fn draw(cell: &Atomic<u64>) -> Result<(), Ignored> {
    if cell.load(Relaxed) != 0 {
        return Ok(());
    }
    // SAFETY: It takes nothing and changes nothing.
    if !unsafe { bindings::rng_is_initialized() } {
        return Err(Ignored::NoKey);
    }
    // SAFETY: It may be called in any context. 0 means "not drawn", hence the bit.
    let word = unsafe { ffi::tarpit_random_u64() } | 1;
    // An error says that somebody else was quicker.
    let _ = cell.cmpxchg(0, word, Full);
    Ok(())
}

/// Waits until the random pool is ready, so that a key can be drawn.
///
/// A pool that nobody waits for may stay empty for long; waiting makes the kernel fill it, which
/// takes about a second on most machines. A signal ends it; then packets get `NoKey` until the pool
/// is ready by itself.
pub(crate) fn wait_for_random() {
    // SAFETY: It may be called wherever one may sleep.
    let _ = unsafe { bindings::wait_for_random_bytes() };
}

/// Milliseconds on a clock that never stands still, not even when the machine sleeps.
pub(crate) fn now() -> u32 {
    // SAFETY: It may be called in any context.
    unsafe { ffi::tarpit_clock_ms() }
}

/// Every namespace has its key and its counters for as long as this lives.
///
/// # Invariants
///
/// `tarpit_net_register()` has succeeded and has not been undone.
pub(crate) struct Registration(());

impl Registration {
    /// Sets up all namespaces that there are, and from now on each new one.
    ///
    /// # Errors
    ///
    /// As `register_pernet_subsys()`: out of memory.
    pub(crate) fn new() -> Result<Self> {
        // SAFETY: The operations are the shim's own, and stay until they are unregistered.
        to_result(unsafe { ffi::tarpit_net_register() })?;
        // INVARIANT: Just registered.
        Ok(Self(()))
    }
}

impl Drop for Registration {
    fn drop(&mut self) {
        // SAFETY: Registered, by the invariant.
        unsafe { ffi::tarpit_net_unregister() };
    }
}

/// # Safety
///
/// As the kernel calls a namespace's init: `net` is valid and has our memory, zeroed.
#[no_mangle]
unsafe extern "C" fn xt_tarpit_net_init(net: *mut bindings::net) -> c_int {
    from_result(|| {
        // SAFETY: The caller's promise.
        let state: *mut State = unsafe { ffi::tarpit_net_state(net) };
        // SAFETY: It may sleep, as an init may.
        let counters = unsafe { ffi::tarpit_counters_alloc(COUNTERS) };
        if counters.is_null() {
            return Err(ENOMEM);
        }
        // SAFETY: Nobody else knows of the namespace yet.
        unsafe { (*state).counters = counters };
        // SAFETY: `net` is valid; what the file shows is ready.
        if !unsafe { ffi::tarpit_proc_create(net) } {
            // SAFETY: Allocated above, and nobody has seen them.
            unsafe { ffi::tarpit_counters_free(counters) };
            return Err(ENOMEM);
        }
        Ok(0)
    })
}

/// # Safety
///
/// As the kernel calls a namespace's exit: init has succeeded, and no packet is left in it. That
/// is so as its devices are gone by then, and the tables have left their hooks; on unload, as the
/// targets are unregistered first and no rule can hold the module.
#[no_mangle]
unsafe extern "C" fn xt_tarpit_net_exit(net: *mut bindings::net) {
    // SAFETY: Init has created it.
    unsafe { ffi::tarpit_proc_remove(net) };
    // SAFETY: The caller's promise.
    let state: *mut State = unsafe { ffi::tarpit_net_state(net) };
    // SAFETY: Init has allocated them; nobody counts any more.
    unsafe { ffi::tarpit_counters_free((*state).counters) };
}
