#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# tarpit.xdp.o holds clients by ports and prefixes, spares sources, limits them, and leaves all else
# to the host: by the module's function, by a tarpit device, native and generic. `xt-tarpit xdp`
# says what it does, refuses what would not work, and leaves nothing behind.
#
#   an-xdp-program-tarpits-by-maps.sh [COUNT]       of mutated frames
#
# all: 4000
# needs: lib.sh attachments.sh bpf.py frames.py ask_program.py
# needs: ../../tools/xt-tarpit/xt-tarpit-xdp@.service
# artifacts: tools xdp
. ./lib.sh
. ./attachments.sh

count=${1:-500}

# reset: without the program the host resets the clients before, at their next probe.
reset() { sleep 300; }

# maps: the ports and prefixes that ask_program.py expects, and those of lib.sh.
maps() {
	xdp port add t0 23 8000-8100
	xdp prefix add t0 203.0.113.0/24 2001:db8:1::/64 10.9.0.0/24 fd09::/64
	xdp prefix leave t0 203.0.113.7 2001:db8:1::7 10.9.0.7 fd09::7
	xdp spare add t0 198.51.100.0/24 2001:db8:99::/48
}

# sources: how many sources the program remembers.
sources() {
	python3 -c '
import ctypes, struct, sys, bpf
OBJ_GET, NEXT_KEY = 7, 4
path, key = ctypes.create_string_buffer(sys.argv[1].encode()), ctypes.create_string_buffer(16)
fd, count, before = bpf.bpf(OBJ_GET, struct.pack("<Q", ctypes.addressof(path)))[0], 0, 0
try:
    while True:
        bpf.bpf(NEXT_KEY, struct.pack("<I4xQQ", fd, before, ctypes.addressof(key)))
        before = ctypes.addressof(key)
        count += 1
except OSError:
    print(count)' "$(pinned)/sources"
}

mtu() {
	ip -n peer link set p0 mtu "$1"
	ip -n tarpit link set t0 mtu "$1"
}

link_pair
ip -n tarpit link set t0 address 02:00:00:00:00:01
# The way of this kernel: a module without types has no function.
modprobe xt_TARPIT
ways=device
! has_function || ways='function device'
unload

claim "an interface that hides VLAN tags, of customers or of services, is refused"
says 'ethtool -K t0 rxvlan off rx-vlan-stag-hw-parse off' attach t0
tarpit ethtool -K t0 rxvlan off >/dev/null
says 'ethtool -K t0 rx-vlan-stag-hw-parse off' attach t0
keep_tags tarpit t0
peer ethtool -K p0 txvlan off >/dev/null
claim "a missing file system of BPF is named"
says 'mount -t bpf -o mode=700 bpf /sys/fs/bpf' attach t0
mount -t bpf -o mode=700 bpf /sys/fs/bpf
claim "a missing module is named"
echo 'install xt_TARPIT /bin/false' >/etc/modprobe.d/none.conf
says 'ask xt-tarpit-doctor' attach t0
rm /etc/modprobe.d/none.conf
claim "a missing interface, program and file are named"
says 'no interface t9' attach t9
says 'install xt-tarpit-tools' xdp attach t0 --program none.o
says 'cannot read none.toml' attach t0 --config none.toml
claim "another program is named, also before a missing file"
passes tarpit t0
says 'bpftool link detach' attach t0
says 'another XDP program' xdp attach t0 --program none.o
unpass
claim "an MTU that is too large for native XDP is named"
mtu 9000
says 'lower the MTU, or use --generic' attach t0
nothing_stays t0
attach t0 --generic
same generic "$(field attached)"
xdp detach t0
mtu 1500
passes peer p0
nothing_stays t0

