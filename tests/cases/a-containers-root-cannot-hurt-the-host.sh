#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# A user who may make namespaces is root in them, and hostile: rules as no iptables writes them,
# rules of all modes in all hooks, and a hail of frames that are spoilt, into them. The kernel says
# nothing, the host's rule answers as before and counts its own only, and when the user's processes
# are killed in the midst of it nothing of his holds on to the module or to memory.
#
#    netns peer p0 ---- t0 10.0.0.1 netns tarpit, the host's rules         (lib.sh)
#    the user's own netns: c1 ---- c0 10.0.0.1, his rules; dark0           (hostile_links)
#
# suite: all
# needs: lib.sh nft_rule.py rule_blobs.py send_damaged.py send_segments.py frames.py
. ./lib.sh

modes=(tarpit persist honeypot reset)
pairs=('10.0.0.200 10.0.0.1' 'fd00::200 fd00::1')
asked=0
export XTABLES_LOCKFILE=/tmp/lock

# hostile BLOBS FRAMES: what the user does in namespaces of his own, until he is killed.
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

# knock DEVICE MAC 'SOURCE HOST': the answer to one SYN, which is always the same one.
knock() {
	local ends answer
	read -ra ends <<<"$3"
	answer=$(MAC=$2 ./send_segments.py "$1" "${ends[@]}" S,seq=1000)
	[[ $answer = 'SA '* ]] || die "${ends[1]} says $answer"
	echo "$answer"
}

# attack BLOBS FRAMES: the user's container lives, and dies in the midst of its hail.
attack() {
	rm -rf /tmp/hostile
	install -d -o 1000 -g 1000 /tmp/hostile
	# First the user's namespace, then the network's, as container engines do it.
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

# only_ours: no rule but the host's refers to the module.
only_ours() { [ "$(cat /sys/module/xt_TARPIT/refcnt)" = "$references" ]; }

# host_answers: the host's rules give the answers that they gave at first.
host_answers() {
	local pair
	for pair in "${pairs[@]}"; do inside peer bash "$0" knock p0 "$mac" "$pair"; done >/tmp/answers
	[ -e /tmp/first ] || cp /tmp/answers /tmp/first
	cmp /tmp/first /tmp/answers || die "now $(cat /tmp/answers)"
	asked=$((asked + 1))
}

# host_counts: these answers and nothing else, in netns tarpit; and nothing in the first one.
host_counts() {
	sed -E "s/^(xt_tarpit_replies_total.*mode=\"tarpit\"\}) 1$/\1 $asked/" /tmp/counted |
		cmp - <(inside tarpit cat /proc/net/xt_TARPIT)
	cmp /tmp/idle /proc/net/xt_TARPIT
}

# Words for those who are not the host's root, or not in its namespace.
case "${1:-}" in hostile | knock) "$@"; exit ;; esac

link_pair
for pair in "${pairs[@]}"; do
	ip -n tarpit neighbour add "${pair% *}" dev t0 nud permanent \
		lladdr "$(peer cat /sys/class/net/p0/address)"
done
mac=$(tarpit cat /sys/class/net/t0/address)
modprobe -a xt_TARPIT nft_compat xt_tcpudp ${legacy:+iptable_filter ip6table_filter}
# No module is searched for by the other names and revisions, which takes long.
sysctl -qw kernel.modprobe=
touch /tmp/lock
chmod 666 /tmp/lock
both %T -A INPUT -p tcp -j TARPIT
references=$(cat /sys/module/xt_TARPIT/refcnt)
host_answers
inside tarpit cat /proc/net/xt_TARPIT >/tmp/counted
cat /proc/net/xt_TARPIT >/tmp/idle

claim "a user is hostile until he is killed; the host answers as before, and no rule is left of his"
attack 0 400
before=$(kernel_memory)
claim "so does another, who does more of it"
attack 100 1500
host_answers
claim "the host has counted its own answers and no other"
host_counts
claim "no memory is left behind"
after=$(kernel_memory)
echo "  $((after - before)) bytes"
grown_by_less_than 1000000 $((after - before))
claim "without the host's rules the module can be unloaded"
both %T -F
unload
