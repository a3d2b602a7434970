// SPDX-License-Identifier: GPL-2.0
//! An empty crate. The compiler requires one of this name beside a core library; the kernel has the
//! functions that LLVM calls, such as memcpy().
#![feature(compiler_builtins)]
#![compiler_builtins]
#![no_builtins]
#![no_std]
#![allow(internal_features)]
