// SPDX-License-Identifier: GPL-2.0
//! link_tarpit.so: what `type tarpit` means to `ip link`.
//!
//! words is pure; this file is the border to ip and has all the unsafe. ip loads it by its name,
//! and it prints by ip's own functions, so that `ip -json` works.
#![no_std]
#![deny(unsafe_op_in_unsafe_fn)]

use core::ffi::{c_char, c_int, c_uint, c_void, CStr};
use core::ptr::{null, null_mut};

use words::{Attribute, Fault, Parser, Value, HELP, MODES, REPLIES};

mod words;

/// `enum output_type` and `enum color_attr` of iproute2: both kinds of output, no colour.
const PRINT_FP: c_int = 1;
const PRINT_JSON: c_int = 2;
const PRINT_ANY: c_int = 4;
const COLOR_NONE: c_int = 6;

/// The room for ip's whole message. ip passes the same number to these functions.
const MESSAGE: c_int = 1024;

/// `struct rtattr`, in front of its data.
#[repr(C)]
struct RtAttr {
    length: u16,
    kind: u16,
}

type ParseOpt =
    unsafe extern "C" fn(*mut LinkUtil, c_int, *const *const c_char, *mut c_void) -> c_int;
type PrintOpt = unsafe extern "C" fn(*mut LinkUtil, *mut c_void, *const *const RtAttr);
type PrintHelp = unsafe extern "C" fn(*mut LinkUtil, c_int, *const *const c_char, *mut c_void);

/// `struct link_util` of iproute2, which ip links into its list.
#[repr(C)]
pub struct LinkUtil {
    next: *mut Self,
    id: *const c_char,
    maxattr: c_int,
    parse_opt: Option<ParseOpt>,
    print_opt: Option<PrintOpt>,
    print_xstats: *const c_void,
    print_help: Option<PrintHelp>,
    parse_ifla_xstats: *const c_void,
    print_ifla_xstats: *const c_void,
}

/// Named so that ip finds it.
#[no_mangle]
#[allow(non_upper_case_globals)]
pub static mut tarpit_link_util: LinkUtil = LinkUtil {
    next: null_mut(),
    id: c"tarpit".as_ptr(),
    maxattr: words::MAX as c_int,
    parse_opt: Some(parse),
    print_opt: Some(print),
    print_xstats: null(),
    print_help: Some(help),
    parse_ifla_xstats: null(),
    print_ifla_xstats: null(),
};

extern "C" {
    fn addattr8(message: *mut c_void, room: c_int, kind: c_int, data: u8) -> c_int;
    fn addattr16(message: *mut c_void, room: c_int, kind: c_int, data: u16) -> c_int;
    fn invarg(message: *const c_char, argument: *const c_char);
    fn print_color_string(
        output: c_int,
        color: c_int,
        key: *const c_char,
        format: *const c_char,
        value: *const c_char,
    ) -> c_int;
    fn print_color_uint(
        output: c_int,
        color: c_int,
        key: *const c_char,
        format: *const c_char,
        value: c_uint,
    ) -> c_int;
    fn print_color_bool(
        output: c_int,
        color: c_int,
        key: *const c_char,
        format: *const c_char,
        value: bool,
    ) -> c_int;
    fn fputs(text: *const c_char, file: *mut c_void) -> c_int;
    static stderr: *mut c_void;
}

/// Reads the words behind `type tarpit`, and adds them to ip's message.
///
/// # Safety
///
/// ip calls it, with `count` arguments and a message that has room.
unsafe extern "C" fn parse(
    _: *mut LinkUtil,
    count: c_int,
    arguments: *const *const c_char,
    message: *mut c_void,
) -> c_int {
    let mut parser = Parser::new();
    for index in 0..usize::try_from(count).unwrap_or(0) {
        // SAFETY: There are `count` arguments, each a string, by this function's contract.
        let argument = unsafe { CStr::from_ptr(*arguments.add(index)) };
        if let Err(fault) = parser.take(argument) {
            return refuse(fault, argument);
        }
    }
    let attributes = match parser.finish() {
        Ok(attributes) => attributes,
        Err(fault) => return refuse(fault, c""),
    };
    for attribute in attributes.into_iter().flatten() {
        let Attribute { kind, value } = attribute;
        // SAFETY: The message is ip's and has room, by this function's contract.
        let _ = unsafe {
            match value {
                Value::Byte(byte) => addattr8(message, MESSAGE, kind.into(), byte),
                Value::Half(half) => addattr16(message, MESSAGE, kind.into(), half),
            }
        };
    }
    0
}

