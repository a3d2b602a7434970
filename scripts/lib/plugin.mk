# SPDX-License-Identifier: GPL-2.0
# plugin.mk - what the makefiles of the plugins of iptables and ip share.
#
#   $(call plugin,CRATE) -o FILE MAIN.rs    compile a plugin
#   $(call no-panic,FILE)                   fail if its code can panic
#
# CROSS_COMPILE=aarch64-linux-gnu- compiles for that machine, as the kernel's build understands it.
# rustc needs the standard library for it (Debian: libstd-rust-dev:arm64).

RUSTC ?= rustc
NM    ?= nm
ifdef CROSS_COMPILE
CC    := $(CROSS_COMPILE)gcc
NM    := $(CROSS_COMPILE)nm
RUSTC := $(RUSTC) --target=$(CROSS_COMPILE:-linux-gnu-=)-unknown-linux-gnu -Clinker=$(CC)
endif
INSTALL ?= install

plugin = $(RUSTC) --edition=2021 --crate-type=cdylib --crate-name=$(1) -Anon_snake_case \
	-Copt-level=s -Cpanic=abort -Ccodegen-units=1 -Clto=fat -Cstrip=debuginfo \
	-Coverflow-checks=off -Cdebug-assertions=off -Dwarnings \
	-Clink-arg=-Wl,-z,relro,-z,now -Clink-arg=-lc -Clink-arg=-Wl,-soname,$(notdir $@)

no-panic = @! $(NM) $(1) | grep panicking || { \
	echo "$(notdir $(1)): the symbols above are panics; remove the calls." >&2; false; }
