#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Another TCP stack, smoltcp, over a TAP device. It never probes a zero window, so a client that
# only waits or writes is held by one packet, in any mode. With keepalive (a garbage byte every 20
# seconds, and a timeout of a minute) --tarpit loses it and --persist does not. Six hours of virtual
# time.
#
# suite: all
# needs: lib.sh
# artifacts: smoltcp
. ./lib.sh

modprobe tun
end=21600
link_pair

# hold TAP OWN HOST/PREFIX: runs all clients against the host's end of a TAP device.
hold() {
	tarpit ip tuntap add "$1" mode tap
	addresses tarpit "$1" "$3"
	tarpit ./smoltcp/smoltcp-client "$1" "$2" "${3%/*}" $end >"/tmp/$1"
}

# ended TAP KIND WORD LOW HIGH: the client ended so, after LOW to HIGH seconds.
ended() {
	local seconds word
	claim "$1: $2 is $3 after $4 to $5 seconds"
	read -r seconds word < <(sed -n "s/^$2 //p" "/tmp/$1")
	same "$3" "$word"
	between "$4" "$5" "$seconds"
}

for mode in tarpit persist; do
	both %T -A INPUT -i "$mode+" -p tcp -j TARPIT --$mode
done
hold tarpit4 10.1.0.2/24 10.1.0.1/24 &
hold tarpit6 fd01::2/64 fd01::1/64 &
hold persist4 10.2.0.2/24 10.2.0.1/24 &
hold persist6 fd02::2/64 fd02::1/64 &
wait
head /tmp/tarpit? /tmp/persist?
for tap in tarpit4 tarpit6 persist4 persist6; do
	ended $tap wait held $end $((end + 1))
	ended $tap write held $end $((end + 1))
done
for kind in keepalive keepalive-write; do
	ended tarpit4 $kind gone 60 90
	ended tarpit6 $kind gone 60 90
	ended persist4 $kind held $end $((end + 1))
	ended persist6 $kind held $end $((end + 1))
done