/// Says what is wrong. ip ends with an error.
fn refuse(fault: Fault, argument: &CStr) -> c_int {
    match fault {
        // SAFETY: The text is a string, and stderr is open.
        Fault::Help => unsafe {
            fputs(HELP.as_ptr(), stderr);
        },
        // SAFETY: Both are strings. In ip it does not return.
        Fault::Bad(sentence) => unsafe { invarg(sentence.as_ptr(), argument.as_ptr()) },
    }
    -1
}

/// Prints the settings of a device.
///
/// # Safety
///
/// ip calls it; `table` has `words::MAX + 1` pointers to attributes, or is null.
unsafe extern "C" fn print(_: *mut LinkUtil, _: *mut c_void, table: *const *const RtAttr) {
    if table.is_null() {
        return;
    }
    // SAFETY: By this function's contract.
    let number = |kind: u16| unsafe { number_of(*table.add(kind.into())) };
    let word = |words: &[&'static CStr], key: &'static CStr, kind| {
        if let Some(word) = number(kind).and_then(|number| words.get(usize::from(number))) {
            let format = if kind == words::MODE {
                c"%s "
            } else {
                c"reply %s "
            };
            let (key, format, word) = (key.as_ptr(), format.as_ptr(), word.as_ptr());
            // SAFETY: All are strings, and the format takes one.
            unsafe { print_color_string(PRINT_ANY, COLOR_NONE, key, format, word) };
        }
    };
    word(&MODES, c"mode", words::MODE);
    if let Some(window) = number(words::WINDOW) {
        let (key, format) = (c"window".as_ptr(), c"window %u ".as_ptr());
        // SAFETY: Both are strings, and the format takes a number.
        unsafe { print_color_uint(PRINT_ANY, COLOR_NONE, key, format, window.into()) };
    }
    word(&REPLIES, c"reply", words::REPLY);
    if let Some(echo) = number(words::ECHO) {
        let (key, set) = (c"echo".as_ptr(), echo != 0);
        // SAFETY: Both are strings, and the format takes one.
        unsafe {
            print_color_bool(PRINT_JSON, COLOR_NONE, key, null(), set);
            if set {
                print_color_string(PRINT_FP, COLOR_NONE, null(), c"%s ".as_ptr(), key);
            }
        }
    }
}

/// The number that an attribute of one or two bytes holds.
///
/// # Safety
///
/// `attribute` is null, or that of a message, followed by its data.
unsafe fn number_of(attribute: *const RtAttr) -> Option<u16> {
    // SAFETY: By this function's contract.
    let length = unsafe { attribute.as_ref()? }.length;
    // SAFETY: The data follow the head, which is four bytes long.
    let data: *const u8 = unsafe { attribute.add(1) }.cast();
    match length {
        // SAFETY: The attribute has one byte of data.
        5 => Some(unsafe { *data }.into()),
        // SAFETY: The attribute has two bytes of data.
        6 => Some(unsafe { data.cast::<u16>().read_unaligned() }),
        _ => None,
    }
}

/// Prints what can be said behind `type tarpit`.
///
/// # Safety
///
/// ip calls it, with an open file.
unsafe extern "C" fn help(_: *mut LinkUtil, _: c_int, _: *const *const c_char, file: *mut c_void) {
    // SAFETY: By this function's contract.
    unsafe { fputs(HELP.as_ptr(), file) };
}

/// Never reached: no code here can panic, and the Makefile checks that no panic is linked.
#[panic_handler]
fn panic(_: &core::panic::PanicInfo<'_>) -> ! {
    loop {}
}
