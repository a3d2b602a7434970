# SPDX-License-Identifier: GPL-2.0
# Compiles the Rust part on the stand-in: as the kernel's Makefiles compile Rust for this
# configuration, but with any rustc from 1.78 on. The object has no symbol of the core library, so
# nothing of that library is linked; scripts/dkms/build-lib.sh checks this.

RUSTC ?= rustc
tarpit-rustc := $(shell $(RUSTC) --version 2>/dev/null | sed -n 's/^rustc 1\.\([0-9]*\)\..*/\1/p')
$(if $(tarpit-rustc),,$(error xt_TARPIT: rustc is missing; install it, in version 1.78 or newer))
tarpit-rustc-since = $(shell [ $(tarpit-rustc) -ge $(1) ] && echo y)
$(if $(call tarpit-rustc-since,78),,$(error xt_TARPIT: rustc 1.$(tarpit-rustc) is too old; \
	install 1.78 or newer))

tarpit-flags := --edition=2021 -Zunstable-options -Cpanic=abort -Cembed-bitcode=n -Clto=n \
	-Cforce-unwind-tables=n -Ccodegen-units=1 -Csymbol-mangling-version=v0 \
	-Crelocation-model=static -Zfunction-sections=n -Copt-level=2 -Cdebug-assertions=n \
	-Coverflow-checks=y -Dunsafe_op_in_unsafe_fn \
	$(if $(CONFIG_FRAME_POINTER),-Cforce-frame-pointers=y) $(KRUSTFLAGS)

# KASAN checks Rust code as it checks C.
ifdef CONFIG_KASAN_GENERIC
tarpit-flags += -Zsanitizer=kernel-address -Zsanitizer-recover=kernel-address \
	$(addprefix -Cllvm-args=-asan-,mapping-offset=$(CONFIG_KASAN_SHADOW_OFFSET) \
	instrumentation-with-call-threshold=$(if $(CONFIG_KASAN_INLINE),10000,0) \
	stack=$(if $(CONFIG_KASAN_STACK),1,0) globals=1 kernel-mem-intrinsic-prefix=1)
endif

# For each architecture: its flags, and two targets. The core library of tarpit-bare is compiled
# from source. tarpit-host is the compiler's own target, whose core is installed with it; nothing of
# it that uses a float or a vector ends up in the module.
ifdef CONFIG_X86_64
tarpit-rethunk := $(or $(CONFIG_MITIGATION_RETHUNK),$(CONFIG_RETHUNK))
tarpit-padding := $(CONFIG_FUNCTION_PADDING_BYTES)$(comma)$(CONFIG_FUNCTION_PADDING_BYTES)
tarpit-flags += -Ctarget-cpu=x86-64 -Ztune-cpu=generic -Cno-redzone=y -Ccode-model=kernel \
	$(if $(call tarpit-rustc-since,93),-Cjump-tables=n,-Zno-jump-tables) \
	$(if $(CONFIG_X86_KERNEL_IBT),-Zcf-protection=branch) \
	$(if $(tarpit-rethunk),-Zfunction-return=thunk-extern) \
	$(if $(CONFIG_CALL_PADDING),$(if $(call tarpit-rustc-since,81), \
		-Zpatchable-function-entry=$(tarpit-padding)))
tarpit-bare := --target=x86_64-unknown-none
tarpit-host := --target=x86_64-unknown-linux-gnu -Awarnings \
	-Ctarget-feature=-mmx,-sse,-sse2,-sse3,-ssse3,-sse4.1,-sse4.2,-avx,-avx2,+soft-float
endif
ifdef CONFIG_ARM64
tarpit-bti := $(if $(CONFIG_ARM64_BTI_KERNEL),bti$(comma))
tarpit-flags += \
	$(if $(CONFIG_ARM64_PTR_AUTH_KERNEL),-Zbranch-protection=$(tarpit-bti)pac-ret) \
	$(if $(CONFIG_SHADOW_CALL_STACK),$(if $(call tarpit-rustc-since,82), \
		-Zfixed-x18,-Ctarget-feature=+reserve-x18))
tarpit-bare := --target=aarch64-unknown-none-softfloat -Ctarget-feature=-neon
# Atomics stay inline. From 1.96 on the compiler requires us to confirm that its core, unlike the
# module, does not sign return addresses.
tarpit-host := --target=aarch64-unknown-linux-gnu -Awarnings \
	-Ctarget-feature=-neon,-fp-armv8,-outline-atomics \
	$(if $(call tarpit-rustc-since,96), \
		-Cunsafe-allow-abi-mismatch=branch-protection$(comma)fixed-x18)
endif
$(if $(tarpit-bare),,$(error xt_TARPIT: RUST=core builds for x86-64 and arm64 only))

