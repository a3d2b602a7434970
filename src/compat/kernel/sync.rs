// SPDX-License-Identifier: GPL-2.0
//! Memory that processors share.

/// Atomic numbers, with the orderings of the kernel's memory model.
pub mod atomic {
    use core::marker::PhantomData;
    use core::sync::atomic::{fence, AtomicU64, Ordering};

    /// No ordering.
    pub struct Relaxed;
    /// A full barrier before and after.
    pub struct Full;

    /// An atomic number; `src/` has no other than `u64`.
    #[repr(transparent)]
    pub struct Atomic<T>(AtomicU64, PhantomData<T>);

    impl Atomic<u64> {
        /// Borrows the number at `ptr`.
        ///
        /// # Safety
        ///
        /// `ptr` is valid for `'a`, aligned, and accessed only atomically meanwhile.
        #[inline(always)]
        pub unsafe fn from_ptr<'a>(ptr: *mut u64) -> &'a Self {
            // SAFETY: By this function's contract; the type is transparent over an AtomicU64,
            // which has the layout of a u64.
            unsafe { &*ptr.cast::<Self>() }
        }

        /// Reads it.
        #[inline(always)]
        pub fn load(&self, _: Relaxed) -> u64 {
            self.0.load(Ordering::Relaxed)
        }

        /// Replaces `old` with `new`. Another value than `old` stays and is returned as an error.
        #[inline(always)]
        pub fn cmpxchg(&self, old: u64, new: u64, _: Full) -> Result<u64, u64> {
            // Without the fences the exchange is acquire and release on arm64, not a full barrier.
            fence(Ordering::SeqCst);
            let found = self
                .0
                .compare_exchange(old, new, Ordering::SeqCst, Ordering::Relaxed);
            fence(Ordering::SeqCst);
            found
        }
    }
}
