# SPDX-License-Identifier: GPL-2.0
# plugin.mk - what the makefiles of the plugins of iptables and ip share.
#
#   $(call plugin,CRATE) -o FILE MAIN.rs    compile a plugin
#   $(call no-panic,FILE)                   fail if its code can panic

RUSTC ?= rustc
NM    ?= nm
INSTALL ?= install

plugin = $(RUSTC) --edition=2021 --crate-type=cdylib --crate-name=$(1) -Anon_snake_case \
	-Copt-level=s -Cpanic=abort -Ccodegen-units=1 -Clto=fat -Cstrip=debuginfo \
	-Coverflow-checks=off -Cdebug-assertions=off -Dwarnings \
	-Clink-arg=-Wl,-z,relro,-z,now -Clink-arg=-lc -Clink-arg=-Wl,-soname,$(notdir $@)

no-panic = @! $(NM) $(1) | grep panicking || { \
	echo "$(notdir $(1)): the symbols above are panics; remove the calls." >&2; false; }
