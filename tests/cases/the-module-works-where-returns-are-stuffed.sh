#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# On an Intel processor that needs retbleed=stuff the kernel patches the returns of modules, so that
# they go through its thunk. Those of the module's Rust functions are among them. KASLR is on.
#
# suite: all
# needs: lib.sh mitigations.sh returns.py
# vm: --real-time --smp 1 --qemu -cpu --qemu Skylake-Server-v1 --append retbleed=stuff
. ./lib.sh
. ./mitigations.sh

guarded 'Mitigation: Stuffing' call_depth_return_thunk
