// SPDX-License-Identifier: GPL-2.0
//! The state of a network namespace: a key and counters. Nothing is kept per connection.

use super::bindings::{self, tarpit_netns};
use crate::counters::CounterUpdate;
use crate::drop_reason::DropReason;
use crate::policy::cookie::Key;
use core::{ffi::c_int, marker::PhantomData, ptr};
use kernel::{
    bindings::{net, rng_is_initialized, wait_for_random_bytes},
    error::{from_result, to_result},
    prelude::*,
    sync::atomic::{Atomic, Full, Relaxed},
};

/// The number of counters in each namespace.
const COUNTERS: usize = crate::counters::COUNT;

/// A network namespace, borrowed.
///
/// # Invariants
///
/// `raw` is valid for `'a`, between init and exit of the namespace: `counters` points to `COUNTERS`
/// per-CPU numbers, and `key` is only accessed atomically until both words are drawn.
pub(crate) struct Netns<'a> {
    raw: *mut tarpit_netns,
    _namespace: PhantomData<&'a tarpit_netns>,
}

impl<'a> Netns<'a> {
    /// Borrows the namespace that has this state.
    ///
    /// # Safety
    ///
    /// `raw` is the state of a namespace between its init and its exit, for all of `'a`.
    pub(super) unsafe fn new(raw: *mut tarpit_netns) -> Self {
        // INVARIANT: By this function's contract.
        Self {
            raw,
            _namespace: PhantomData,
        }
    }

    fn counters(&self) -> *mut u64 {
        // SAFETY: `raw` is valid, by the invariant; the field is constant between init and exit.
        unsafe { (*self.raw).counters }
    }

    /// The key of the namespace's cookies. If `drawn`, the caller knows that it has been drawn.
    ///
    /// # Errors
    ///
    /// `NoKey` while the random pool is not ready.
    #[inline(always)]
    pub(super) fn key(&self, drawn: bool) -> Result<&'a Key, DropReason> {
        if !drawn {
            self.draw_key()?;
        }
        // SAFETY: `raw` is valid for `'a`, by the invariant. Both words are drawn and never change
        // again, because the compare-and-exchange from 0 succeeds only once.
        Ok(unsafe { &*ptr::addr_of!((*self.raw).key).cast::<Key>() })
    }

    #[cold]
    fn draw_key(&self) -> Result<(), DropReason> {
        for index in 0..2 {
            // SAFETY: `raw` is valid, by the invariant, and `key` has two words.
            let word = unsafe { ptr::addr_of_mut!((*self.raw).key).cast::<u64>().add(index) };
            // SAFETY: The word is valid, aligned, and accessed only atomically until it is drawn.
            draw(unsafe { Atomic::from_ptr(word) })?;
        }
        Ok(())
    }

    /// Adds one to the counter `index`, without a lock, on this CPU alone.
    pub(crate) fn count(&self, index: usize) {
        if index < COUNTERS {
            // SAFETY: There are `COUNTERS` of them, by the invariant.
            unsafe { bindings::tarpit_counters_inc(self.counters(), index) };
        }
    }

    /// Adds the update of a verified segment, without a lock, on this CPU alone.
    pub(crate) fn update(&self, update: &CounterUpdate) {
        let &CounterUpdate {
            first,
            kind,
            age,
            payload,
        } = update;
        if first < COUNTERS - 1 && kind < COUNTERS {
            let (counters, age, payload) = (self.counters(), age.into(), payload.into());
            // SAFETY: There are `COUNTERS` of them, by the invariant.
            unsafe { bindings::tarpit_counters_update(counters, first, kind, age, payload) };
        }
    }

    /// The sum of the counter `index` over all CPUs.
    pub(crate) fn sum(&self, index: usize) -> u64 {
        if index < COUNTERS {
            // SAFETY: There are `COUNTERS` of them, by the invariant.
            unsafe { bindings::tarpit_counters_sum(self.counters(), index) }
        } else {
            0
        }
    }
}