for kind in native generic; do
	for way in $ways; do
		options=()
		[ "$kind" = native ] || options+=(--generic)
		[ "$way" = function ] || options+=(--by-device)
		attach t0 "${options[@]}"
		claim "a program without ports and prefixes leaves all to the host, $kind, by $way"
		same "$kind $way tarpit" "$(field attached) $(field by) $(field mode)"
		left 10.0.0.1 23
		says 'xt-tarpit xdp detach t0' attach t0
		maps
		claim "each frame has the verdict of the maps, $kind, by $way"
		tarpit ./ask_program.py "$(pinned)" "$([ $kind = generic ] || echo t0)" "$count" 1 \
			>/tmp/asked
		cat /tmp/asked
		if [ "$kind $way" = 'native function' ]; then
			[ "$(cut -d ' ' -f 3 /tmp/asked)" -gt 10 ] || die "too few were answered"
		fi
		claim "clients of the ports are held, $kind, by $way"
		held 10.0.0.1 23
		held fd00::1 8050
		left 10.0.0.1 24
		claim "clients of the prefixes are held, but not of those to leave, $kind, by $way"
		held 10.9.0.1 1
		held fd09::1 65535
		left 10.9.0.7 23
		left fd09::7 23
		peer ping -q -c 1 10.0.0.1 >/dev/null
		peer ping -q -c 1 fd00::1 >/dev/null
		xdp detach t0
		nothing_stays t0
		reset
	done
done

claim "status shows the maps, and commands change them"
attach t0 --mode persist --window 500
maps
same 'persist window 500' "$(field mode)"
same '23 8000-8100' "$(field ports)"
same '10.9.0.0/24 203.0.113.0/24 2001:db8:1::/64 fd09::/64' "$(field prefixes)"
same '10.9.0.7/32 203.0.113.7/32 2001:db8:1::7/128 fd09::7/128' "$(field leave)"
same '198.51.100.0/24 2001:db8:99::/48' "$(field spare)"
same None "$(field limit)"
xdp status | grep -q '^t0: native, by '
xdp port remove t0 23 8001-8099
xdp prefix remove t0 10.9.0.0/24 fd09::7
xdp spare remove t0 2001:db8:99::/48
says '10.9.0.0/24 is not in the list' xdp prefix remove t0 10.9.0.0/24
same '8000 8100' "$(field ports)"
left 10.0.0.1 8001
held 10.0.0.1 8100
left 10.9.0.1 8001
held fd09::7 23
claim "what a prefix leaves to the host is counted"
before=$(field counters.left)
left 10.9.0.7 8100
[ "$(field counters.left)" -gt "$before" ] || die "it is not"
claim "sources are spared"
before=$(field counters.spared)
xdp spare add t0 10.0.0.0/24 fd00::2
left 10.0.0.1 8100
left fd09::1 23
[ "$(field counters.spared)" -gt "$before" ] || die "they are not counted"
xdp spare remove t0 10.0.0.0/24 fd00::2
claim "a burst of a source is answered, and no frame more"
xdp detach t0
reset
attach t0 --mode persist
xdp port add t0 8100
xdp limit t0 1/hour --burst 4
same '1/hour 4' "$(field limit.rate) $(field limit.burst)"
by_port=$(field counters.by_port) limited=$(field counters.limited)
peer hping3 -q -S -c 20 -i u10000 -p 8100 -a 10.0.0.77 10.0.0.1 >/dev/null 2>&1 || true
same 4 $(($(field counters.by_port) - by_port))
same 16 $(($(field counters.limited) - limited))
claim "what is over the limit does not reach the host"
xdp limit t0 1/hour --burst 1
for status in '' 124; do
	# shellcheck disable=SC2016 # The inner shell's.
	same "$status" "$(peer timeout 3 bash -c 'exec 3<>/dev/tcp/10.0.0.1/8100' 2>/dev/null ||
		echo $?)"
done
claim "a change of the limit forgets all sources, however many there are"
peer hping3 -q -S --rand-source -c 10000 -i u100 -p 8100 10.0.0.1 >/dev/null 2>&1 || true
[ "$(sources)" -gt 5000 ] || die "the program remembers $(sources) sources"
xdp limit t0 1/hour --burst 4
same 0 "$(sources)"
peer hping3 -q -S -c 20 -i u10000 -p 8100 -a 10.0.0.77 10.0.0.1 >/dev/null 2>&1 || true
claim "a source that is over its limit has the next limit at once"
xdp limit t0 100/second --burst 4
by_port=$(field counters.by_port) limited=$(field counters.limited)
peer hping3 -q -S -c 3 -i u100000 -p 8100 -a 10.0.0.77 10.0.0.1 >/dev/null 2>&1 || true
same 3 $(($(field counters.by_port) - by_port))
same "$limited" "$(field counters.limited)"
claim "the limit fills again"
xdp limit t0 1/minute --burst 1
dumps /tmp/dump peer p0 tcp and dst host 10.0.0.78
for _ in 1 2; do
	peer hping3 -q -S -c 1 -p 8100 -a 10.0.0.78 10.0.0.1 >/dev/null 2>&1 || true
	sleep 61
