#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# A container, here the namespace of an unprivileged user, has its own rules, sequence numbers and
# counters. Only its root reads the counters, and its replies do not reveal the host's numbers, such
# as the offset of TSval of each connection.
#
# needs: lib.sh send_segments.py frames.py
. ./lib.sh

# contained COMMAND...: runs it as root of the user's container.
contained() { nsenter -t "$container" -U -n -S 0 -G 0 -- "$@"; }

# container_up: creates a namespace of user 1000 with the address of netns tarpit.
#
# The user namespace comes first, then the network namespace, as container engines do it: if one
# call creates both, the files in /proc/net belong to the host's root.
container_up() {
	setpriv --reuid 1000 --regid 1000 --clear-groups unshare -Ur unshare -n sleep infinity &
	container=$!
	eventually grep -q 1000 "/proc/$container/uid_map" 2>/dev/null
	eventually apart
	ip link add c0 netns "$container" type veth peer name q0 netns peer
	ip -n peer link set q0 up
	contained ip link set c0 up
	contained ip address add 10.0.0.1/24 dev c0
	contained ip address add fd00::1/64 dev c0 nodad
	local mac
	mac=$(mac_of peer q0)
	contained ip neighbour replace 10.0.0.200 lladdr "$mac" dev c0 nud permanent
	contained ip neighbour replace fd00::200 lladdr "$mac" dev c0 nud permanent
}

# apart: the container has a network namespace of its own.
apart() { [ "$(readlink "/proc/$container/ns/net")" != "$(readlink /proc/self/ns/net)" ]; }

# knock DEVICE SOURCE HOST SEGMENT...: into $got.
knock() { mapfile -t got < <(MAC=$(mac_behind "$1") peer ./send_segments.py "$@"); }

mac_behind() {
	if [ "$1" = p0 ]; then mac_of tarpit t0
	else contained ip -brief link show c0 | awk '{ print $3 }'; fi
}

# number LINE: the ISS in a line of knock.
number() {
	[[ $1 =~ ^SA\ ([0-9]+)\ 1001\ 0$ ]] || die "got $1"
	echo "${BASH_REMATCH[1]}"
}

# clock LINE: TSval in a line of knock that had timestamps.
clock() {
	[[ $1 =~ ^SA\ [0-9]+\ 1001\ 0\ ([0-9]+)\ 7$ ]] || die "got $1"
	echo "${BASH_REMATCH[1]}"
}

# clocks DEVICE SOURCE HOST PORT...: TSval for connections from these ports, into $told.
clocks() {
	local line value ends=("${@:1:3}")
	shift 3
	knock "${ends[@]}" "${@/#/S,seq=1000,tsval=7,sport=}"
	told=()
	for line in "${got[@]}"; do
		value=$(clock "$line")
		told+=("$value")
	done
}

# ahead A B: by how much the 32-bit clock A is ahead of B.
ahead() { echo $((($1 - $2) & 0xffffffff)); }

# apart_by MORE A B: whichever is ahead.
apart_by() {
	if [ "$(ahead "$2" "$3")" -le "$1" ] || [ "$(ahead "$3" "$2")" -le "$1" ]; then
		die "$2 and $3 are apart by no more than $1"
	fi
}

milliseconds() { date +%s%3N; }

# compare SOURCE HOST: sets $leads to how far the host's clock is ahead of the container's for four
# connections, and $passed to the milliseconds that this took.
compare() {
	local begun theirs i
	begun=$(milliseconds)
	clocks q0 "$@" 3001 3002 3003 3004 3001
	theirs=("${told[@]}")
	clocks p0 "$@" 3001 3002 3003 3004
	passed=$(($(milliseconds) - begun + 1))
	between 0 $passed "$(ahead "${theirs[4]}" "${theirs[0]}")"
	leads=()
	for i in {0..3}; do leads+=("$(ahead "${told[i]}" "${theirs[i]}")"); done
	echo "  the host's clock is ahead by ${leads[*]}, seen in $passed ms"
}

link_pair
mac=$(mac_of peer p0)
ip -n tarpit neighbour replace 10.0.0.200 lladdr "$mac" dev t0 nud permanent
ip -n tarpit neighbour replace fd00::200 lladdr "$mac" dev t0 nud permanent
# The host loads the module: a container's root cannot.
modprobe -a xt_TARPIT nft_compat ${legacy:+ip6table_filter}
container_up
export XTABLES_LOCKFILE=/tmp/lock
touch /tmp/lock
chmod 666 /tmp/lock

claim "the container's root adds rules, with each backend"
contained iptables-nft -A INPUT -p tcp -j TARPIT
contained "ip6tables-${legacy:-nft}" -A INPUT -p tcp -j TARPIT
both %T -A INPUT -p tcp -j TARPIT
segment=S,seq=1000
for pair in '10.0.0.200 10.0.0.1' 'fd00::200 fd00::1'; do
	read -r source host <<<"$pair"
	claim "$host: the container answers, both times with the same number"
	knock q0 "$source" "$host" $segment $segment
	inside=$(number "${got[0]}")
	same "$inside" "$(number "${got[1]}")"
	claim "$host: the host answers the same segment with another number"
	knock p0 "$source" "$host" $segment
	[ "$(number "${got[0]}")" != "$inside" ] || die "both answer $inside"
done

claim "each counts its own replies"
count='xt_tarpit_replies_total{family="ipv4",mode="tarpit"}'
same "$count 2" "$(contained grep -F "$count" /proc/net/xt_TARPIT)"
same "$count 1" "$(tarpit grep -F "$count" /proc/net/xt_TARPIT)"
grep -Fx "$count 0" /proc/net/xt_TARPIT >/dev/null || die "$(grep -F "$count" /proc/net/xt_TARPIT)"

for pair in '10.0.0.200 10.0.0.1' 'fd00::200 fd00::1'; do
	read -r source host <<<"$pair"
	claim "$host: TSval advances with time, and differs between the container and the host"
	compare "$source" "$host"
	for lead in "${leads[@]}"; do apart_by $passed 0 "$lead"; done
	claim "$host: the offsets of two connections differ"
	for i in {0..2}; do
		for ((j = i + 1; j < 4; j++)); do apart_by $passed "${leads[i]}" "${leads[j]}"; done
	done
done

claim "only a namespace's root reads its counters"
same '440 1000 1000' "$(stat -c '%a %u %g' "/proc/$container/net/xt_TARPIT")"
same '440 0 0' "$(stat -c '%a %u %g' /proc/net/xt_TARPIT)"
refused setpriv --reuid 1000 --regid 1000 --clear-groups cat /proc/net/xt_TARPIT
refused nsenter -t "$container" -n -- setpriv --reuid 1001 --regid 1001 --clear-groups \
	cat /proc/net/xt_TARPIT

claim "the container's rules end with it, and the module can be unloaded"
both %T -F
kill "$container"
wait "$container" || true
unload