# The compiler's own core needs no build, but a newer compiler may refuse these flags with it. Then
# core's metadata is built from rust-src, once, in 20 s. TARPIT_CORE=host or src overrides this.
tarpit-dir := $(obj)/src/compat
tarpit-host-works = $(shell mkdir -p $(tarpit-dir) && echo 'pub fn f() {}' | \
	RUSTC_BOOTSTRAP=1 $(RUSTC) $(tarpit-flags) $(tarpit-host) -Zcrate-attr=no_std \
	--crate-name t --crate-type rlib --emit=metadata=$(tarpit-dir)/host.rmeta - \
	>$(tarpit-dir)/host.log 2>&1 && echo host)
TARPIT_CORE ?= $(or $(tarpit-host-works),src)
# MAKEFLAGS is empty, because it names a job server that rustc cannot use here, and rustc warns.
tarpit-run = MAKEFLAGS= RUSTC_BOOTSTRAP=1 $(RUSTC) $(tarpit-flags)

ifeq ($(TARPIT_CORE),host)
tarpit-flags += $(tarpit-host)
else
tarpit-flags += $(tarpit-bare) --sysroot=/dev/null -L$(tarpit-dir)
tarpit-core := $(tarpit-dir)/libcore.rmeta $(tarpit-dir)/libcompiler_builtins.rmeta
tarpit-core-src := $(shell $(RUSTC) --print sysroot)/lib/rustlib/src/rust/library/core
$(if $(wildcard $(tarpit-core-src)/src/lib.rs),,$(error xt_TARPIT: rustc cannot use its own core \
	library here and $(tarpit-core-src) is missing; install rust-src))
tarpit-core-edition := $(shell sed -n 's/^edition = "\(.*\)"/\1/p' $(tarpit-core-src)/Cargo.toml)

quiet_cmd_tarpit_core = RUSTC [M] $@
      cmd_tarpit_core = $(subst --edition=2021,--edition=$(or $(tarpit-core-edition),2021), \
	$(tarpit-run)) --cap-lints=allow -Zalways-encode-mir=y --crate-name core --crate-type rlib \
	--emit=metadata=$@ --out-dir $(dir $@) $(tarpit-core-src)/src/lib.rs
$(tarpit-dir)/libcore.rmeta: FORCE
	$(call if_changed,tarpit_core)

quiet_cmd_tarpit_builtins = RUSTC [M] $@
      cmd_tarpit_builtins = $(tarpit-run) --cap-lints=allow --crate-name compiler_builtins \
	--crate-type rlib --emit=metadata=$@ --out-dir $(dir $@) $<
$(tarpit-dir)/libcompiler_builtins.rmeta: $(src)/src/compat/compiler_builtins.rs \
		$(tarpit-dir)/libcore.rmeta FORCE
	$(call if_changed,tarpit_builtins)
targets += src/compat/libcore.rmeta src/compat/libcompiler_builtins.rmeta
endif

quiet_cmd_tarpit_kernel = RUSTC [M] $@
      cmd_tarpit_kernel = $(tarpit-run) -Zcrate-attr='feature(used_with_arg)' --crate-name kernel \
	-Zalways-encode-mir=y --crate-type rlib --emit=metadata=$@ --out-dir $(dir $@) $<
$(tarpit-dir)/libkernel.rmeta: $(src)/src/compat/kernel/lib.rs \
		$(wildcard $(src)/src/compat/kernel/*.rs) $(tarpit-core) FORCE
	$(call if_changed,tarpit_kernel)

# An explicit rule takes precedence over the kernel's own for *.rs. objtool's command begins with a
# semicolon on some kernels. The compiler's own core brings .eh_frame, which modules must not have.
tarpit-objtool = $(if $(strip $(cmd_objtool)), \
	$(if $(findstring ;,$(firstword $(cmd_objtool))),,;) $(cmd_objtool))
quiet_cmd_tarpit_module = RUSTC [M] $@
      cmd_tarpit_module = $(tarpit-run) -Zcrate-attr=no_std \
	-Zcrate-attr='feature(used_with_arg)' --crate-name xt_TARPIT -Anon_snake_case \
	-L$(tarpit-dir) --extern kernel --crate-type rlib --emit=obj=$@ --out-dir $(dir $@) $<; \
	$(OBJCOPY) --remove-section=.eh_frame --remove-section=.rela.eh_frame $@ $(tarpit-objtool)
$(obj)/src/xt_tarpit.o: $(src)/src/xt_tarpit.rs $(tarpit-dir)/libkernel.rmeta \
		$(shell find $(src)/src -name '*.rs') FORCE
	$(call if_changed,tarpit_module)
targets += src/compat/libkernel.rmeta src/xt_tarpit.o
