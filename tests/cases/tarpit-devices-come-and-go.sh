#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Tarpit devices are created, changed under traffic, moved to another namespace, and deleted with
# their namespace and with the module. Invalid settings are refused with a sentence. The whole form
# also checks that deleted devices give back their memory.
#
#   tarpit-devices-come-and-go.sh [whole]
#
# all: whole
# needs: lib.sh link_requests.py
. ./lib.sh

setting() { # DEVICE FILE [VALUE]
	local file=/sys/class/net/$1/tarpit/$2
	if [ $# -gt 2 ]; then
		ip netns exec tarpit tee "$file" <<<"$3" >/dev/null
	else
		ip netns exec tarpit cat "$file"
	fi
}

taken() { # DEVICE [NETNS]: packets that it was sent
	ip -n "${2:-tarpit}" -s -j link show dev "$1" | grep -oE '"tx":\{[^}]*' |
		grep -oE '"packets":[0-9]+' | tr -dc 0-9
}

# as_root_without CAPABILITY MODE: changes the mode of tarpit0 by sysfs.
as_root_without() {
	ip netns exec tarpit setpriv --bounding-set "-$1" --inh-caps "-$1" \
		tee /sys/class/net/tarpit0/tarpit/mode <<<"$2"
}

# round: creates and deletes 150 devices.
round() {
	local number
	for number in {1..150}; do
		echo "link add many$number group 7 type tarpit"
	done | ip -n tarpit -batch -
	ip -n tarpit link del group 7
}

# held_memory: the kB of per-CPU memory, and the objects of the size of a device.
held_memory() {
	local cache
	for cache in /sys/kernel/slab/kmalloc*-4k; do echo 1 >"$cache/shrink"; done
	awk '/^Percpu:/ { per_cpu = $2 } FILENAME ~ /slab/ { objects += $1 }
		END { print per_cpu, objects }' /proc/meminfo /sys/kernel/slab/kmalloc*-4k/objects
}

more_than() { [ "$("${@:2}")" -gt "$1" ]; }

link_pair
claim "a device loads the module"
ip -n tarpit link add tarpit0 type tarpit
[ -d /sys/module/xt_TARPIT ] || die "it is not loaded"

claim "it has no queue, no neighbours and no groups, and takes packets of any size"
ip -n tarpit link set tarpit0 up
shown=$(ip -n tarpit link show tarpit0)
[[ "$shown" = *'<POINTOPOINT,NOARP,UP,LOWER_UP> mtu 65535 qdisc noqueue '* ]] || die "$shown"
claim "ethtool shows its driver and its link"
inside tarpit ethtool -i tarpit0 | grep -x 'driver: tarpit' >/dev/null
inside tarpit ethtool tarpit0 | grep 'Link detected: yes' >/dev/null
claim "its MAC address can be changed while it is up, to that of one host"
ip -n tarpit link set tarpit0 address 02:00:00:00:00:42
same 02:00:00:00:00:42 "$(mac_of tarpit tarpit0)"
refused ip -n tarpit link set tarpit0 address 03:00:00:00:00:42
ip -n tarpit link add tarpit1 address 03:00:00:00:00:42 type tarpit
refused ip -n tarpit link set tarpit1 up
ip -n tarpit link del tarpit1
claim "it can join a group of the link"
ip -n tarpit maddress add 33:33:00:00:00:42 dev tarpit0
claim "pktgen cannot send it an skb that pktgen keeps"
modprobe pktgen
pktgen() { inside tarpit sh -c "echo $2 >/proc/net/pktgen/$1"; }
pktgen kpktgend_0 'add_device tarpit0'
pktgen tarpit0 'clone_skb 0'
refused pktgen tarpit0 'clone_skb 5'
pktgen kpktgend_0 rem_device_all

claim "its settings are the defaults"
same "tarpit 0 auto" "$(setting tarpit0 mode) $(setting tarpit0 window) $(setting tarpit0 reply)"
same 0 "$(setting tarpit0 echo)"
claim "they can be changed"
setting tarpit0 mode honeypot
same "honeypot 65535" "$(setting tarpit0 mode) $(setting tarpit0 window)"
setting tarpit0 window 1000
same 1000 "$(setting tarpit0 window)"
setting tarpit0 mode persist
same "persist 0" "$(setting tarpit0 mode) $(setting tarpit0 window)"
setting tarpit0 window 1000
same "persist 1000" "$(setting tarpit0 mode) $(setting tarpit0 window)"
refused setting tarpit0 window 65536
setting tarpit0 mode reset
same "reset 0" "$(setting tarpit0 mode) $(setting tarpit0 window)"
setting tarpit0 echo on
same 1 "$(setting tarpit0 echo)"
setting tarpit0 echo 0
same 0 "$(setting tarpit0 echo)"
claim "invalid settings are refused, and the log says why"
refused setting tarpit0 window 5
dmesg | grep -q 'tarpit0: reset has no window' || die "no sentence in the log"
refused setting tarpit0 mode sticky
refused setting tarpit0 reply never
refused setting tarpit0 window 65536
refused setting tarpit0 echo loud
same "reset 0 auto" "$(setting tarpit0 mode) $(setting tarpit0 window) $(setting tarpit0 reply)"

claim "only a user with CAP_NET_ADMIN can change them"
refused as_root_without net_admin tarpit
as_root_without net_raw reset >/dev/null

claim "ip has words for all of it"
inside tarpit ip link change tarpit0 type tarpit honeypot window 1000 reply route echo
inside tarpit ip -d link show tarpit0 |
	grep -q ' tarpit honeypot window 1000 reply route echo ' ||
	die "$(inside tarpit ip -d link show tarpit0)"
inside tarpit ip -d -j link show tarpit0 |
	grep -qF '"info_data":{"mode":"honeypot","window":1000,"reply":"route","echo":true}' ||
	die "$(inside tarpit ip -d -j link show tarpit0)"
inside tarpit ip link change tarpit0 type tarpit persist reply auto noecho
inside tarpit ip -d -j link show tarpit0 |
	grep -qF '"info_data":{"mode":"persist","window":0,"reply":"auto","echo":false}' ||
	die "$(inside tarpit ip -d -j link show tarpit0)"
ip link help tarpit 2>&1 | grep -q 'type tarpit \[ reset' || die "$(ip link help tarpit 2>&1)"
claim "ip says why it, or the kernel, refuses"
says() { # SENTENCE WORD...
	refused inside tarpit ip link add tarpit1 type tarpit "${@:2}"
	grep -qF "$1" /tmp/refused || die "$(cat /tmp/refused)"
}
says 'reset has no window' reset window 5
says 'honeypot needs a window from 1 to 65535' honeypot window 0
says 'a window is a number from 0 to 65535' window 65536
says 'there is more than one mode' persist reset
says 'tarpit does not know this word' sticky
says 'reply is auto or route' reply never
says 'window needs a number' window
says 'echo is given twice' echo noecho
inside tarpit ip link change tarpit0 type tarpit reset
inside tarpit ip -d -j link show tarpit0 |
	grep -qF '"info_data":{"mode":"reset","reply":"auto","echo":false}' ||
	die "$(inside tarpit ip -d -j link show tarpit0)"
refused inside tarpit ip link change tarpit0 type tarpit window 5
grep -qF 'reset has no window' /tmp/refused || die "$(cat /tmp/refused)"
claim "the kernel refuses numbers that it does not know, and attributes that are too short"
requests='1:04 1:ff 1: 2:05 2: 3:02 3: 4:02 4: 1:00 2:0500 3:01 1:03 3:00 4:01 4:00'
# shellcheck disable=SC2086 # A list.
same 'EINVAL EINVAL ERANGE ERANGE ERANGE EINVAL ERANGE ERANGE ERANGE ok ok ok ok ok ok ok' \
	"$(inside tarpit ./link_requests.py tarpit0 $requests)"
claim "without its plugin ip still makes devices"
IP_LIB_DIR=/nowhere ip -n tarpit link add tarpit1 type tarpit
IP_LIB_DIR=/nowhere ip -n tarpit -d link show tarpit1 | grep -qw tarpit
ip -n tarpit link del tarpit1

claim "the host itself has sent nothing to it"
same 0 "$(taken tarpit0)"
claim "a device can be changed under traffic"
setting tarpit0 mode tarpit
tarpit nft -f - <<'END'
table netdev t { chain in { type filter hook ingress device "t0" priority -300
	tcp dport 80 fwd to "tarpit0"
}; }
END
peer bash -c "while :; do exec 3<>/dev/tcp/10.0.0.1/80; exec 3>&-; done" 2>/dev/null &
flood=$!
for mode in persist honeypot reset tarpit; do
	before=$(taken tarpit0)
	setting tarpit0 mode $mode
	eventually more_than "$before" taken tarpit0
done

claim "it moves to another namespace, and gets no more packets"
ip netns add other
ip -n tarpit link set tarpit0 netns other
ip -n other link set tarpit0 up
same '' "$(ip -n other address show dev tarpit0 | grep inet || true)"
same 0 "$(inside other grep -c 'answered="yes"} [^0]' /proc/net/xt_TARPIT || true)"
claim "the rule that named it drops the packets"
# shellcheck disable=SC2016 # The inner shell's.
same 124 "$(inside peer timeout 5 bash -c 'exec 3<>/dev/tcp/10.0.0.1/80' 2>/dev/null || echo $?)"
claim "it is deleted with the namespace"
ip netns del other
kill "$flood"
wait "$flood" || true

claim "a rule for a new device must be added again"
tarpit nft delete table netdev t
ip -n tarpit link add tarpit0 type tarpit
ip -n tarpit link set tarpit0 up
ip -n tarpit route replace 10.9.0.0/24 dev tarpit0
connects 10.9.0.1 80

if [ "${1:-}" = whole ]; then
	claim "deleted devices give back their memory"
	round
	read -r per_cpu objects < <(held_memory)
	round
	read -r per_cpu_after objects_after < <(held_memory)
	echo "  per-CPU memory $per_cpu to $per_cpu_after kB, objects $objects to $objects_after"
	grown_by_less_than 10 $((per_cpu_after - per_cpu))
	grown_by_less_than 50 $((objects_after - objects))
fi

claim "unloading the module deletes its devices and their routes"
ip -n tarpit link add tarpit1 type tarpit
ip -n tarpit route add blackhole 10.9.0.0/24 metric 9999
rmmod xt_TARPIT
same '' "$(ip -n tarpit link show type tarpit)"
same 'blackhole 10.9.0.0/24 metric 9999' "$(ip -n tarpit route show 10.9.0.0/24 | sed 's/ *$//')"
claim "root of a user namespace can make a device, as with dummy"
modprobe xt_TARPIT
setpriv --reuid 1000 --clear-groups unshare -Urn ip link add tarpit0 type tarpit
claim "the module cannot be unloaded while a rule needs it"
ip -n tarpit link add tarpit0 type tarpit
tarpit iptables -A INPUT -p tcp --dport 80 -j TARPIT
refused rmmod xt_TARPIT
tarpit iptables -F
unload
