# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0
#
# lib.sh - what the cases share: a topology, and words to say what must hold. Sourced in the guest.
#
#        netns peer                                netns tarpit (the rules live here)
#    +-----------------------+   veth   +---------------------------------------------------+
#    | p0 10.0.0.2/24        |----------| t0 10.0.0.1/24 fd00::1/64                         |
#    |    fd00::2/64         |          | dark0 (dummy): 10.9.0.0/24 fd09::/64, no hosts    |
#    +-----------------------+          +---------------------------------------------------+
#
# A case says `claim NAME` before each thing it shows, and ends by itself at the first that fails.
# Nothing here may depend on how fast the machine is: wait for what must happen (eventually), never
# for a while. Bounds are there only so that a failure ends.
set -Eeuo pipefail
trap 'echo "FAIL: ${claimed:-the preparation} (line $LINENO)"' ERR

# claim SENTENCE: what the next commands show; printed when they failed.
claim() { claimed=$*; echo "- $*"; }

die() { echo "FAIL: ${claimed:-}: $*"; exit 1; }

# same WANT GOT
same() { [ "$1" = "$2" ] || die "expected $1, got $2"; }

# between LOW HIGH GOT
between() { if [ "$3" -lt "$1" ] || [ "$3" -gt "$2" ]; then die "expected $1 to $2, got $3"; fi; }

# kernel_memory: bytes that the kernel has taken, without what it gives back when it is asked.
kernel_memory() {
	sync
	echo 3 >/proc/sys/vm/drop_caches
	awk '/^(Slab|Percpu):/ { n += $2 } END { print n * 1024 }' /proc/meminfo
}

# watched: this kernel looks at each access to memory, which takes it many times as long.
watched() { case "$(uname -r)" in *-debug-*) ;; *) false ;; esac; }

# frees: KASAN's kernel does not at once, but keeps what was freed. So it is not asked for memory.
frees() { case "$(uname -r)" in *-debug-kasan) echo "  not asked of this kernel"; false ;; esac; }

# grown_by_less_than BYTES GROWTH
grown_by_less_than() { if frees; then between -10000000 "$1" "$2"; fi; }

# refused COMMAND...: it must fail.
refused() { if "$@" >/tmp/refused 2>&1; then die "$* did not fail"; fi; }

# eventually COMMAND...: it comes true; after a minute in vain it will not.
eventually() {
	local pause
	# shellcheck disable=SC2046 # Sixty words are wanted.
	for pause in 0 0.1 0.2 0.4 0.8 $(printf '1 %.0s' {1..60}); do
		sleep "$pause"
		if "$@"; then return; fi
	done
	die "this never came true: $*"
}

# inside NETNS COMMAND...: cheaper than ip netns exec, which makes a /sys of its own too.
inside() { nsenter --net="/run/netns/$1" -- "${@:2}"; }

peer() { ip netns exec peer "$@"; }
tarpit() { ip netns exec tarpit "$@"; }

# The iptables for which the kernel has tables: Debian's rt has none for iptables-legacy.
# shellcheck disable=SC2034 # For the cases.
{
	case "$(uname -r)" in *-rt-*) legacy='' ;; *) legacy=legacy ;; esac
	tools="${legacy:+iptables-legacy ip6tables-legacy} iptables-nft ip6tables-nft"
}

# both COMMAND...: for ip4 and ip6, with %T the iptables of the family. Only in netns tarpit.
both() {
	tarpit "${@/#%T/iptables}"
	tarpit "${@/#%T/ip6tables}"
}

# connects HOST PORT [NETNS]: a TCP connection is established within a minute.
connects() {
	# shellcheck disable=SC2016 # The inner shell expands these.
	inside "${3:-peer}" timeout 60 bash -c 'exec 3<>"/dev/tcp/$0/$1"' "$1" "$2"
}

# unanswered REASON HOST...: a client of port 80 sends its SYN and repeats it, which is counted with
# this reason, and it has not connected by then.
unanswered() {
	local reason=$1 host family knock before
	shift
	for host; do
		case "$host" in *:*) family=ipv6 ;; *) family=ipv4 ;; esac
		before=$(counter "$reason" $family)
		# Not by a function: it is timeout that must get the signal.
		nsenter --net=/run/netns/peer -- timeout 60 \
			bash -c "exec 3<>/dev/tcp/$host/80" 2>/dev/null &
		knock=$!
		eventually counted "$reason" $family $((before + 2))
		kill "$knock" 2>/dev/null || true
		if wait "$knock"; then die "$host answered"; fi
	done
}

# counted REASON FAMILY LEAST
counted() { [ "$(counter "$1" "$2")" -ge "$3" ]; }

