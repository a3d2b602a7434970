#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# xt-tarpit-doctor distinguishes what prevents a rule from loading the module: it prints one
# sentence and one command for each cause. It says "is ready" only if a rule loads the module. If
# the command can help at once, the case runs it.
#
#   doctor-names-the-cause.sh [whole]       without it, one cause: a blacklist line
#
# all: whole
# needs: lib.sh ../../scripts/dkms/doctor ../../scripts/dkms/fit.sh ../../scripts/dkms/load.sh
# artifacts: xtables-addons
. ./lib.sh

config=/etc/modprobe.d/tarpit.conf
modules=/lib/modules/$(uname -r)
sign="$modules/build/scripts/sign-file sha256 KEY CERTIFICATE"

# told SENTENCE COMMAND PROGRAM...: the program fails and prints this sentence and this command.
told() {
	refused "${@:3}"
	sed '/^    /d' /tmp/refused >/tmp/sentences
	same 1 "$(wc -l </tmp/sentences)"
	grep -qE -- "$1" /tmp/sentences || die "it says: $(cat /tmp/refused)"
	same "$2" "$(sed -n 's/^    //p' /tmp/refused)"
}

ready() { same "xt_TARPIT is ready for the kernel $(uname -r)." "$(./doctor)"; }
rule() { tarpit iptables -A INPUT -p tcp -j TARPIT; }
no_rule() { refused rule; }
command_that_helps() { bash -ec "$(sed -n 's/^    //p' /tmp/refused)"; }

# a_rule_loads_it: a rule loads the module, which is then unloaded.
a_rule_loads_it() {
	rule
	tarpit iptables -F INPUT
	unload
}

# unreachable LINE: the doctor reports this line of modprobe's configuration, and no fault without
# it.
unreachable() {
	claim "modprobe's configuration has: $1"
	printf '# A comment.\n%s\n' "$1" >$config
	no_rule
	told "^The line \"$1\" in $config .*\.$" "sed -i '2s/^/#/' $config" ./doctor
	[ ! -e /sys/module/xt_TARPIT ] || die "it is loaded"
	command_that_helps
	ready
	rm $config
}

# booted_with OPTION: pretends that the kernel was booted with it; modprobe reads the same file.
booted_with() {
	sed "s/\$/ $1/" /proc/cmdline >/tmp/cmdline
	mount --bind /tmp/cmdline /proc/cmdline
}

ip netns add tarpit

# This comes first, while x_tables is not loaded.
[ "${1:-}" != whole ] || unreachable 'install x_tables /bin/false'
claim "if there is no fault, the doctor says so and leaves no module loaded"
rule
tarpit iptables -F INPUT
ready
unload
ready
[ ! -e /sys/module/xt_TARPIT ] || die "it is loaded"

claim "it says if a rule of --persist has no connection tracking beside it, which is no fault"
tarpit iptables -A INPUT -p tcp -j TARPIT --persist
tarpit ./doctor >/tmp/said
grep -q '^Connection tracking follows no connection here' /tmp/said || die "$(cat /tmp/said)"
eval "tarpit $(sed -n 's/^    //p' /tmp/said)"
ip -n tarpit link set lo up
tarpit ping -q -c 1 127.0.0.1 >/dev/null
tarpit ./doctor >/tmp/said
same 1 "$(wc -l </tmp/said)"
tarpit iptables -F INPUT
unload

claim "for an unprivileged user it says that only root can test the loading"
setpriv --reuid 1000 --regid 1000 --clear-groups -- ./doctor >/tmp/said
grep -q '^No fault is found, but only root can test ' /tmp/said || die "it says: $(cat /tmp/said)"

unreachable 'blacklist xt_TARPIT'
claim "something keeps the kernel from loading a device or a helper by its name"
for line in 'install rtnl-link-tarpit /bin/false' 'blacklist nf_conntrack_tarpit' \
	'install nfct-helper-tarpit-reset /bin/false'; do
	echo "$line" >$config
	told "^The line \"$line\" in $config .*\.$" "sed -i '1s/^/#/' $config" ./doctor
	command_that_helps
	ready
done
rm $config
[ "${1:-}" = whole ] || exit 0
unreachable 'blacklist  xt-TARPIT'
unreachable 'install xt_TARPIT /bin/false'
unreachable 'install ipt_TARPIT /bin/true'
unreachable 'alias ipt_TARPIT off'
unreachable 'install xt_TARPIT echo no >&2; exit 1'
claim "the same for IPv6 alone, and for another kernel than the running one"
echo 'install ip6t_TARPIT /bin/false' >$config
told 'by its alias ip6t_TARPIT\.$' "sed -i '1s/^/#/' $config" ./doctor
mkdir -p /lib/modules/9.9-other
cp -a "$modules"/updates "$modules"/modules.* /lib/modules/9.9-other
told 'by its alias ip6t_TARPIT\.$' "sed -i '1s/^/#/' $config" ./doctor 9.9-other
claim "an install line that loads the module is no fault, nor is a blacklisted alias"
echo 'install xt_TARPIT modprobe --ignore-install xt_TARPIT' >$config
a_rule_loads_it
ready
echo 'blacklist ipt_TARPIT' >$config
a_rule_loads_it
ready
rm $config

