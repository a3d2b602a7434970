#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# `xt-tarpit xdp` finds what it has attached when the interface is renamed, moved or gone, and when
# files are missing, and then leaves nothing behind. It needs root, and says so.
#
# needs: lib.sh attachments.sh bpf.py
# artifacts: tools xdp
. ./lib.sh
. ./attachments.sh

# rename FROM TO: older kernels ask for an interface that is down.
rename() {
	ip -n tarpit link set "$1" down
	ip -n tarpit link set "$1" name "$2"
	ip -n tarpit link set "$2" up
}

# elsewhere COMMAND...: in the network namespace other.
elsewhere() { nsenter --net=/run/netns/other -- "$@"; }

# outdate FILE: gives the settings in a pinned map a mode that this version does not know.
outdate() {
	python3 -c '
import ctypes, struct, sys, bpf
OBJ_GET, LOOKUP, UPDATE = 7, 1, 2
path, key = ctypes.create_string_buffer(sys.argv[1].encode()), ctypes.create_string_buffer(4)
value = ctypes.create_string_buffer(40)
fd = bpf.bpf(OBJ_GET, struct.pack("<Q", ctypes.addressof(path)))[0]
entry = struct.pack("<I4xQQQ", fd, ctypes.addressof(key), ctypes.addressof(value), 0)
bpf.bpf(LOOKUP, entry)
value[0] = 255
bpf.bpf(UPDATE, entry)' "$1"
}

# has_program NETNS DEVICE
has_program() { ip -n "$1" link show "$2" | grep -q xdp; }
lacks_program() { ! has_program "$@"; }

link_pair
keep_tags tarpit t0
peer ethtool -K p0 txvlan off >/dev/null
mount -t bpf -o mode=700 bpf /sys/fs/bpf
modprobe xt_TARPIT
passes peer p0
ip netns add other

claim "what is no name of an interface is refused, and no file is touched"
attach t0
mkdir /tmp/files
: >/tmp/files/file
says "'<INTERFACE>'" xdp detach /tmp/files
[ -e /tmp/files/file ] || die "a file is deleted"
says "'<INTERFACE>'" xdp detach t0/
same native "$(field attached)"
xdp detach t0
nothing_stays t0

claim "a renamed interface keeps the program, and has it by both names"
for name in t1 t0; do
	attach t0
	xdp port add t0 23
	rename t0 t1
	same native "$(field attached t1)"
	xdp status | grep -q '^t1: native, '
	xdp status t0 | grep -q '^t1: native, '
	xdp port add t1 24
	held 10.0.0.1 24
	says 'xt-tarpit xdp detach t1' attach t1
	xdp detach $name
	nothing_stays t1
	rename t1 t0
	nothing_stays t0
done

claim "an interface that gets the name of a renamed one is another"
attach t0
rename t0 t1
ip -n tarpit link add t0 type dummy
says 't0 has no program of the tarpit' xdp detach t0
says 't0 has no program of the tarpit' xdp port add t0 23
says 'xt-tarpit xdp detach t1' attach t0 --generic
same native "$(field attached t1)"
ip -n tarpit link del t0
xdp detach t0
nothing_stays t1
rename t1 t0

claim "a renamed interface keeps its device, which goes with the program"
attach t0 --by-device --generic
rename t0 t1
same generic "$(field attached t1)"
[ "$(field device t1)" != None ] || die "it has no device"
xdp detach t0
nothing_stays t1
rename t1 t0

claim "an interface that moves keeps the program, and status says so in both namespaces"
for way in function device; do
	for where in tarpit other; do
		options=()
		[ $way = function ] || options+=(--by-device)
		attach t0 "${options[@]}"
		index=$(ip -n tarpit -o link show t0 | cut -d : -f 1)
		ip -n tarpit link set t0 netns other
		has_program other t0 || die "the kernel detached it"
		xdp status t0 | grep -q '^t0: IN ANOTHER NETWORK NAMESPACE'
		# An interface with the same index is another.
		ip -n tarpit link add d0 index "$index" type dummy
		same elsewhere "$(field attached)"
		says 'has no program of the tarpit' xdp detach d0
		ip -n tarpit link add t0 type dummy
		says 't0 has no program of the tarpit' xdp detach t0
		says 'now in another network namespace' attach t0 --generic
		ip -n tarpit link del t0
		elsewhere ./tools/xt-tarpit xdp status t0 | grep -q '^t0: native, '
		elsewhere ./tools/xt-tarpit xdp status | grep -q '^t0: native, '
		inside $where ./tools/xt-tarpit xdp detach t0
		lacks_program other t0 || die "it is still attached"
		same '' "$(ls -A /sys/fs/bpf)"
		same '' "$(ip -n tarpit link show type tarpit)"
		ip -n tarpit link del d0
		ip -n other link set t0 netns tarpit
	done
