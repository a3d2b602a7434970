// SPDX-License-Identifier: GPL-2.0
//! Calls that libbpf-rs lacks: links of XDP with flags, and emptying a map.
#![allow(unsafe_code, clippy::as_conversions)]

use super::status::Attached;
use libbpf_rs::libbpf_sys as sys;
use std::ffi::CString;
use std::io;
use std::mem;
use std::os::fd::{AsRawFd, BorrowedFd, FromRawFd, OwnedFd};
use std::os::unix::ffi::OsStrExt;
use std::path::Path;
use std::ptr;

/// What the kernel says of a link.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Info {
    /// The index of its interface, in the network namespace where that is; 0 if it is gone.
    pub interface: u32,
    pub program: u32,
}

/// Attaches a program to an interface of this network namespace, as long as the link is open or
/// pinned.
pub fn attach(program: BorrowedFd<'_>, interface: u32, generic: bool) -> io::Result<OwnedFd> {
    let options = sys::bpf_link_create_opts {
        sz: mem::size_of::<sys::bpf_link_create_opts>() as sys::size_t,
        flags: flags(generic),
        ..Default::default()
    };
    let (program, interface) = (program.as_raw_fd(), interface as i32);
    // SAFETY: libbpf reads `options`, which has its size in it.
    let fd = unsafe { sys::bpf_link_create(program, interface, sys::BPF_XDP, &options) };
    let fd = result(fd)?;
    // SAFETY: The file descriptor is new, and of this process.
    Ok(unsafe { OwnedFd::from_raw_fd(fd) })
}

/// Gives a link a file in the file system of BPF.
pub fn pin(link: BorrowedFd<'_>, path: &Path) -> io::Result<()> {
    let path = CString::new(path.as_os_str().as_bytes())?;
    // SAFETY: `path` ends with a 0.
    result(unsafe { sys::bpf_obj_pin(link.as_raw_fd(), path.as_ptr()) }).map(drop)
}

/// Asks for what the kernel says of a link.
pub fn info(link: BorrowedFd<'_>) -> io::Result<Info> {
    // SAFETY: All of it is numbers and pointers, which may be 0.
    let mut info: sys::bpf_link_info = unsafe { mem::zeroed() };
    let mut size = mem::size_of_val(&info) as u32;
    // SAFETY: The kernel writes at most `size` bytes.
    result(unsafe { sys::bpf_link_get_info_by_fd(link.as_raw_fd(), &mut info, &mut size) })?;
    if info.type_ != sys::BPF_LINK_TYPE_XDP {
        return Err(io::Error::other("it is no link of XDP"));
    }
    Ok(Info {
        // SAFETY: The kernel has written this part, by the type.
        interface: unsafe { info.__bindgen_anon_1.xdp.ifindex },
        program: info.prog_id,
    })
}

/// How an interface of this network namespace has a program, and the number of that.
pub fn attached(interface: u32) -> io::Result<Option<(Attached, u32)>> {
    let mut found = sys::bpf_xdp_query_opts {
        sz: mem::size_of::<sys::bpf_xdp_query_opts>() as sys::size_t,
        ..Default::default()
    };
    // SAFETY: libbpf writes `found`, which has its size in it.
    result(unsafe { sys::bpf_xdp_query(interface as i32, 0, &mut found) })?;
    Ok(match (found.drv_prog_id, found.skb_prog_id) {
        (0, 0) => None,
        (0, id) => Some((Attached::Generic, id)),
        (id, _) => Some((Attached::Native, id)),
    })
}

/// Removes all entries of a hash with keys and values of these sizes. The iterator of libbpf-rs
/// does not tell an error from the end.
pub fn clear(map: BorrowedFd<'_>, key: usize, value: usize) -> io::Result<()> {
    const BATCH: u32 = 4096;
    let room = |size| vec![0_u8; size * BATCH as usize];
    let (mut keys, mut values) = (room(key), room(value));
    let (mut next, mut from) = (0_u32, ptr::null_mut());
    let options = sys::bpf_map_batch_opts {
        sz: mem::size_of::<sys::bpf_map_batch_opts>() as sys::size_t,
        ..Default::default()
    };
    loop {
        let mut count = BATCH;
        // SAFETY: The kernel writes at most `count` keys and values, and one number for the next
        // batch, which `from` points to.
        let done = result(unsafe {
            sys::bpf_map_lookup_and_delete_batch(
                map.as_raw_fd(),
                from,
                ptr::from_mut(&mut next).cast(),
                keys.as_mut_ptr().cast(),
                values.as_mut_ptr().cast(),
                &mut count,
                &options,
            )
        });
        match done {
            Ok(_) => from = ptr::from_mut(&mut next).cast(),
            // This was the last batch.
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
            Err(error) => return Err(error),
        }
    }
}

fn flags(generic: bool) -> u32 {
    match generic {
        true => sys::XDP_FLAGS_SKB_MODE,
        false => sys::XDP_FLAGS_DRV_MODE,
    }
}

/// libbpf returns an error as a negative number.
fn result(returned: i32) -> io::Result<i32> {
    match returned {
        0.. => Ok(returned),
        _ => Err(io::Error::from_raw_os_error(returned.wrapping_neg())),
    }
}