/// Draws the word in `cell`, unless another CPU has drawn it.
fn draw(cell: &Atomic<u64>) -> Result<(), DropReason> {
    if cell.load(Relaxed) != 0 {
        return Ok(());
    }
    // SAFETY: It may be called in any context.
    if !unsafe { rng_is_initialized() } {
        return Err(DropReason::NoKey);
    }
    // SAFETY: It may be called in any context. 0 means "not drawn", hence the bit.
    let word = unsafe { bindings::tarpit_random_u64() } | 1;
    // An error means that another CPU has drawn the word first.
    let _ = cell.cmpxchg(0, word, Full);
    Ok(())
}

/// Waits until the random pool is ready, so that a key can be drawn.
///
/// Waiting makes the kernel fill the pool, which takes about a second on most machines. A signal
/// ends the wait; packets then get `NoKey` until the pool is ready by itself.
pub(crate) fn wait_for_random() {
    // SAFETY: It may be called where sleeping is allowed.
    let _ = unsafe { wait_for_random_bytes() };
}

/// Milliseconds since boot, time asleep included.
pub(crate) fn now() -> u32 {
    // SAFETY: It may be called in any context.
    unsafe { bindings::tarpit_clock_ms() }
}

/// While this lives, every network namespace has its state.
///
/// # Invariants
///
/// `tarpit_net_register()` has succeeded and has not been undone.
pub(crate) struct Registration(());

impl Registration {
    /// Sets up all namespaces, and from now on each new one.
    ///
    /// # Errors
    ///
    /// As `register_pernet_subsys()`: out of memory.
    pub(crate) fn new() -> Result<Self> {
        // SAFETY: The operations are static in netns.c.
        to_result(unsafe { bindings::tarpit_net_register() })?;
        // INVARIANT: Just registered.
        Ok(Self(()))
    }
}

impl Drop for Registration {
    fn drop(&mut self) {
        // SAFETY: Registered, by the invariant.
        unsafe { bindings::tarpit_net_unregister() };
    }
}

/// # Safety
///
/// `net` is valid and has our state, zeroed, as in an init function of pernet_operations.
#[no_mangle]
unsafe extern "C" fn xt_tarpit_net_init(net: *mut net) -> c_int {
    from_result(|| {
        // SAFETY: `net` is valid and has our state, by this function's contract.
        let raw = unsafe { bindings::tarpit_net_state(net) };
        // SAFETY: An init function may sleep.
        let counters = unsafe { bindings::tarpit_counters_alloc(COUNTERS) };
        if counters.is_null() {
            return Err(ENOMEM);
        }
        // SAFETY: No other code knows the namespace yet.
        unsafe { (*raw).counters = counters };
        // SAFETY: `net` is valid, and the counters that the file shows are ready.
        if !unsafe { bindings::tarpit_proc_create(net) } {
            // SAFETY: Allocated above and not used elsewhere.
            unsafe { bindings::tarpit_counters_free(counters) };
            return Err(ENOMEM);
        }
        Ok(0)
    })
}

/// # Safety
///
/// Init has succeeded for `net`, and no packet is left in it, as in an exit function of
/// pernet_operations: the devices are gone and the tables have left their hooks. On unload the
/// targets are unregistered first, and no rule can hold the module.
#[no_mangle]
unsafe extern "C" fn xt_tarpit_net_exit(net: *mut net) {
    // SAFETY: Init has created it.
    unsafe { bindings::tarpit_proc_remove(net) };
    // SAFETY: `net` is valid and has our state, by this function's contract.
    let raw = unsafe { bindings::tarpit_net_state(net) };
    // SAFETY: Init has allocated them, and no packet is left that counts.
    unsafe { bindings::tarpit_counters_free((*raw).counters) };
}

super::same_prototype!(xt_tarpit_net_init xt_tarpit_net_exit);
