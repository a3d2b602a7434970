// SPDX-License-Identifier: GPL-2.0
//! The border to libxtables: its calls, and the functions it calls. All unsafe of the extension is
//! here.
//!
//! This is the classic interface (extra_opts, parse, print, save). The guided parser
//! would check more for us, but its option entries changed their size between two releases
//! without a new version number.

use core::cell::UnsafeCell;
use core::ffi::{c_char, c_int, c_uint, c_void, CStr};
use core::ptr::null_mut;

use crate::abi::{InfoV0, InfoV1};
use crate::choice::Fault;
use crate::layout;
use crate::structs::{EntryTarget, GetoptOption, Globals, Target};

/// The data of a rule as the kernel knows it.
///
/// # Safety
///
/// Any bit pattern is a value, and no value needs more alignment than [`EntryTarget`] has.
pub unsafe trait Data: Sized + 'static {
    /// Its size, rounded up as the kernel's tables want it.
    const ALIGNED_SIZE: usize;
}

// SAFETY: one byte.
unsafe impl Data for InfoV0 {
    const ALIGNED_SIZE: usize = layout::V0_ALIGNED;
}

// SAFETY: integers of one and two bytes without a gap.
unsafe impl Data for InfoV1 {
    const ALIGNED_SIZE: usize = layout::V1_ALIGNED;
}

/// One revision of the target, as libxtables asks for it.
pub trait Revision: Data {
    const NUMBER: u8;
    /// Reads `option`. The data starts as zeroes and is kept until the last option was read;
    /// `said` starts at 0, and some callers reset it for each option.
    fn parse(&mut self, option: &ReadOption, said: &mut u32) -> Result<(), Fault>;
    fn help();
    fn list(&self);
    fn save(&self);
}

/// An option as it stands on the command line.
pub struct ReadOption {
    /// What the list of options has for it.
    pub val: c_int,
    /// "!" stands before it.
    pub inverted: bool,
    /// Its argument, if that is a number of 16 bits.
    pub number: Option<u16>,
}

/// The list of options, with the empty one at its end.
#[repr(transparent)]
pub struct Options<const N: usize>([GetoptOption; N]);

// SAFETY: The options are never written to, and the names behind their pointers are constants.
unsafe impl<const N: usize> Sync for Options<N> {}

impl<const N: usize> Options<N> {
    /// The last of them must be `GetoptOption::END`.
    pub const fn new(list: [GetoptOption; N]) -> Self {
        assert!(N > 0 && list[N - 1].name.is_null());
        Self(list)
    }
}

/// The target in revision `R`, for the family with this NFPROTO number.
pub const fn target<R: Revision, const N: usize>(
    family: usize,
    options: &'static Options<N>,
) -> Target {
    Target {
        version: layout::VERSION.as_ptr(),
        name: c"TARPIT".as_ptr(),
        revision: R::NUMBER,
        family: family as u16,
        size: R::ALIGNED_SIZE,
        userspacesize: R::ALIGNED_SIZE,
        help: Some(help::<R>),
        parse: Some(parse::<R>),
        print: Some(print::<R>),
        save: Some(save::<R>),
        extra_opts: (&raw const options.0).cast(),
        ..Target::EMPTY
    }
}

/// Targets that libxtables links into its lists: ours to fill, from registration on its to write.
#[repr(transparent)]
pub struct Targets<const N: usize>(UnsafeCell<[Target; N]>);

// SAFETY: we only ever hand out the address, once, to libxtables, which has a single thread.
unsafe impl<const N: usize> Sync for Targets<N> {}

impl<const N: usize> Targets<N> {
    pub const fn new(targets: [Target; N]) -> Self {
        Self(UnsafeCell::new(targets))
    }

    /// To be called once, when the library is loaded.
    pub fn register(&'static self) {
        // SAFETY: the N targets live as long as the library and nothing in Rust reads them again.
        unsafe { xtables_register_targets(self.0.get().cast(), N as c_uint) }
    }
}

extern "C" {
    static xt_params: *const Globals;
    static optarg: *const c_char;
    fn xtables_register_targets(targets: *mut Target, count: c_uint);
    fn xtables_strtoui(
        text: *const c_char,
        end: *mut *mut c_char,
        value: *mut c_uint,
        min: c_uint,
        max: c_uint,
    ) -> bool;
    fn printf(format: *const c_char, ...) -> c_int;
}

/// Prints through C's stdio, which is where iptables' own output waits: Rust would have a buffer
/// of its own and mix up the order.
pub fn put(text: &CStr) {
    // SAFETY: "%s" asks for one string, and `text` is one.
    unsafe { printf(c"%s".as_ptr(), text.as_ptr()) };
}

pub fn put_number(number: u16) {
    // SAFETY: "%u" asks for one unsigned int, and gets one.
    unsafe { printf(c"%u".as_ptr(), c_uint::from(number)) };
}

/// The argument of the option being parsed, if it is a number of 16 bits.
fn argument() -> Option<u16> {
    let mut value: c_uint = 0;
    // SAFETY: optarg is getopt_long()'s and points to the argument of an option that takes one;
    // without an end pointer the whole of it has to be the number.
    let fits = unsafe {
        !optarg.is_null() && xtables_strtoui(optarg, null_mut(), &mut value, 0, u16::MAX.into())
    };
    u16::try_from(value).ok().filter(|_| fits)
}

/// Ends the program with the fault as its message.
fn refuse(fault: Fault) -> ! {
    const STATUS: c_int = layout::PARAMETER_PROBLEM as c_int;
    let format = c"TARPIT: --%s %s%s".as_ptr();
    let Fault { option, why, other } = fault;
    let (option, why, other) = (option.as_ptr(), why.as_ptr(), other.as_ptr());
    // SAFETY: the program sets xt_params before it loads an extension; the format asks for the
    // three strings that it gets.
    unsafe { ((*xt_params).exit_err)(STATUS, format, option, why, other) }
}

extern "C" fn help<R: Revision>() {
    R::help();
}

/// # Safety
///
/// `said` points to our flags and `*target` to an entry of the registered size.
unsafe extern "C" fn parse<R: Revision>(
    val: c_int,
    _argv: *mut *mut c_char,
    invert: c_int,
    said: *mut c_uint,
    _rule: *const c_void,
    target: *mut *mut c_void,
) -> c_int {
    // SAFETY: the caller's promise; nothing else uses either while we do.
    let (said, entry) = unsafe { (&mut *said, &mut *(*target).cast::<EntryTarget<R>>()) };
    let (inverted, number) = (invert != 0, argument());
    let option = ReadOption {
        val,
        inverted,
        number,
    };
    if let Err(fault) = entry.data.parse(&option, said) {
        refuse(fault);
    }
    1
}

/// # Safety
///
/// `target` points to an entry of the registered size.
unsafe extern "C" fn print<R: Revision>(_: *const c_void, target: *const c_void, _: c_int) {
    // SAFETY: the caller's promise.
    unsafe { &(*target.cast::<EntryTarget<R>>()).data }.list();
}

/// # Safety
///
/// `target` points to an entry of the registered size.
unsafe extern "C" fn save<R: Revision>(_: *const c_void, target: *const c_void) {
    // SAFETY: the caller's promise.
    unsafe { &(*target.cast::<EntryTarget<R>>()).data }.save();
}