claim "the kernel was booted with modprobe.blacklist"
booted_with modprobe.blacklist=x,xt_TARPIT
no_rule
told 'booted with modprobe\.blacklist for xt_TARPIT' \
	'editor /etc/default/grub && update-grub && reboot' ./doctor
umount /proc/cmdline
claim "the kernel was booted with module_blacklist"
booted_with module_blacklist=xt_TARPIT
told 'booted with module_blacklist for xt_TARPIT' \
	'editor /etc/default/grub && update-grub && reboot' ./doctor
umount /proc/cmdline

claim "kernel.modprobe is empty"
helper=$(cat /proc/sys/kernel/modprobe)
echo >/proc/sys/kernel/modprobe
no_rule
told 'the sysctl kernel\.modprobe is empty' \
	'echo xt_TARPIT >/etc/modules-load.d/xt-tarpit.conf && modprobe xt_TARPIT' ./doctor
command_that_helps
ready
a_rule_loads_it
claim "kernel.modprobe names a missing program"
echo /no/modprobe >/proc/sys/kernel/modprobe
no_rule
told 'the sysctl kernel\.modprobe names /no/modprobe, ' \
	'echo xt_TARPIT >/etc/modules-load.d/xt-tarpit.conf && modprobe xt_TARPIT' ./doctor
echo "$helper" >/proc/sys/kernel/modprobe

claim "the aliases are not known"
mv "$modules"/modules.alias.bin /tmp
no_rule
told 'modprobe does not find the module by its alias ipt_TARPIT' "depmod $(uname -r)" ./doctor
command_that_helps
ready

claim "root has no CAP_SYS_MODULE, as in a container"
told '^Root here has no CAP_SYS_MODULE' 'modprobe xt_TARPIT' \
	setpriv --bounding-set -sys_module --inh-caps -sys_module ./doctor
claim "root is only that of a user namespace"
told '^Root here has no CAP_SYS_MODULE' 'modprobe xt_TARPIT' unshare -Ur ./doctor
claim "once the host has loaded the module, the container has no fault"
modprobe xt_TARPIT
unshare -Ur ./doctor | grep -q ' is ready '
unload

claim "the module of xtables-addons is found first, and is loaded"
mkdir -p "$modules/extra"
mv "$modules/updates/xt_TARPIT.ko" "$modules/extra"
cp xtables-addons/xt_TARPIT.ko "$modules/updates"
told "takes .*/updates/xt_TARPIT\.ko, which is not this project's" \
	"rm $modules/updates/xt_TARPIT.ko && depmod $(uname -r)" ./doctor
modprobe xt_TARPIT
command_that_helps
told "that is loaded is not this project's" 'modprobe -r xt_TARPIT && modprobe xt_TARPIT' ./doctor
command_that_helps
ready
unload

claim "the loaded module is not the installed one"
modprobe xt_TARPIT
if [ -e /sys/module/xt_TARPIT/srcversion ]; then
	LC_ALL=C sed -i 's/\(srcversion=\)../\1ZZ/' "$modules/extra/xt_TARPIT.ko"
	told 'is not the one that is installed' \
		'modprobe -r xt_TARPIT && modprobe xt_TARPIT' ./doctor
	command_that_helps
	ready
fi
unload

# The following settings cannot be undone.
lockdown=/sys/kernel/security/lockdown
mountpoint -q /sys/kernel/security || mount -t securityfs securityfs /sys/kernel/security
if [ -w $lockdown ]; then
	claim "the kernel is locked down, and the module has no signature"
	echo integrity >$lockdown
	no_rule
	told '^This kernel loads signed modules only, and xt_TARPIT is not signed\.$' \
		"$sign $modules/extra/xt_TARPIT.ko" ./doctor
	umount /sys/kernel/security
	told 'loads signed modules only' \
		"$sign $modules/extra/xt_TARPIT.ko" ./doctor
fi
if [ -w /sys/module/module/parameters/sig_enforce ]; then
	claim "the kernel enforces signatures"
	echo 1 >/sys/module/module/parameters/sig_enforce
	no_rule
	told '^This kernel loads signed modules only, and xt_TARPIT is not signed\.$' \
		"$sign $modules/extra/xt_TARPIT.ko" ./doctor
fi

claim "kernel.modules_disabled is 1, and no signature is reported"
sysctl -qw kernel.modules_disabled=1
no_rule
told 'kernel\.modules_disabled is 1' \
	'echo xt_TARPIT >/etc/modules-load.d/xt-tarpit.conf && reboot' ./doctor
