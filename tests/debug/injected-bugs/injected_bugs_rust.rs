// SPDX-License-Identifier: GPL-2.0
//! injected_bugs_rust - a use after free in Rust, to show that Rust is watched as C is.

use core::hint::black_box;
use kernel::prelude::*;

module! {
    type: Injected,
    name: "injected_bugs_rust",
    authors: ["xt_TARPIT"],
    description: "An injected bug in Rust, for hardened kernels",
    license: "GPL",
}

struct Injected;

impl kernel::Module for Injected {
    fn init(_module: &'static ThisModule) -> Result<Self> {
        let mut memory = KBox::new([0u8; 40], GFP_KERNEL)?;
        let dangling: *mut u8 = black_box(&mut memory[8]);
        drop(memory);
        // SAFETY: None: this is the bug.
        unsafe { dangling.write_volatile(1) };
        // Without KASAN it is detected when the memory is allocated again.
        drop(black_box(KBox::new([0u8; 40], GFP_KERNEL)?));
        Ok(Self)
    }
}
