// SPDX-License-Identifier: GPL-2.0
//! An empty crate. The compiler demands one of this name beside a core library; what LLVM calls
//! (memcpy and its like) is the kernel's.
#![feature(compiler_builtins)]
#![compiler_builtins]
#![no_builtins]
#![no_std]
#![allow(internal_features)]
