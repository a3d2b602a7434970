# shellcheck shell=bash disable=SC2154,SC2016
# SPDX-License-Identifier: GPL-2.0
#
# refusals - kernels that do not fit are skipped with one sentence, and apt stays healthy.

step "refusals: a kernel that does not fit"
new_root
must "the packages are installed where there is no kernel at all" install_ours /deb
claim "the doctor reports missing headers" refuses inside xt-tarpit-doctor 6.1.0-none
claim "and the command" said '^    apt install linux-headers-6\.1\.0-none$'
inside touch /etc/dkms/no-autoinstall >>"$log" # building is for the other scenarios
release=$(version release)
must "the kernel and its headers are installed" install -t "$suite" "linux-image-$release" \
	"linux-headers-$release"
headers=/usr/src/linux-headers-$release
claim "the doctor reports that the module could be built" refuses inside xt-tarpit-doctor "$release"
claim "and says how to build" said "dkms install $ours -k ${release//+/.}"
must "there is an older one" inside sh -c "mkdir -p /lib/modules/5.9.0-test &&
	cp -a $headers /usr/src/linux-headers-5.9.0-test &&
	ln -s /usr/src/linux-headers-5.9.0-test /lib/modules/5.9.0-test/build"
claim "DKMS skips a kernel before 5.10" skips dkms build "$ours" -k 5.9.0-test
claim "with a sentence" healthy_skip 'The kernel 5\.9\.0-test is older than 5\.10'
must "it has 32 bits" inside sed -i.was /^CONFIG_64BIT=/d "$headers/.config"
claim "DKMS skips a 32-bit kernel" skips dkms build "$ours" -k "$release"
claim "with a sentence" healthy_skip "The kernel ${release//+/.} is a 32-bit one"
inside mv "$headers/.config.was" "$headers/.config" >>"$log"
must "it has no tables" inside sed -i.was /^CONFIG_NETFILTER_XTABLES=/d "$headers/.config"
claim "DKMS skips a kernel without tables" skips dkms build "$ours" -k "$release"
claim "with a sentence" healthy_skip "The kernel .* is built without CONFIG_NETFILTER_XTABLES"
inside mv "$headers/.config.was" "$headers/.config" >>"$log"

step "refusals: no rustc, an older rustc"
must "it goes" inside mv /usr/bin/rustc /usr/bin/rustc-away
claim "DKMS skips the kernel" skips dkms build "$ours" -k "$release"
claim "with a sentence" healthy_skip 'xt_TARPIT needs rustc 1\.78 or newer, but rustc is missing'
must "an older one comes" inside sh -c \
	'printf "#!/bin/sh\necho rustc 1.63.0\n" >/usr/bin/rustc && chmod +x /usr/bin/rustc'
claim "DKMS skips the kernel" skips dkms build "$ours" -k "$release"
claim "with a sentence" healthy_skip 'xt_TARPIT needs .*, but /usr/bin/rustc is "rustc 1\.63\.0"'
must "kernels are built for by themselves again" inside rm /etc/dkms/no-autoinstall
claim "apt installs a kernel nevertheless" inside apt-get -q install -y --reinstall \
	"linux-headers-$release"
claim "and prints why the module is skipped" \
	said 'xt_TARPIT: xt_TARPIT needs .*, but /usr/bin/rustc is "rustc 1\.63\.0"'
claim "and stays healthy" inside sh -c 'dpkg --audit && apt-get check'
inside mv /usr/bin/rustc-away /usr/bin/rustc >>"$log"
must "the compiler's package goes" inside sh -c \
	'dpkg --force-depends -r "$(dpkg -S /usr/bin/rustc | sed "s/:.*//")"'
claim "the doctor's commands suffice" follow_doctor "$release"
claim "the module is installed" inside sh -c "dkms status | grep '$release.*: installed'"

step "refusals: code that does not compile"
must "there is such code" inside sh -c "dkms remove $ours -k $release && dkms add $ours || true
	echo nonsense >>/usr/src/${ours/\//-}/src/respond.rs"
# DKMS before 3.0.11 ignores a skip that late; the next time the skip is early enough.
if since dkms 3.0.11; then
	claim "DKMS skips the kernel" skips dkms build "$ours" -k "$release"
	claim "with a sentence" healthy_skip "This version of xt_TARPIT does not compile for the kernel"
else
	claim "DKMS fails" refuses inside dkms build "$ours" -k "$release"
fi
claim "no second build is tried" skips dkms build "$ours" -k "$release"
claim "but the reason is shown" healthy_skip 'This version of xt_TARPIT does not .*xt-tarpit-doctor'
claim "and the doctor prints it" refuses inside xt-tarpit-doctor "$release"
