# shellcheck shell=bash disable=SC2154
# SPDX-License-Identifier: GPL-2.0
#
# refusals - what does not fit is skipped with one sentence, and apt stays healthy.

step "refusals: a kernel without Rust, as $base has it"
new_root
must "the packages are installed where there is no kernel at all" install_ours /deb
must "the kernel of $base is installed, with headers" install \
	"linux-image-$flavour/$base" "linux-headers-$flavour/$base"
refusal_claim="a kernel that is too old or without Rust is skipped in one sentence"
plain=$(inside ls /lib/modules)
echo "kernel without Rust: ${plain##* }" | tee -a "$log"
plain=$(tail -n 1 <<<"$plain")
claim "DKMS skips it" skips dkms build "$ours" -k "$plain"
claim "$refusal_claim" healthy_skip "The kernel ${plain//+/.} is (older than|built without)"
claim "the doctor names the kernel to install" refuses inside xt-tarpit-doctor "$plain"
claim "and the suite that has it" said "apt install -t $suite linux-image-$flavour"

step "refusals: headers without metadata, no room, a damaged source"
mapfile -t all < <(kernels "$flavour")
[ ${#all[@]} -gt 0 ] || die "the archive has no kernel $flavour of $suite with its source"
new=${all[-1]}
inside touch /etc/dkms/no-autoinstall >>"$log" # building is for the other stories
must "the kernel of $suite is installed" install -t "$suite" \
	"linux-image-$new" "linux-headers-$new" "linux-source-$(cut -d. -f1,2 <<<"$new")"
claim "the doctor sees nothing in the way" refuses inside xt-tarpit-doctor "$new"
claim "and says how to build" said "dkms install $ours -k ${new//+/.}"
claim "another revision of gcc's package is no other gcc" inside sh -c \
	"sed -i 's/(Debian 1/(Debian 1:1/' /usr/src/linux-headers-$new/.config &&
	xt-tarpit-doctor $new | grep 'nothing is in its way'"
claim "but another gcc is, and is named" inside sh -c \
	"sed -i.was '/^CONFIG_CC_VERSION_TEXT/s/ [0-9.]*\"/ 1.2.3\"/' \
	/usr/src/linux-headers-$new/.config &&
	xt-tarpit-doctor $new | grep 'was built with \".* 1.2.3\", but /.*-gcc-[0-9]* is'"
inside mv "/usr/src/linux-headers-$new/.config.was" "/usr/src/linux-headers-$new/.config" >>"$log"
claim "too little room is a sentence" inside sh -c \
	"mount -t tmpfs -o size=100M tmpfs /var/cache && xt-tarpit-doctor $new | grep 'needs 3000 MB'"
claim "DKMS skips a damaged source" skips sh -c "cd /usr/src && for f in linux-source-*.tar.xz; do
	head -c 1000000 \$f >x; mv x \$f; done; dkms build $ours -k $new"
claim "with a sentence" healthy_skip '.*cannot be unpacked'
claim "which is not found out a second time" skips dkms build "$ours" -k "$new"
claim "but said again" healthy_skip '.*cannot be unpacked.*xt-tarpit-doctor'

step "refusals: another rustc"
must "the rustc of $suite is installed" install "rustc/$suite" "rust-src/$suite"
claim "DKMS skips the kernel" skips dkms build "$ours" -k "$new"
claim "and names both versions" \
	healthy_skip "The kernel ${new//+/.} was built with \"rustc .*\", but /usr/bin/rustc is \"r"
claim "the doctor has a command" refuses inside xt-tarpit-doctor "$new"
mender=$(sed -n 's/^    //p' "$work/said")
claim "which brings the right one" inside sh -c "yes | ${mender%% &&*}"
claim "and the doctor has nothing against rustc any more" inside sh -c \
	"xt-tarpit-doctor $new | grep -v rustc"