done
addresses tarpit t0 10.0.0.1/24 fd00::1/64
keep_tags tarpit t0

claim "an interface that goes takes the program along, and detach removes the rest"
ip -n tarpit link add d.1 type veth peer name d2
keep_tags tarpit d.1
attach d.1 --by-device
ip -n tarpit link del d.1
xdp status | grep -q '^d.1: NOT ATTACHED'
xdp detach d.1
nothing_stays t0

claim "the program is detached with the file of its link, and detach removes the rest"
attach t0
rm "$(pinned)/link"
eventually lacks_program tarpit t0
xdp status t0 | grep -q '^t0: NOT ATTACHED'
xdp detach t0
nothing_stays t0

claim "an incomplete directory hides no other, and detach removes it"
attach t0
broken=$(pinned | sed 's/t0/t9/')
mkdir "$broken"
refused xdp status
grep -q '^t0: native, ' /tmp/refused
grep -q "^xt-tarpit: $broken is incomplete; remove it: xt-tarpit xdp detach t9$" /tmp/refused
refused xdp status --json
grep -q '^\[{"interface":"t0"' /tmp/refused
xdp detach t9
xdp status t0 >/dev/null
rm "$(pinned)"/{settings,program}
xdp detach t0
nothing_stays t0

claim "without its settings, and also without its link, it takes its device along, but no other"
ip -n tarpit link add d0 type veth peer name d1
for files in settings 'settings link' 'settings link program'; do
	attach t0 --by-device
	device=$(field device)
	for file in $files; do rm "$(pinned)/$file"; done
	xdp detach t0
	nothing_stays t0
done
for lower in '' 'link d0'; do
	attach t0 --by-device
	rm "$(pinned)/settings"
	ip -n tarpit link del "$device"
	# shellcheck disable=SC2086 # Words.
	ip -n tarpit link add "$device" $lower type tarpit
	xdp detach t0
	ip -n tarpit link del "$device"
	nothing_stays t0
done
attach t0 --by-device
rm "$(pinned)/settings"
ip -n tarpit link del "$device"
ip -n tarpit link add "$device" type dummy
xdp detach t0
ip -n tarpit link del "$device"
nothing_stays t0
ip -n tarpit link del d0

claim "settings of another version are refused, and detach removes them and the device"
attach t0 --by-device
outdate "$(pinned)/settings"
says 'is of another version of xt-tarpit; remove it: xt-tarpit xdp detach t0' xdp status t0
xdp detach t0
nothing_stays t0

claim "of two that attach at once, one is refused and harms nothing of the other"
for _ in 1 2 3; do
	attach t0 --by-device >/tmp/one 2>&1 &
	one=$!
	attach t0 --by-device >/tmp/two 2>&1 &
	two=$!
	done=0
	wait $one && done=$((done + 1))
	wait $two && done=$((done + 1))
	same 1 $done
	grep -qE 'has an earlier attachment|another XDP program' /tmp/one /tmp/two
	same native "$(field attached)"
	[ "$(field device)" != None ] || die "its device is gone"
	xdp detach t0
	nothing_stays t0
done

claim "the lack of root is named"
attach t0
for command in 'status t0' status 'detach t0' 'attach t0' 'port add t0 1' 'status t9'; do
	# shellcheck disable=SC2086 # Words.
	says 'this needs root' tarpit setpriv --reuid=65534 --clear-groups --inh-caps=-all \
		./tools/xt-tarpit xdp $command
done
same native "$(field attached)"
xdp detach t0
nothing_stays t0
unpass
unload
