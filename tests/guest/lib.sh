# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0
#
# lib.sh - the topology and the helper functions of the cases. Sourced in the guest.
#
#        netns peer                                netns tarpit (the rules live here)
#    +-----------------------+   veth   +---------------------------------------------------+
#    | p0 10.0.0.2/24        |----------| t0 10.0.0.1/24 fd00::1/64                         |
#    |    fd00::2/64         |          | dark0 (dummy): 10.9.0.0/24 fd09::/64, no hosts    |
#    +-----------------------+          +---------------------------------------------------+
#
# A case calls `claim SENTENCE` before each check, and ends at the first that fails. Nothing may
# depend on the machine's speed: wait for an event (eventually), never for a time. Timeouts only end
# a case that has failed.
set -Eeuo pipefail
trap 'echo "FAIL: ${claimed:-the preparation} (line $LINENO)"' ERR

# claim SENTENCE: what the next commands check; printed if they fail.
claim() { claimed=$*; echo "- $*"; }

# skip REASON: the case cannot run on this machine.
skip() { echo "SKIP: $*"; exit 77; }

die() { echo "FAIL: ${claimed:-}: $*"; exit 1; }

# same WANT GOT
same() { [ "$1" = "$2" ] || die "expected $1, got $2"; }

# between LOW HIGH GOT
between() { if [ "$3" -lt "$1" ] || [ "$3" -gt "$2" ]; then die "expected $1 to $2, got $3"; fi; }

# kernel_memory: the bytes that the kernel uses, without reclaimable memory.
kernel_memory() {
	sync
	echo 3 >/proc/sys/vm/drop_caches
	awk '/^(Slab|Percpu):/ { n += $2 } END { print n * 1024 }' /proc/meminfo
}

# used_memory: the bytes in use, some seconds later, when the pages of frames are free. The free
# pages in the lists of the processors are not in use.
used_memory() {
	sleep 10
	echo 3 >/proc/sys/vm/drop_caches
	awk -v page="$(getconf PAGE_SIZE)" '
		/^ +count: / { n -= $2 * page }
		/^MemTotal:/ { n += $2 * 1024 }
		/^(MemFree|Cached):/ { n -= $2 * 1024 }
		END { print n }' /proc/zoneinfo /proc/meminfo
}

# watched: whether this kernel checks each memory access, which makes it many times slower.
watched() { case "$(uname -r)" in *-debug-*) ;; *) false ;; esac; }

# frees: whether this kernel frees memory at once. KASAN's keeps freed memory, so cases do not check
# memory there.
frees() { case "$(uname -r)" in *-debug-kasan) echo "  not asked of this kernel"; false ;; esac; }

# grown_by_less_than BYTES GROWTH
grown_by_less_than() { if frees; then between -10000000 "$1" "$2"; fi; }

# refused COMMAND...: the command must fail.
refused() { if "$@" >/tmp/refused 2>&1; then die "$* did not fail"; fi; }

# eventually COMMAND...: waits until the command succeeds, for at most a minute.
eventually() {
	local pause
	# shellcheck disable=SC2046 # Sixty words are wanted.
	for pause in '' 0.1 0.2 0.4 0.8 $(printf '1 %.0s' {1..60}); do
		[ -z "$pause" ] || sleep "$pause"
		if "$@"; then return; fi
	done
	die "this never came true: $*"
}

# inside NETNS COMMAND...: as ip netns exec, but cheaper, because it does not mount a /sys. So
# /sys/class/net does not have the devices of NETNS.
inside() { nsenter --net="/run/netns/$1" -- "${@:2}"; }

peer() { inside peer "$@"; }
tarpit() { inside tarpit "$@"; }

# mac_of NETNS DEVICE
mac_of() { ip -n "$1" -br link show "$2" | awk '{ print $3 }'; }

# The iptables whose tables the kernel has: Debian's rt has none for iptables-legacy.
# shellcheck disable=SC2034 # For the cases.
{
	case "$(uname -r)" in *-rt-*) legacy='' ;; *) legacy=legacy ;; esac
	tools="${legacy:+iptables-legacy ip6tables-legacy} iptables-nft ip6tables-nft"
}

# both COMMAND...: runs it for both families in netns tarpit; %T is the iptables of the family.
both() {
	tarpit "${@/#%T/iptables}"
	tarpit "${@/#%T/ip6tables}"
}

# connects HOST PORT [NETNS]: a TCP connection is established within a minute.
connects() {
	# shellcheck disable=SC2016 # The inner shell expands these.
	inside "${3:-peer}" timeout 60 bash -c 'exec 3<>"/dev/tcp/$0/$1"' "$1" "$2"
}

# unanswered REASON HOST...: a client of port 80 repeats its SYN, which counts with this reason, and
# does not connect.
unanswered() {
	local reason=$1 host family knock before
	shift
	for host; do
		case "$host" in *:*) family=ipv6 ;; *) family=ipv4 ;; esac
		before=$(counter "$reason" $family)
		# Not a function: timeout must get the signal.
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

