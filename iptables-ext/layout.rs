// SPDX-License-Identifier: GPL-2.0
//! Asserts that our structures agree with the C headers, whose values layout.c exports.
// A value that only an assertion reads counts as unused.
#![allow(dead_code)]

use core::mem::{offset_of, size_of};

use crate::abi::{xt_tarpit_tginfo, xt_tarpit_tginfo_v1};
use crate::structs::{EntryTarget, GetoptOption, Globals, Target};

include!(env!("XT_TARPIT_LAYOUT"));

const _: () = {
    assert!(size_of::<Target>() == TARGET);
    assert!(offset_of!(Target, version) == TARGET_VERSION);
    assert!(offset_of!(Target, name) == TARGET_NAME);
    assert!(offset_of!(Target, revision) == TARGET_REVISION);
    assert!(offset_of!(Target, family) == TARGET_FAMILY);
    assert!(offset_of!(Target, size) == TARGET_SIZE);
    assert!(offset_of!(Target, userspacesize) == TARGET_USERSPACESIZE);
    assert!(offset_of!(Target, help) == TARGET_HELP);
    assert!(offset_of!(Target, parse) == TARGET_PARSE);
    assert!(offset_of!(Target, print) == TARGET_PRINT);
    assert!(offset_of!(Target, save) == TARGET_SAVE);
    assert!(offset_of!(Target, extra_opts) == TARGET_EXTRA_OPTS);
    assert!(offset_of!(Globals, exit_err) == GLOBALS_EXIT_ERR);
    assert!(offset_of!(EntryTarget<xt_tarpit_tginfo>, data) == ENTRY_DATA);
    assert!(offset_of!(EntryTarget<xt_tarpit_tginfo_v1>, data) == ENTRY_DATA);
    assert!(size_of::<GetoptOption>() == OPTION);
    assert!(offset_of!(GetoptOption, name) == OPTION_NAME);
    assert!(offset_of!(GetoptOption, has_arg) == OPTION_HAS_ARG);
    assert!(offset_of!(GetoptOption, flag) == OPTION_FLAG);
    assert!(offset_of!(GetoptOption, val) == OPTION_VAL);
};
