# shellcheck shell=bash disable=SC2154
# SPDX-License-Identifier: GPL-2.0
#
# shipped - headers with the kernel's Rust metadata, in the layout that Ubuntu, Fedora and Arch
# ship: rust/ and scripts/target.json in the build directory. They are made from the artifact ktree,
# which has the kernel's own metadata.

# autopkgtests: as Debian's machines run them, but in a chroot, which is used once. Status 8: tests
# that are not superficial need a machine and are skipped (life boots it). Without any test the
# status would be 8, too, so both tests must be named.
autopkgtests() {
	inside sh -c 'rm -rf /source && mkdir /source &&
		tar -C /source --strip-components=1 -xf /deb/xt-tarpit_*.tar.xz &&
		autopkgtest --ignore-restrictions=breaks-testbed /source /deb/*.deb -- null ||
		[ $? = 8 ]' && said '^extension +PASS' && said '^dkms-autopkgtest +PASS'
}

step "shipped: Debian's headers, with the metadata added"
new_root
release=$(version release)
must "the kernel and its headers are installed" install -t "$suite" "linux-image-$release" \
	"linux-headers-$release"
must "the metadata lies in the headers" ship "$release"
must "the packages are installed, and DKMS builds on the way" install_ours /deb
claim "the module is installed" inside sh -c "dkms status | grep -q '$release.*: installed'"
claim "so is the helper of connection tracking" inside sh -c \
	"modinfo -k $release -F filename nf_conntrack_tarpit | grep updates/dkms"
claim "it is built on the kernel's own crate" inside sh -c \
	"modinfo -k $release -F rust xt_TARPIT | grep -x kernel"
boot "$release" autoload
must "autopkgtest is installed" install autopkgtest autodep8
claim "the autopkgtests pass, Debian's own for DKMS among them" autopkgtests
claim "the module was built by it" said "PASS $ours ${release//+/.}"
claim "a checkout serves DKMS, too, without our packages" inside sh -c "
	apt-get -q purge -y xt-tarpit-dkms && mkdir /checkout &&
	tar -C /checkout --strip-components=1 -xf /deb/xt-tarpit_*.tar.xz &&
	cd /checkout && dkms add . && dkms install $ours -k $release &&
	modinfo -k $release -F filename xt_TARPIT"