# unload: unloads the module. nftables and dying namespaces release rules a moment later.
unload() {
	eventually unloaded
	[ ! -e /sys/module/xt_TARPIT ] || die "the module is still loaded"
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

# dumps FILE NETNS DEVICE FILTER...: starts tcpdump in the background; undump FILE ends it.
dumps() {
	local file=$1 netns=$2 device=$3
	shift 3
	: >"$file.err"
	nsenter --net="/run/netns/$netns" -- tcpdump --immediate-mode -l -n -e -i "$device" "$@" \
		>"$file" 2>>"$file.err" &
	echo $! >"$file.pid"
	eventually grep -q 'listening on' "$file.err"
	settled_account "$file"
	unwritten "$file" >"$file.never"
}

# undump FILE: ends tcpdump when all received packets have been written.
undump() {
	local dump
	dump=$(cat "$1.pid")
	eventually all_written "$1"
	kill -INT "$dump"
	wait "$dump" || true
}

# account FILE: tcpdump's current statistics.
account() {
	: >"$1.err"
	kill -USR1 "$(cat "$1.pid")"
	eventually grep -q 'dropped by kernel' "$1.err"
}

# settled_account FILE: statistics that did not change, or the tenth if packets keep arriving: a
# packet may have arrived that is not yet written.
settled_account() {
	local last='' _
	for _ in {1..10}; do
		account "$1"
		[ "$(cat "$1.err")" != "$last" ] || return 0
		last=$(cat "$1.err")
		sleep 0.1
	done
}

# unwritten FILE: the number of packets that were received but not written then.
unwritten() {
	local told
	told=$(sed -nE 's/.* ([0-9]+) packets? captured, ([0-9]+) .*/\2 - \1/p' "$1.err")
	[ -n "$told" ] || die "tcpdump says $(cat "$1.err")" >&2
	echo $((told))
}

# all_written FILE: whether all packets are written. A packet that arrived before tcpdump had set
# its filter counts as received and is never written.
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

# addresses NETNS DEVICE ADDRESS...: adds the addresses and sets the device up.
addresses() {
	local netns=$1 device=$2 address
	shift 2
	inside "$netns" sysctl -qw "net/ipv6/conf/$device/accept_ra=0"
	{
		printf 'link set %s up\n' lo "$device"
		for address; do
			case "$address" in
			*:*) echo "address add $address dev $device nodad" ;;
			*) echo "address add $address dev $device" ;;
			esac
		done
	} | ip -n "$netns" -batch -
}

link_dark() {
	tarpit sysctl -qw net.ipv4.ip_forward=1 net.ipv6.conf.all.forwarding=1
	ip -n tarpit -batch - <<-END
		link add dark0 type dummy
		link set dark0 up
		route add 10.9.0.0/24 dev dark0
		route add fd09::/64 dev dark0
	END
}

# link_bridge [ADDRESS...]: br0 in netns tarpit, with these addresses and t0 as a port, and with
# br_netfilter. The words in $bridge make the device.
link_bridge() {
	modprobe br_netfilter
	# shellcheck disable=SC2086 # They are words.
	ip -n tarpit link add br0 ${bridge:-type bridge}
	ip -n tarpit address flush dev t0
	ip -n tarpit link set t0 master br0
	addresses tarpit br0 "$@"
	tarpit sysctl -qw net.bridge.bridge-nf-call-iptables=1 net.bridge.bridge-nf-call-ip6tables=1
}

# link_host MAC [ADDRESS...]: e0 in netns host, behind the port h0 of br0.
link_host() {
	ip netns add host
	ip link add h0 netns tarpit type veth peer name e0 netns host address "$1"
	ip -n tarpit link set h0 master br0 up
	addresses host e0 "${@:2}"
}

# sender DEVICE: one send_segments.py in netns peer, which starts once for all calls of
# send_segments. The MAC address of the next hop is in $MAC.
sender() { coproc sender { MAC=$MAC inside peer ./send_segments.py "$1" -; }; }

# send_segments SOURCE HOST SEGMENT...: what comes back for each is in the array $got.
send_segments() {
	# shellcheck disable=SC2154 # coproc makes the array.
	echo "$*" >&"${sender[1]}"
	mapfile -t -n $(($# - 2)) got <&"${sender[0]}"
	[ ${#got[@]} = $(($# - 2)) ] || die "send_segments.py has ended"
}

# no_entry: conntrack in netns tarpit has no entry.
no_entry() {
	[ "$(tarpit conntrack -C)" = 0 ] || die "conntrack has: $(tarpit conntrack -L 2>/dev/null)
$(tarpit conntrack -L -f ipv6 2>/dev/null)"
}

# backstop: drops TCP after the rules, so that a packet that arrives while a case changes its rules
# (an orphan's FIN, for example) confirms no conntrack entry.
backstop() {
	both %T -t security -A INPUT -p tcp -j DROP
	both %T -t security -A FORWARD -p tcp -j DROP
}
