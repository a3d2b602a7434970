# SPDX-License-Identifier: GPL-2.0
#
# The entry points of the project: make help lists them.

KERNEL ?= $(shell uname -r)
KDIR   ?= /lib/modules/$(KERNEL)/build
RUST   ?= auto
export KERNEL KDIR DESTDIR RUST

.PHONY: all install demo test deb deb-modules test-packages test-matrix artifacts
.PHONY: test-all test-debug test-recipes picture bench fuzz fuzz-edge mutants mutants-edge
.PHONY: statistics soak
.PHONY: bindings lint hooks help clean clean-cache update

all: ## build module and extension for the running kernel (KERNEL=, KDIR= name another; RUST=)
	@scripts/build-here build

install: ## install both and run depmod (DESTDIR= stages them elsewhere)
	@scripts/build-here install

demo: ## a real client stuck in the tarpit, in a virtual machine with Debian's own kernel
	@scripts/demo

test: ## every check but the long ones; T="name name" selects some
	@scripts/test $(T)

# Checks that take too long for test have targets of their own.
test-all: ## all checks and their long forms, except the matrix and the picture; many hours
	@scripts/test all
	@$(MAKE) --no-print-directory test-recipes test-packages test-debug
	@$(MAKE) --no-print-directory fuzz mutants mutants-edge statistics bench
	@$(MAKE) --no-print-directory fuzz-edge N=2000000
	@XT_TARPIT_KERNEL=debug-kasan $(MAKE) --no-print-directory fuzz-edge N=2000000
	@scripts/fuzz-edge --twice
	@$(MAKE) --no-print-directory soak

test-debug: ## the tests on a hardened kernel, with KASAN, with KCSAN; K="kasan=wire" selects
	@scripts/test-debug $(K)

deb: ## the Debian packages, into build/deb (ARCH=arm64: xt-tarpit and -dkms, into build/arm64/deb)
	$(if $(filter-out amd64 arm64,$(ARCH)),$(error make deb knows ARCH=amd64 and ARCH=arm64))
	@$(if $(filter arm64,$(ARCH)),XT_TARPIT_KERNEL=trixie:cloud-arm64) scripts/deb

deb-modules: ## a package with the module ready for the default Debian kernel, no compiler needed
	@scripts/deb-modules

test-packages: ## install, upgrade, boot, sign, remove the packages in clean roots; S="scenario"
	@tests/packages/run $(S)

test-matrix: ## build and test on each kernel and iptables of docs/install.md; M="row" selects
	@scripts/matrix $(M)

soak: ## the long forms of the cases that have one, three hours: many rounds; S="name" selects
	@scripts/soak $(S)

test-recipes: ## the recipes of contrib/ with the real programs: fail2ban, Prometheus, …
	@scripts/test recipes

picture: ## draw the README's picture of held attackers, and a capture of xt-tarpit top
	@scripts/vm run --icount --disk recipes-disk --out tests/picture tests/picture/run \
		tests/guest/lib.sh tests/picture/*.py tests/picture/held.gp
	@scripts/vm run --icount --disk recipes-disk --out tests/picture tests/picture/top \
		tests/guest/lib.sh tests/picture/crowd.py "$$(scripts/get tools)/tools"

fuzz-edge: ## frames by every way into the kernel, checked by an oracle; N=mutated ones SEED=n
	@scripts/fuzz-edge $(if $(N),--frames $(N)) $(if $(SEED),--seed $(SEED))

bench: ## the cost of a packet, compared with REJECT and the C module; fails if it has got worse
	@scripts/bench

fuzz: ## libFuzzer and AddressSanitizer on the pure modules, 124 million times, and their coverage
	@scripts/fuzz

mutants: ## change each line of the pure modules; fails if no test notices
	@scripts/mutants

mutants-edge: ## inject bugs into the C side, the border and the extension; M="name" selects
	@scripts/mutants-edge $(M)

statistics: ## the sequence numbers under dieharder, and the cost of guessing one
	@scripts/statistics

artifacts: ## build for the default Debian kernel and print KERNEL=, KO= and SO=
	@scripts/build && scripts/artifacts

bindings: ## generate the Rust side of the C headers at the border, with bindgen
	@scripts/bindings

lint: ## the project's own rules, formatters and linters
	@scripts/lint

hooks: ## make git run lint and the host tests before each commit
	@git config core.hooksPath scripts/hooks

help: ## this list
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  make \1|\2/p' $(MAKEFILE_LIST) | \
		awk -F '|' '{ printf "%-20s %s\n", $$1, $$2 }'
	@echo
	@echo "  scripts/vm run SCRIPT [FILE...]   run any script in the virtual machine"
	@echo "  RUST=kernel|core|auto             the crate: the kernel's, ours, or whichever works"
	@echo "  XT_TARPIT_KERNEL=SUITE:FLAVOUR    Debian's kernel (trixie-backports:cloud-amd64)"
	@echo "  XT_TARPIT_CACHE=DIRECTORY         where roots and kernels are kept"

clean: ## remove what was built in this checkout
	rm -rf build tests/host/target tests/fuzz/target

clean-cache: ## remove the roots, kernels and metadata that all checkouts share
	@scripts/clean-cache

update: ## ask the mirror for the newest kernel again
	@scripts/kernels/versions --update