done
undump /tmp/dump
same 2 "$(grep -cF 'Flags [S.]' /tmp/dump)"
claim "the limit is of a network of 64 bits in IPv6"
xdp prefix add t0 fd09::/64
peer timeout 3 bash -c 'exec 3<>/dev/tcp/fd09::1/23'
ip -n peer address add fd00::3/64 dev p0 nodad
limited=$(field counters.limited)
refused peer ncat -6 -z -w 3 -s fd00::3 fd09::1 23
[ "$(field counters.limited)" -gt "$limited" ] || die "fd00::3 has a limit of its own"
xdp limit t0 off
held fd09::1 23
says 'has no burst' xdp limit t0 off --burst 3

claim "tags in frames stay in the replies"
for end in 'peer p0 10.5.0.2/24' 'tarpit t0 10.5.0.1/24'; do
	read -r netns device address <<<"$end"
	ip -n "$netns" link add v5 link "$device" type vlan id 5
	ip -n "$netns" address add "$address" dev v5
	ip -n "$netns" link set v5 up
done
held 10.5.0.1 8100
claim "a client is held for hours"
# shellcheck disable=SC2016 # The inner shell's.
peer bash -c 'exec 3<>/dev/tcp/10.0.0.1/8100; echo hello >&3; read -r -t 7200 line <&3; echo $?' \
	>/tmp/held
[ "$(cat /tmp/held)" -gt 128 ] || die "it got something, or the end"
if [ "$ways" != device ]; then
	claim "the module stays while the program calls the function"
	refused rmmod xt_TARPIT
fi
xdp detach t0
nothing_stays t0

claim "without its device the program leaves all to the host"
attach t0 --by-device
xdp port add t0 23
held 10.0.0.1 23
ip -n tarpit link del "$(field device)"
left 10.0.0.1 23
same None "$(field device)"
xdp status t0 | grep -q 'a device, which is GONE'
xdp detach t0
nothing_stays t0

claim "a file says what to do, and a wrong one leaves nothing"
cat >/tmp/t0.toml <<-END
	mode = "honeypot"
	window = 9
	generic = true
	by-device = true
	ports = [7, "10-20"]
	prefixes = ["10.9.0.0/24"]
	leave = ["10.9.0.7"]
	spare = ["198.51.100.0/24"]
	limit = "100/s"
	burst = 90
END
attach t0 --config /tmp/t0.toml
same 'generic device honeypot window 9' "$(field attached) $(field by) $(field mode)"
same '7 10-20 10.9.0.0/24 10.9.0.7/32 198.51.100.0/24 100/second 90' "$(
	field ports) $(field prefixes) $(field leave) $(field spare) $(field limit.rate) $(
	field limit.burst)"
held 10.9.0.1 1
xdp detach t0
nothing_stays t0
echo 'mode = "none"' >/tmp/t0.toml
says 'unknown variant' attach t0 --config /tmp/t0.toml
nothing_stays t0
claim "what the unit attaches with its few capabilities, commands with all of them find"
ip link add v8 type veth peer v9
ethtool -K v8 rxvlan off rx-vlan-stag-hw-parse off >/dev/null
capabilities=$(sed -n 's/^CapabilityBoundingSet=//p' 'xt-tarpit-xdp@.service')
capabilities=$(tr '[:upper:]' '[:lower:]' <<<"$capabilities" | sed 's/ *cap_/,+/g')
setpriv --bounding-set="-all$capabilities" \
	./tools/xt-tarpit xdp attach v8 --program xdp/tarpit.xdp.o
./tools/xt-tarpit xdp status v8 | grep -q '^v8: native, by '
./tools/xt-tarpit xdp detach v8
ip link del v8
nothing_stays t0
unpass
unload
