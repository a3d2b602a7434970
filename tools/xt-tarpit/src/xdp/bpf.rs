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
    for (generic, mode) in [(false, Attached::Native), (true, Attached::Generic)] {
        let mut id = 0;
        let flags = flags(generic) as i32;
        // SAFETY: libbpf writes one number.
        result(unsafe { sys::bpf_xdp_query_id(interface as i32, flags, &mut id) })?;
        if id != 0 {
            return Ok(Some((mode, id)));
        }
    }
    Ok(None)
}

/// Removes all entries of a hash, which has at most so many, with keys and values of these sizes.
pub fn clear(map: BorrowedFd<'_>, entries: u32, key: usize, value: usize) -> io::Result<()> {
    let room = |size| vec![0_u8; size * entries as usize];
    let (mut keys, mut values, mut next, mut count) = (room(key), room(value), 0_u32, entries);
    let options = sys::bpf_map_batch_opts {
        sz: mem::size_of::<sys::bpf_map_batch_opts>() as sys::size_t,
        ..Default::default()
    };
    // SAFETY: The kernel writes at most `count` keys and values, and one number for the next batch.
    let done = result(unsafe {
        sys::bpf_map_lookup_and_delete_batch(
            map.as_raw_fd(),
            ptr::null_mut(),
            ptr::from_mut(&mut next).cast(),
            keys.as_mut_ptr().cast(),
            values.as_mut_ptr().cast(),
            &mut count,
            &options,
        )
    });
    match done {
        // This was the last batch.
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        done => done.map(drop),
    }
}

/// Whether this process runs as root, perhaps with few capabilities.
pub fn is_root() -> bool {
    // SAFETY: It always succeeds.
    unsafe { libc::geteuid() == 0 }
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
