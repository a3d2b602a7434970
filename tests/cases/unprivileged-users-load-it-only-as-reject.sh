#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# An unprivileged user can read nothing of it, nor load, unload or use it; as the root of a user
# namespace of his own he gets as far as with REJECT, and no further. What an administrator can say
# against that does what SECURITY.md says of it.
#
# needs: lib.sh
. ./lib.sh

config=/etc/modprobe.d/tarpit.conf
export XTABLES_LOCKFILE=/tmp/lock

user() { setpriv --reuid 1000 --regid 1000 --clear-groups -- "$@"; }

# contained COMMAND...: by the user, as root of a user namespace and network namespace of his own.
contained() { user unshare -Ur unshare -n -- "$@"; }

# rule TARGET: such a rule of his, with either backend, in his namespace.
rule() {
	contained "iptables-$backend" -A INPUT -p tcp -j "$@"
}

# free: both modules are gone.
free() {
	local module
	for module in ipt_REJECT xt_TARPIT; do
		[ ! -e /sys/module/$module ] || eventually rmmod $module 2>/dev/null
	done
}

loaded() { [ -e "/sys/module/$1" ]; }

touch /tmp/lock
chmod 666 /tmp/lock
# What a host with a firewall has loaded; a user's iptables cannot call modprobe.
modprobe -a nft_compat ${legacy:+iptable_filter iptable_nat}
iptables-nft -A INPUT -p tcp
modprobe xt_TARPIT

claim "a user reads neither counters nor tracepoints, and can neither unload nor listen"
refused user cat /proc/net/xt_TARPIT
refused user ls /sys/kernel/tracing/events/xt_tarpit
refused user rmmod xt_TARPIT
refused contained rmmod xt_TARPIT
contained test ! -e /sys/kernel/tracing/events/xt_tarpit/enable
refused contained mount -t tracefs tracefs /tmp
claim "nor add a rule, nor load the module by hand"
for backend in $legacy nft; do
	refused user "iptables-$backend" -A INPUT -p tcp -j TARPIT
done
free
refused user modprobe xt_TARPIT
refused contained modprobe xt_TARPIT
loaded xt_TARPIT && die "it is loaded"

for backend in $legacy nft; do
	claim "$backend: in a namespace of his own he adds a rule, as with REJECT, and it is loaded"
	rule REJECT
	rule TARPIT --persist
	loaded ipt_REJECT || die "REJECT is not loaded: compare with something else"
	loaded xt_TARPIT || die "it is not loaded"
	claim "$backend: the kernel refuses him what it refuses the host's root"
	refused contained "iptables-$backend" -A OUTPUT -p tcp -j TARPIT
	refused contained "iptables-$backend" -t nat -A INPUT -p tcp -j TARPIT
	free
	claim "$backend: where users may make no namespaces, neither is loaded"
	sysctl -qw user.max_user_namespaces=0
	refused rule REJECT
	refused rule TARPIT
	loaded ipt_REJECT && die "REJECT is loaded"
	loaded xt_TARPIT && die "it is loaded"
	sysctl -qw user.max_user_namespaces=1000
	claim "$backend: after 'blacklist xt_TARPIT' no rule loads it, but root can by hand"
	echo 'blacklist xt_TARPIT' >$config
	rule REJECT
	refused rule TARPIT
	refused "iptables-$backend" -A INPUT -p tcp -j TARPIT
	loaded xt_TARPIT && die "it is loaded"
	modprobe xt_TARPIT
	rule TARPIT
	free
	claim "$backend: after 'install xt_TARPIT /bin/false' nor can root, but with insmod"
	echo 'install xt_TARPIT /bin/false' >$config
	refused rule TARPIT
	refused modprobe xt_TARPIT
	loaded xt_TARPIT && die "it is loaded"
	rm $config
	rule TARPIT
	free
done

claim "after kernel.modules_disabled=1 no user can"
sysctl -qw kernel.modules_disabled=1
refused rule TARPIT
refused modprobe xt_TARPIT
loaded xt_TARPIT && die "it is loaded"
exit 0
