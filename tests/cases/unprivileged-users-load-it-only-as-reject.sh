#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# An unprivileged user can neither read anything of the module, nor load, unload or use it. As root
# of a user namespace of his own he can do as much as with REJECT, and no more. The administrator's
# measures have the effect that SECURITY.md describes.
#
# needs: lib.sh
. ./lib.sh

config=/etc/modprobe.d/tarpit.conf
export XTABLES_LOCKFILE=/tmp/lock

user() { setpriv --reuid 1000 --regid 1000 --clear-groups -- "$@"; }

# contained COMMAND...: runs it as the user, who is root of a user and a network namespace.
contained() { user unshare -Ur unshare -n -- "$@"; }

# rule TARGET: adds a rule with this target in the user's namespace, with either backend.
rule() {
	contained "iptables-$backend" -A INPUT -p tcp -j "$@"
}

# free: unloads both modules.
free() {
	local module
	for module in ipt_REJECT xt_TARPIT; do
		[ ! -e /sys/module/$module ] || eventually rmmod $module 2>/dev/null
	done
}

loaded() { [ -e "/sys/module/$1" ]; }

touch /tmp/lock
chmod 666 /tmp/lock
# A host with a firewall has these loaded; a user's iptables cannot run modprobe.
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
claim "a user can neither add a rule nor load the module"
for backend in $legacy nft; do
	refused user "iptables-$backend" -A INPUT -p tcp -j TARPIT
done
free
refused user modprobe xt_TARPIT
refused contained modprobe xt_TARPIT
loaded xt_TARPIT && die "it is loaded"

for backend in $legacy nft; do
	claim "$backend: in a user namespace a rule loads the module, as with REJECT"
	rule REJECT
	rule TARPIT --persist
	loaded ipt_REJECT || die "REJECT is not loaded, so there is nothing to compare with"
	loaded xt_TARPIT || die "it is not loaded"
	claim "$backend: the kernel refuses there what it refuses the host's root"
	refused contained "iptables-$backend" -A OUTPUT -p tcp -j TARPIT
	refused contained "iptables-$backend" -t nat -A INPUT -p tcp -j TARPIT
	free
	claim "$backend: if users cannot create namespaces, neither module is loaded"
	sysctl -qw user.max_user_namespaces=0
	refused rule REJECT
	refused rule TARPIT
	loaded ipt_REJECT && die "REJECT is loaded"
	loaded xt_TARPIT && die "it is loaded"
	sysctl -qw user.max_user_namespaces=1000
	claim "$backend: after 'blacklist xt_TARPIT' no rule loads it, but root can by modprobe"
	echo 'blacklist xt_TARPIT' >$config
	rule REJECT
	refused rule TARPIT
	refused "iptables-$backend" -A INPUT -p tcp -j TARPIT
	loaded xt_TARPIT && die "it is loaded"
	modprobe xt_TARPIT
	rule TARPIT
	free
	claim "$backend: after 'install xt_TARPIT /bin/false' root can load it only by insmod"
	echo 'install xt_TARPIT /bin/false' >$config
	refused rule TARPIT
	refused modprobe xt_TARPIT
	loaded xt_TARPIT && die "it is loaded"
	rm $config
	rule TARPIT
	free
done

claim "after kernel.modules_disabled=1 no user can load it"
sysctl -qw kernel.modules_disabled=1
refused rule TARPIT
refused modprobe xt_TARPIT
loaded xt_TARPIT && die "it is loaded"
exit 0
