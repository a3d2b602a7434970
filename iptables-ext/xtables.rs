// SPDX-License-Identifier: GPL-2.0
//! The border to libxtables: calls into it, and the functions it calls. All unsafe code of the
//! extension is here.
//!
//! It uses the classic interface (extra_opts, parse, print, save). The guided parser would check
//! more, but its option entries changed their size between two releases without a new version.

use core::cell::UnsafeCell;
use core::ffi::{c_char, c_int, c_uint, c_void, CStr};
use core::ptr::null_mut;

use crate::abi::{xt_tarpit_tginfo, xt_tarpit_tginfo_v1};
use crate::choice::OptionError;
use crate::layout;
use crate::structs::{EntryTarget, GetoptOption, Globals, Target};

/// The data of a rule as the kernel knows it.
///
/// # Safety
///
/// Any bit pattern is a value, and the type needs no more alignment than [`EntryTarget`] has.
pub unsafe trait Data: Sized + 'static {
    /// Its size, rounded up as the kernel's tables require.
    const ALIGNED_SIZE: usize;
}

// SAFETY: It is one byte.
unsafe impl Data for xt_tarpit_tginfo {
    const ALIGNED_SIZE: usize = layout::V0_ALIGNED;
}

// SAFETY: It has integers of one and two bytes, without padding.
unsafe impl Data for xt_tarpit_tginfo_v1 {
    const ALIGNED_SIZE: usize = layout::V1_ALIGNED;
}

/// One revision of the target, as libxtables uses it.
pub trait Revision: Data {
    const NUMBER: u8;
    /// Reads `option`. The data starts as zeros and is kept until the last option is read; `parsed`
    /// starts as 0, and some callers reset it for each option.
    fn parse(&mut self, option: &ReadOption, parsed: &mut u32) -> Result<(), OptionError>;
    fn help();
    fn list(&self);
    fn save(&self);
}

/// An option as it stands on the command line.
pub struct ReadOption {
    /// Its value in the list of options.
    pub val: c_int,
    /// Whether "!" precedes it.
    pub inverted: bool,
    /// Its argument, if that is a number of 16 bits.
    pub number: Option<u16>,
}

/// The list of options, ended by an empty one.
#[repr(transparent)]
pub struct Options<const N: usize>([GetoptOption; N]);

// SAFETY: The options are never written, and their pointers lead to constants.
unsafe impl<const N: usize> Sync for Options<N> {}

impl<const N: usize> Options<N> {
    /// The last option must be `GetoptOption::END`.
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

/// Targets that libxtables links into its lists. From registration on only libxtables uses them.
#[repr(transparent)]
pub struct Targets<const N: usize>(UnsafeCell<[Target; N]>);

// SAFETY: Only the address is used, and only by libxtables, which has a single thread.
unsafe impl<const N: usize> Sync for Targets<N> {}

impl<const N: usize> Targets<N> {
    pub const fn new(targets: [Target; N]) -> Self {
        Self(UnsafeCell::new(targets))
    }

    /// Registers the targets. Called once, when the library is loaded.
    pub fn register(&'static self) {
        // SAFETY: The N targets live as long as the library, and Rust never reads them again.
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

/// Prints through C's stdio, as iptables does, so that the order of the output is kept.
pub fn put(text: &CStr) {
    // SAFETY: "%s" takes one string, and `text` is one.
    unsafe { printf(c"%s".as_ptr(), text.as_ptr()) };
}

pub fn put_number(number: u16) {
    // SAFETY: "%u" takes one unsigned int, and gets one.
    unsafe { printf(c"%u".as_ptr(), c_uint::from(number)) };
}

/// The argument of the option being parsed, if it is a number of 16 bits.
fn argument() -> Option<u16> {
    let mut value: c_uint = 0;
    // SAFETY: If optarg is not null, getopt_long() has set it to an argument of the command line.
    // Without an end pointer the whole argument must be the number.
    let fits = unsafe {
        !optarg.is_null() && xtables_strtoui(optarg, null_mut(), &mut value, 0, u16::MAX.into())
    };
    u16::try_from(value).ok().filter(|_| fits)
}

/// Ends the program with `error` as its error message.
fn refuse(error: OptionError) -> ! {
    const STATUS: c_int = layout::PARAMETER_PROBLEM as c_int;
    let format = c"TARPIT: --%s %s%s".as_ptr();
    let OptionError { option, why, other } = error;
    let (option, why, other) = (option.as_ptr(), why.as_ptr(), other.as_ptr());
    // SAFETY: The program sets xt_params before it loads an extension; the format takes the three
    // strings that it gets.
    unsafe { ((*xt_params).exit_err)(STATUS, format, option, why, other) }
}

extern "C" fn help<R: Revision>() {
    R::help();
}

/// # Safety
///
/// `parsed` points to our flags and `*target` to an entry of the registered size.
unsafe extern "C" fn parse<R: Revision>(
    val: c_int,
    _argv: *mut *mut c_char,
    invert: c_int,
    parsed: *mut c_uint,
    _rule: *const c_void,
    target: *mut *mut c_void,
) -> c_int {
    // SAFETY: By this function's contract both are valid, and nothing else uses them meanwhile.
    let (parsed, entry) = unsafe { (&mut *parsed, &mut *(*target).cast::<EntryTarget<R>>()) };
    let (inverted, number) = (invert != 0, argument());
    let option = ReadOption {
        val,
        inverted,
        number,
    };
    if let Err(error) = entry.data.parse(&option, parsed) {
        refuse(error);
    }
    1
}

/// # Safety
///
/// `target` points to an entry of the registered size.
unsafe extern "C" fn print<R: Revision>(_: *const c_void, target: *const c_void, _: c_int) {
    // SAFETY: By this function's contract `target` points to an entry; any bytes are valid data.
    unsafe { &(*target.cast::<EntryTarget<R>>()).data }.list();
}

/// # Safety
///
/// `target` points to an entry of the registered size.
unsafe extern "C" fn save<R: Revision>(_: *const c_void, target: *const c_void) {
    // SAFETY: By this function's contract `target` points to an entry; any bytes are valid data.
    unsafe { &(*target.cast::<EntryTarget<R>>()).data }.save();
}
