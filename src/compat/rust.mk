# SPDX-License-Identifier: GPL-2.0
# Chooses the crate "kernel" that the module is built on. RUST=kernel is the kernel's own, RUST=core
# the stand-in beside this file, which needs only the kernel's C headers. RUST=auto, the default,
# takes the kernel's own if a trial compile with it succeeds. Its metadata alone proves nothing:
# another rustc cannot read it, and the crate of an older kernel has other names.

tarpit-rust := $(or $(RUST),auto)
$(if $(filter kernel core auto,$(tarpit-rust)),,$(error xt_TARPIT: RUST=$(RUST) is unknown; \
	it is kernel, core or auto))

tarpit-metadata := $(if $(CONFIG_RUST),$(wildcard $(objtree)/rust/libkernel.rmeta))
tarpit-features = $(shell sed -n 's/^rust_allowed_features := *//p' \
	$(srctree)/scripts/Makefile.build)
tarpit-trial = $(if $(tarpit-metadata),$(shell mkdir -p $(obj)/src/compat && \
	OBJTREE=$(abspath $(objtree)) RUST_MODFILE=xt_TARPIT RUSTC_BOOTSTRAP=1 $(RUSTC) \
	$(KBUILD_RUSTFLAGS) $(KBUILD_RUSTFLAGS_MODULE) -Zcrate-attr=no_std \
	-Zcrate-attr="feature($(tarpit-features))" -Zunstable-options \
	--extern pin_init --extern kernel -L $(objtree)/rust --sysroot=/dev/null --crate-type rlib \
	--crate-name xt_tarpit_trial --emit=metadata=$(obj)/src/compat/trial.rmeta \
	$(src)/src/xt_tarpit.rs >$(obj)/src/compat/trial.log 2>&1 && echo kernel))

ifeq ($(tarpit-rust),auto)
tarpit-rust := $(or $(tarpit-trial),core)
else ifeq ($(tarpit-rust),kernel)
$(if $(tarpit-metadata),,$(error xt_TARPIT: RUST=kernel needs a kernel that is built with \
	CONFIG_RUST and $(objtree)/rust/libkernel.rmeta; use RUST=core))
endif

CFLAGS_src/compat/module.o := -DTARPIT_RUST='"$(tarpit-rust)"'
ifeq ($(tarpit-rust),core)
CFLAGS_src/compat/module.o += -DTARPIT_RUST_CORE
include $(src)/src/compat/core.mk
else ifdef CONFIG_X86_64
# A kernel without retpolines allows jump tables. Without them the code is the same everywhere.
rustflags-y += $(if $(call rustc-min-version,109300),-Cjump-tables=n,-Zno-jump-tables)
endif
