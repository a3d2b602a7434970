#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# A hostile user is root of his own namespaces and adds rules that no iptables writes, rules of all
# modes in all hooks, and sends damaged frames to them. The kernel reports no fault, the host's rule
# answers as before and counts only its own packets, and when the user's processes are killed in the
# middle, no reference to the module and no memory remains.
#
#    netns peer p0 ---- t0 10.0.0.1 netns tarpit, the host's rules         (lib.sh)
#    the user's own netns: c1 ---- c0 10.0.0.1, his rules; dark0           (hostile_links)
#
# suite: all
# needs: ../../include/xt_TARPIT.h
# needs: lib.sh nft_rule.py rule_blobs.py send_damaged.py send_segments.py frames.py
. ./lib.sh

modes=(tarpit persist honeypot reset)
pairs=('10.0.0.200 10.0.0.1' 'fd00::200 fd00::1')
asked=0
export XTABLES_LOCKFILE=/tmp/lock

# hostile BLOBS FRAMES: what the user does in his namespaces until he is killed.
hostile() {
	local family pair seed=3
	[ "$(awk '{ print $2 }' /proc/self/uid_map)" = 1000 ] || die "this is no user's namespace"
	hostile_links
	[ "$1" = 0 ] || for family in ipv4 ipv6; do hostile_blobs $family "$1"; done
	hostile_rules "${legacy:-nft}" filter INPUT FORWARD
	./send_damaged.py c1 "$2" 1
	hostile_rules nft raw PREROUTING
	./send_damaged.py c1 "$2" 2
	for pair in "${pairs[@]}"; do knock c1 02:00:00:00:00:01 "$pair"; done >/dev/null
	touch /tmp/hostile/ready
	while true; do ./send_damaged.py c1 "$2" $((seed++)); done >/tmp/hostile/hail
}

hostile_links() {
	local device
	ip link add c0 address 02:00:00:00:00:01 type veth peer name c1
	ip link add dark0 type dummy
	for device in lo c0 c1 dark0; do ip link set $device up; done
	sysctl -qw net.ipv4.ip_forward=1 net.ipv6.conf.all.forwarding=1
	ip address add 10.0.0.1/24 dev c0
	ip address add fd00::1/64 dev c0 nodad
	ip route add 10.9.0.0/24 dev dark0
	ip route add fd09::/64 dev dark0
	ip neighbour add 10.0.0.200 lladdr 02:00:00:00:00:02 dev c0 nud permanent
	ip neighbour add fd00::200 lladdr 02:00:00:00:00:02 dev c0 nud permanent
}

# hostile_blobs FAMILY COUNT
hostile_blobs() {
	local name=ip tool=iptables-legacy
	[ "$1" = ipv4 ] || name=ip6 tool=ip6tables-legacy
	if [ -n "$legacy" ]; then
		$tool -S >/dev/null # The table is made when it is first asked for.
		./rule_blobs.py setsockopt "$1" "$2" 1 9
	fi
	nft add table $name blobs
	nft add chain $name blobs pit
	./rule_blobs.py nftables "$1" "$2" 1 9
	nft delete table $name blobs
}

# hostile_rules BACKEND TABLE CHAIN...: a port for each mode, in both families.
hostile_rules() {
	local chain mode tool
	{
		echo "*$2"
		for chain in "${@:3}"; do
			for mode in 0 1 2 3; do
				echo "-A $chain -p tcp --dport 8$mode -j TARPIT --${modes[mode]}"
			done
		done
		echo COMMIT
	} >/tmp/hostile/rules
	for tool in iptables ip6tables; do "$tool-$1-restore" /tmp/hostile/rules; done
}

# knock DEVICE MAC 'SOURCE HOST': the reply to one SYN, which is always the same.
knock() {
	local ends answer
	read -ra ends <<<"$3"
	answer=$(MAC=$2 ./send_segments.py "$1" "${ends[@]}" S,seq=1000)
	[[ $answer = 'SA '* ]] || die "${ends[1]} says $answer"
	echo "$answer"
}

# attack BLOBS FRAMES: starts the user's container and kills it while it sends frames.
attack() {
	rm -rf /tmp/hostile
	install -d -o 1000 -g 1000 /tmp/hostile
	# The user namespace comes first, then the network namespace, as container engines do it.
	setsid setpriv --reuid 1000 --regid 1000 --clear-groups \
		unshare -Ur unshare -n bash "$0" hostile "$@" &
	container=$!
	eventually ready
	[ -e /tmp/hostile/ready ] || die "the user has given up"
	hailed=$(answers)
	eventually more_answers
	echo "  his rules have given $(answers) answers"
	host_answers
	kill -KILL -- "-$container"
	wait "$container" 2>/dev/null || true
	eventually only_ours
}

ready() { [ -e /tmp/hostile/ready ] || [ ! -e "/proc/$container" ]; }

answers() {
	awk '/^xt_tarpit_replies/ { n += $2 } END { print n + 0 }' "/proc/$container/net/xt_TARPIT"
}

more_answers() { [ "$(answers)" -gt $((hailed + 30)) ]; }

# only_ours: only the host's rules refer to the module.
only_ours() { [ "$(cat /sys/module/xt_TARPIT/refcnt)" = "$references" ]; }

# host_answers: the host's rules send the same replies as at first.
host_answers() {
	local pair
	for pair in "${pairs[@]}"; do inside peer bash "$0" knock p0 "$mac" "$pair"; done >/tmp/answers
	[ -e /tmp/first ] || cp /tmp/answers /tmp/first
	cmp /tmp/first /tmp/answers || die "now $(cat /tmp/answers)"
	asked=$((asked + 1))
}

# host_counts: netns tarpit has counted only these replies, and the initial namespace nothing.
host_counts() {
	sed -E "s/^(xt_tarpit_(replies|syns)_total.*\"(tarpit|bare)\"\}) 1$/\1 $asked/" /tmp/counted |
		diff - <(inside tarpit cat /proc/net/xt_TARPIT)
	diff /tmp/idle /proc/net/xt_TARPIT
}

# A directory for processes that are not the host's root, or not in its namespace.
case "${1:-}" in hostile | knock) "$@"; exit ;; esac

link_pair
for pair in "${pairs[@]}"; do
	ip -n tarpit neighbour add "${pair% *}" dev t0 nud permanent \
		lladdr "$(mac_of peer p0)"
done
mac=$(mac_of tarpit t0)
modprobe -a xt_TARPIT nft_compat xt_tcpudp ${legacy:+iptable_filter ip6table_filter}
# Keeps the kernel from searching modules of other names and revisions, which takes long.
sysctl -qw kernel.modprobe=
touch /tmp/lock
chmod 666 /tmp/lock
both %T -A INPUT -p tcp -j TARPIT
references=$(cat /sys/module/xt_TARPIT/refcnt)
host_answers
inside tarpit cat /proc/net/xt_TARPIT >/tmp/counted
cat /proc/net/xt_TARPIT >/tmp/idle

claim "a hostile user is killed; the host answers as before, and none of the user's rules remains"
attack 0 400
before=$(kernel_memory)
claim "the same with a second user and more blobs and frames"
attack 100 1500
host_answers
claim "the host has counted only its own replies"
host_counts
claim "no memory is leaked"
after=$(kernel_memory)
echo "  $((after - before)) bytes"
grown_by_less_than 1000000 $((after - before))
claim "without the host's rules the module can be unloaded"
both %T -F
unload
