#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Tarpit devices are created, changed under traffic, moved to another namespace, and deleted with
# their namespace and with the module. Invalid settings are refused with a sentence.
#
# needs: lib.sh
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

more_than() { [ "$("${@:2}")" -gt "$1" ]; }

link_pair
claim "a device loads the module"
ip -n tarpit link add tarpit0 type tarpit
[ -d /sys/module/xt_TARPIT ] || die "it is not loaded"

claim "its settings are the defaults"
same "tarpit 0 auto" "$(setting tarpit0 mode) $(setting tarpit0 window) $(setting tarpit0 reply)"
claim "they can be changed"
setting tarpit0 mode honeypot
same "honeypot 65535" "$(setting tarpit0 mode) $(setting tarpit0 window)"
setting tarpit0 window 1000
same 1000 "$(setting tarpit0 window)"
setting tarpit0 mode persist
same "persist 0" "$(setting tarpit0 mode) $(setting tarpit0 window)"
setting tarpit0 window 1000
same "persist 1000" "$(setting tarpit0 mode) $(setting tarpit0 window)"
setting tarpit0 mode reset
same "reset 0" "$(setting tarpit0 mode) $(setting tarpit0 window)"
claim "invalid settings are refused, and the log says why"
refused setting tarpit0 window 5
dmesg | grep -q 'tarpit0: reset has no window' || die "no sentence in the log"
refused setting tarpit0 mode sticky
refused setting tarpit0 window 65536
same "reset 0 auto" "$(setting tarpit0 mode) $(setting tarpit0 window) $(setting tarpit0 reply)"

claim "ip has words for all of it"
inside tarpit ip link change tarpit0 type tarpit honeypot window 1000 reply route
inside tarpit ip -d link show tarpit0 | grep -q ' tarpit honeypot window 1000 reply route ' ||
	die "$(inside tarpit ip -d link show tarpit0)"
inside tarpit ip -d -j link show tarpit0 |
	grep -qF '"info_data":{"mode":"honeypot","window":1000,"reply":"route"}' ||
	die "$(inside tarpit ip -d -j link show tarpit0)"
inside tarpit ip link change tarpit0 type tarpit persist reply auto
inside tarpit ip -d -j link show tarpit0 |
	grep -qF '"info_data":{"mode":"persist","window":0,"reply":"auto"}' ||
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
claim "without its plugin ip still makes devices"
IP_LIB_DIR=/nowhere ip -n tarpit link add tarpit1 type tarpit
IP_LIB_DIR=/nowhere ip -n tarpit -d link show tarpit1 | grep -qw tarpit
ip -n tarpit link del tarpit1

claim "a device can be changed under traffic"
setting tarpit0 mode tarpit
ip -n tarpit link set tarpit0 up
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
