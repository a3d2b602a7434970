// SPDX-License-Identifier: GPL-2.0
//! `/proc/net/xt_TARPIT`: the counters of the namespace whose file is read.

use super::{
    bindings::{self, tarpit_netns},
    netns::Netns,
};
use crate::{metrics, prometheus::Sink};
use kernel::bindings::{seq_file, seq_write};

/// A file under /proc that counters are written to.
///
/// # Invariants
///
/// The pointer is valid, and nothing else uses the file.
struct File(*mut seq_file);

impl Sink for File {
    fn write(&mut self, text: &[u8]) {
        // The result is ignored: if the buffer is too short, the kernel shows the file again with a
        // longer one.
        // SAFETY: The file is valid, by the invariant; the text is only read.
        unsafe { seq_write(self.0, text.as_ptr().cast(), text.len()) };
    }
}

/// # Safety
///
/// `file` is valid and not used elsewhere, and `netns` is the state of its namespace, as in a show
/// function of seq_file.
#[no_mangle]
unsafe extern "C" fn xt_tarpit_show(file: *mut seq_file, netns: *mut tarpit_netns) {
    // SAFETY: Valid, by this function's contract.
    let netns = unsafe { Netns::new(netns) };
    // INVARIANT: By this function's contract.
    metrics::write(&mut File(file), |index| netns.sum(index));
}

super::same_prototype!(xt_tarpit_show);
