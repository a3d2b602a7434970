# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0
#
# attachments.sh - attaches tarpit.xdp.o in netns tarpit of lib.sh. Sourced after it.

xdp() { nsenter --net=/run/netns/tarpit -- ./tools/xt-tarpit xdp "$@"; }
attach() { xdp attach "$1" --program xdp/tarpit.xdp.o "${@:2}"; }

# has_function: whether XDP programs can call the module. That needs the kernel's types in its
# headers, and of Debian's only those of 5.10 and 6.1 lack them.
has_function() {
	! grep -qa bpf_xdp_tarpit /sys/kernel/btf/xt_TARPIT 2>/dev/null || return 0
	case "$(uname -r)" in 5.* | 6.1.*) return 1 ;; *) die "the module has no BTF here" ;; esac
}

says() { # SENTENCE COMMAND...
	refused "${@:2}"
	grep -qF -- "$1" /tmp/refused || die "$(cat /tmp/refused)"
}

# field NAME [INTERFACE]: of the JSON of status.
field() {
	xdp status "${2:-t0}" --json | python3 -c 'import json, sys
value = json.load(sys.stdin)[0]
for key in sys.argv[1].split("."):
    value = value[key]
print(*value) if isinstance(value, list) else print(value)' "$1"
}

# answered: how many packets got a reply. Generic XDP hands skbs to a device.
answered() {
	# shellcheck disable=SC2016 # awk's own.
	tarpit awk '/answered="yes"/ { n += $2 } END { print n + 0 }' \
		/proc/net/xt_TARPIT
}

# held ADDRESS PORT: a client connects by XDP.
held() {
	local before
	before=$(answered)
	connects "$1" "$2"
	[ "$(answered)" -gt "$before" ] || die "$1 answered, but not the tarpit"
}

# left ADDRESS PORT: a client does not connect. At its own address the host refuses it.
left() {
	local how=(refused)
	case "$1" in 10.0.0.1 | fd00::1) how=(says 'Connection refused') ;; esac
	# shellcheck disable=SC2016 # The inner shell expands these.
	"${how[@]}" peer timeout 3 bash -c 'exec 3<>"/dev/tcp/$0/$1"' "$1" "$2"
}

# nothing_stays INTERFACE: of an attachment in netns tarpit.
nothing_stays() {
	same '' "$(ls -A /sys/fs/bpf)"
	same '' "$(ip -n tarpit link show type tarpit)"
	same '' "$(ip -n tarpit link show "$1" | grep xdp || true)"
	says 'has no program of the tarpit' xdp detach "$1"
	says "attach it: xt-tarpit xdp attach $1" xdp port add "$1" 1
}

# pinned: the directory of t0.
pinned() { echo /sys/fs/bpf/xt-tarpit/t0@*; }

# passes NETNS DEVICE [WAY]: attaches a program of bpf.py, or else one that passes all; its process
# is $passer.
passes() {
	: >/tmp/passes
	nsenter --net="/run/netns/$1" -- ./bpf.py "$2" native "${3:-pass}" >/tmp/passes &
	passer=$!
	eventually grep -q attached /tmp/passes
}

unpass() {
	kill "$passer"
	wait "$passer" || true
}

# keep_tags NETNS DEVICE: leaves VLAN tags in frames.
keep_tags() { inside "$1" ethtool -K "$2" rxvlan off rx-vlan-stag-hw-parse off >/dev/null; }
