// SPDX-License-Identifier: GPL-2.0
//! `/proc/net/xt_TARPIT`: the counters of the namespace whose file is read.

use super::namespace::{Namespace, State};
use crate::counters;
use core::fmt::{self, Write};
use kernel::{bindings::seq_file, seq_file::SeqFile, seq_print};

/// A file under /proc, as something to write into.
struct File<'a>(&'a SeqFile);

impl Write for File<'_> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        seq_print!(self.0, "{text}");
        Ok(())
    }
}

/// # Safety
///
/// As the kernel shows a file: `file` is valid and used by nobody else, and `state` is that of its
/// namespace.
#[no_mangle]
unsafe extern "C" fn xt_tarpit_show(file: *mut seq_file, state: *mut State) {
    // SAFETY: The caller's promise.
    let (file, namespace) = unsafe { (SeqFile::from_raw(file), Namespace::new(state)) };
    // Nothing fails: where the buffer is too short, the kernel calls again with a longer one.
    let _ = counters::write(&mut File(file), |index| namespace.sum(index));
}
