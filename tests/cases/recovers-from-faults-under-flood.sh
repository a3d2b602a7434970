#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Under a full flood on both processors, the case breaks everything on the way back that can break,
# and acts as an administrator at the wrong moment. It checks the effect of each fault, then makes
# and repairs the fault ROUNDS times as fast as the tools can; then the same SYN gets the same
# reply.
#
#   recovers-from-faults-under-flood.sh [ROUNDS]
#
# suite: all
# vm: --smp 2 --real-time
# needs: lib.sh flood_mixed.py send_segments.py frames.py ../bench/traffic.py
# long: 200
# long-vm: --smp 2 --real-time --timeout 40000
. ./lib.sh

rounds=${1:-2} done_in_all=0

# repeated LINE...: prints the lines $rounds times.
repeated() { local _; for _ in $(seq "$rounds"); do printf '%s\n' "$@"; done; }

# batch TOOL LINE...: one process executes all rounds.
batch() {
	local tool=$1
	shift
	repeated "$@" | "$tool" -n tarpit -force -batch - >/dev/null 2>/tmp/batch || true
	[ ! -s /tmp/batch ] || die "$(sed 5q /tmp/batch)"
	done_in_all=$((done_in_all + rounds))
}

# way_back: sets t0's addresses and routes, which it loses when it goes down or moves.
way_back() {
	ip -n tarpit -force -batch - <<-END
		link set t0 up
		address replace 10.0.0.1/24 dev t0
		address replace fd00::1/64 dev t0 nodad
		neighbour replace 10.0.0.2 lladdr 02:00:00:00:00:02 dev t0 nud permanent
		neighbour replace fd00::2 lladdr 02:00:00:00:00:02 dev t0 nud permanent
		neighbour replace fd00::3 lladdr 02:00:00:00:00:02 dev t0 nud permanent
		neighbour replace 10.0.0.3 lladdr 02:00:00:00:00:02 dev t0 nud permanent
		route replace 10.7.0.0/16 via 10.0.0.3
		route replace fd07::/64 via fd00::3
	END
}

# rules TOOL: adds the rules of both families.
rules() {
	local four="iptables-$1-restore" six="ip6tables-$1-restore"
	tarpit "$four" </tmp/rules
	tarpit "$six" </tmp/rules
}

no_rules() {
	tarpit "iptables-$1" -F
	tarpit "ip6tables-$1" -F
}

# moves NAME [FAMILY]: the counter increases.
moves() { eventually counted "$1" "${2:-ipv4}" $(($(counter "$1" "${2:-ipv4}") + 1)); }

# sent_frames: the number of frames that the flood has sent, or that a link that is down has
# dropped.
# shellcheck disable=SC2016 # awk's own.
sent_frames() { inside peer awk '$1 == "p0:" { print $11 + $13 }' /proc/net/dev; }

sent_past() { [ "$(sent_frames)" -ge "$1" ]; }

# silent: no reply is counted while the flood sends a thousand frames.
silent() {
	local before
	before=$(counter tarpit)
	eventually sent_past $(($(sent_frames) + 1000))
	[ "$(counter tarpit)" = "$before" ]
}

# knock: prints the replies to a SYN of each family during the flood.
knock() {
	local ends four='10.0.0.2 10.0.0.1' six='fd00::2 fd00::1'
	for ends in "$four" "$six"; do
		# shellcheck disable=SC2086 # Two words are wanted.
		MAC=02:00:00:00:00:01 peer ./send_segments.py p0 $ends S,sport=900,wait=2
	done
}

same_answers() { [ "$(knock)" = "$(cat /tmp/answers)" ]; }

well_again() {
	eventually same_answers
	moves tarpit ipv4
	moves tarpit ipv6
}

link_pair
ip -n tarpit link set t0 address 02:00:00:00:00:01
ip -n peer link set p0 address 02:00:00:00:00:02
way_back
printf '%s\n' '*filter' '-A INPUT -p tcp --sport 900 -j TARPIT' '-A INPUT -p tcp -j TARPIT' \
	'-A FORWARD -p tcp -j TARPIT --persist' COMMIT >/tmp/rules
# Hooks that stay, in a namespace without traffic: see namespaces-die-under-a-flood.
for tool in iptables ip6tables; do $tool -A INPUT -p tcp; $tool -A FORWARD -p tcp; done
rules nft
knock >/tmp/answers
same 2 "$(grep -c '^SA ' /tmp/answers)"
{ peer ./flood_mixed.py p0 || true; } &
moves tarpit ipv4

