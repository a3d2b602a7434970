// SPDX-License-Identifier: GPL-2.0
//! `/proc/net/xt_TARPIT`: the counters of the namespace whose file is read.

use super::namespace::{Namespace, State};
use crate::{counters, prometheus::Sink};
use kernel::bindings::{self, seq_file};

/// A file under /proc, as something to write into.
///
/// # Invariants
///
/// The pointer is valid, and nothing else uses the file.
struct File(*mut seq_file);

impl Sink for File {
    fn write(&mut self, text: &[u8]) {
        // Its result needs no look: where the buffer is too short, the kernel shows the file again
        // with a longer one.
        // SAFETY: The file is valid, by the invariant; the text is only read.
        unsafe { bindings::seq_write(self.0, text.as_ptr().cast(), text.len()) };
    }
}

/// # Safety
///
/// As the kernel shows a file: `file` is valid and used by nothing else, and `state` is that of its
/// namespace.
#[no_mangle]
unsafe extern "C" fn xt_tarpit_show(file: *mut seq_file, state: *mut State) {
    // SAFETY: The kernel has the namespace until the file is closed.
    let namespace = unsafe { Namespace::new(state) };
    // INVARIANT: The kernel calls this with a valid file of this call's own.
    counters::write(&mut File(file), |index| namespace.sum(index));
}
