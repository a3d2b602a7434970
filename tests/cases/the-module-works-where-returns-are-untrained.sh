#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# On an AMD processor of the Zen 2 generation (retbleed=unret) the kernel patches the returns of
# modules, so that they go through its thunk. Those of the module's Rust functions are among them.
# KASLR is on.
#
# suite: all
# needs: lib.sh mitigations.sh returns.py
# vm: --real-time --smp 1 --qemu -cpu --qemu EPYC-Rome
# vm: --append retbleed=unret --append spec_rstack_overflow=off
. ./lib.sh
. ./mitigations.sh

guarded 'Mitigation: untrained return thunk' retbleed_return_thunk