# unload: the module goes. nftables and dying namespaces let go of rules a moment later.
unload() {
	eventually unloaded
	[ ! -e /sys/module/xt_TARPIT ] || die "it is still there"
}

unloaded() { rmmod xt_TARPIT 2>/tmp/rmmod; }

# counter NAME [ipv4|ipv6]: the sum of the counters with this reason or mode in netns tarpit.
counter() {
	# shellcheck disable=SC2016 # awk's own.
	inside tarpit awk -v name="=\"$1\"" -v family="\"${2:-}" \
		'/^xt_tarpit_(ignored|replies)_total/ {
			if (index($1, name) && index($1, family)) n += $2
		}
		END { print n + 0 }' /proc/net/xt_TARPIT
}

# dumps FILE NETNS DEVICE FILTER...: a tcpdump in the background, ready; end it with undump FILE.
dumps() {
	local file=$1 netns=$2 device=$3
	shift 3
	: >"$file.err"
	ip netns exec "$netns" tcpdump --immediate-mode -l -n -e -i "$device" "$@" \
		>"$file" 2>>"$file.err" &
	echo $! >"$file.pid"
	eventually grep -q 'listening on' "$file.err"
	settled_account "$file"
	unwritten "$file" >"$file.never"
}

# undump FILE: what arrived has been written when this returns.
undump() {
	local dump
	dump=$(cat "$1.pid")
	eventually all_written "$1"
	kill -INT "$dump"
	wait "$dump" || true
}

# account FILE: what tcpdump says of itself, anew.
account() {
	: >"$1.err"
	kill -USR1 "$(cat "$1.pid")"
	eventually grep -q 'dropped by kernel' "$1.err"
}

# settled_account FILE: one that is as the last one, or the tenth where packets come all the time;
# for a packet may have arrived and not been written yet.
settled_account() {
	local last='' _
	for _ in {1..10}; do
		account "$1"
		[ "$(cat "$1.err")" != "$last" ] || return 0
		last=$(cat "$1.err")
		sleep 0.1
	done
}

# unwritten FILE: how many of the packets that it had received by then it had not written.
unwritten() {
	local told
	told=$(sed -nE 's/.* ([0-9]+) packets? captured, ([0-9]+) .*/\2 - \1/p' "$1.err")
	[ -n "$told" ] || die "tcpdump says $(cat "$1.err")" >&2
	echo $((told))
}

# all_written FILE: a packet that came before tcpdump had its filter is received, and never written.
all_written() {
	local now
	account "$1"
	now=$(unwritten "$1") || exit 1
	[ "$now" -le "$(cat "$1.never")" ]
}

# link_pair: the topology above.
link_pair() {
	ip netns add peer
	ip netns add tarpit
	ip link add t0 netns tarpit type veth peer name p0 netns peer
	addresses peer p0 10.0.0.2/24 fd00::2/64
	addresses tarpit t0 10.0.0.1/24 fd00::1/64
	link_dark
	ip -n peer route add 10.9.0.0/24 via 10.0.0.1
	ip -n peer route add fd09::/64 via fd00::1
}

# addresses NETNS DEVICE ADDRESS...: and the device up.
addresses() {
	local netns=$1 device=$2 address
	shift 2
	ip netns exec "$netns" sysctl -qw "net/ipv6/conf/$device/accept_ra=0"
	ip -n "$netns" link set lo up
	ip -n "$netns" link set "$device" up
	for address; do
		case "$address" in
		*:*) ip -n "$netns" address add "$address" dev "$device" nodad ;;
		*) ip -n "$netns" address add "$address" dev "$device" ;;
		esac
	done
}

link_dark() {
	tarpit sysctl -qw net.ipv4.ip_forward=1 net.ipv6.conf.all.forwarding=1
	ip -n tarpit link add dark0 type dummy
	ip -n tarpit link set dark0 up
	ip -n tarpit route add 10.9.0.0/24 dev dark0
	ip -n tarpit route add fd09::/64 dev dark0
}

# no_entry: conntrack in netns tarpit knows no connection.
no_entry() {
	[ "$(tarpit conntrack -C)" = 0 ] || die "conntrack knows: $(tarpit conntrack -L 2>/dev/null)
$(tarpit conntrack -L -f ipv6 2>/dev/null)"
}

# backstop: TCP that slips through while a case changes its rules (an orphan's FIN, say) is dropped
# behind them, so that no connection tracking entry is confirmed for it.
backstop() {
	both %T -t security -A INPUT -p tcp -j DROP
	both %T -t security -A FORWARD -p tcp -j DROP
}