claim "no route"
ip -n tarpit route replace unreachable 10.7.0.0/16
ip -n tarpit route replace unreachable fd07::/64
moves NoRoute ipv4
moves NoRoute ipv6
batch ip 'route replace 10.7.0.0/16 via 10.0.0.3' 'route replace unreachable 10.7.0.0/16' \
	'route replace fd07::/64 via fd00::3' 'route replace unreachable fd07::/64'
way_back
well_again

claim "a route with an MTU below 60"
ip -n tarpit route replace 10.7.0.0/16 via 10.0.0.3 mtu lock 59
ip -n tarpit route replace fd07::/64 via fd00::3 mtu lock 59
moves TooBig ipv4
moves TooBig ipv6
batch ip 'route replace 10.7.0.0/16 via 10.0.0.3' 'link set t0 mtu 68' \
	'route replace 10.7.0.0/16 via 10.0.0.3 mtu lock 59' 'link set t0 mtu 1500'
ip -n tarpit link set t0 mtu 1500
way_back
well_again

claim "a dead neighbour"
ip -n tarpit neighbour del 10.0.0.3 dev t0
ip -n tarpit neighbour del fd00::3 dev t0
dead() { ip -n tarpit neighbour show "$1" | grep -Eq 'INCOMPLETE|FAILED'; }
eventually dead 10.0.0.3
eventually dead fd00::3
batch ip 'neighbour replace 10.0.0.3 lladdr 02:00:00:00:00:02 dev t0 nud permanent' \
	'neighbour del 10.0.0.3 dev t0' \
	'neighbour replace fd00::3 lladdr 02:00:00:00:00:02 dev t0 nud permanent' \
	'neighbour del fd00::3 dev t0'
way_back
well_again

claim "a full queue"
dropping() { tc -n tarpit -s qdisc show dev t0 | grep -q 'dropped [1-9]'; }
for kind in 'tbf rate 8kbit burst 1600 limit 3000' 'netem delay 10ms limit 5'; do
	echo "qdisc replace dev t0 root $kind" | tc -n tarpit -batch -
	eventually dropping
	tc -n tarpit qdisc del dev t0 root
	batch tc "qdisc replace dev t0 root $kind" 'qdisc del dev t0 root'
	well_again
done

claim "the interface goes down"
ip -n tarpit link set t0 down
eventually silent
batch ip 'link set t0 down' 'link set t0 up'
way_back
well_again

claim "the interface moves to another namespace"
ip netns add other
ip -n tarpit link set t0 netns other
ip -n other link set t0 up
eventually silent
ip -n other link set t0 netns tarpit
for _ in $(seq "$rounds"); do
	ip -n tarpit link set t0 netns other
	ip -n other link set t0 up
	ip -n other link set t0 netns tarpit
	ip -n tarpit link set t0 up
done
done_in_all=$((done_in_all + rounds))
way_back
well_again

# to_and_fro FILE AWAY BACK EFFECT...: changes a setting of the kernel and changes it back.
to_and_fro() {
	local _
	echo "$2" >"$1"
	"${@:4}"
	echo "$3" >"$1"
	for _ in $(seq "$rounds"); do
		echo "$2" >"$1"
		echo "$3" >"$1"
	done
	done_in_all=$((done_in_all + rounds))
	well_again
}

alone() {
	same 0 "$(cat /sys/devices/system/cpu/online)"
	moves tarpit ipv4
}

claim "a processor goes offline"
to_and_fro /sys/devices/system/cpu/cpu1/online 0 1 alone

told_of() { head -n 50 /sys/kernel/tracing/trace | grep -q ' reply: '; }

claim "the tracepoints are enabled and disabled"
refused told_of
to_and_fro /sys/kernel/tracing/events/xt_tarpit/enable 1 0 eventually told_of

claim "rules are flushed and restored"
no_rules nft
eventually silent
rules nft
repeated '*filter' COMMIT "$(cat /tmp/rules)" >/tmp/rounds
tarpit iptables-nft-restore </tmp/rounds
tarpit ip6tables-nft-restore </tmp/rounds
done_in_all=$((done_in_all + 2 * rounds))
well_again

if [ -n "$legacy" ]; then
	claim "tables are replaced, and replaced back"
	rules legacy
	no_rules nft
	moves tarpit ipv4
	moves tarpit ipv6
	no_rules legacy
	eventually silent
	for _ in $(seq "$rounds"); do
		rules legacy
		no_rules nft
		rules nft
		no_rules legacy
	done
	done_in_all=$((done_in_all + rounds))
	well_again
fi

claim "the whole namespace is destroyed, and nothing of it remains"
ip netns del tarpit
pkill -f flood_mixed.py
unload
echo "  $done_in_all faults"
