#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# curl, ssh and ncat connect, receive nothing, and wait until their own timeouts.
#
# needs: lib.sh
. ./lib.sh

stuck_curl() {
	claim "curl connects to $1 and gives up after its timeout of 300 seconds"
	local status=0 said
	said=$(peer curl -sS -g --max-time 300 -w '%{time_connect} %{time_total} %{size_download}' \
		"http://$1/" 2>/tmp/curl) || status=$?
	echo "  curl: $said, $(cat /tmp/curl)"
	same 28 "$status"
	awk '{ exit !($1 > 0 && $1 < 10 && $2 >= 299 && $3 == 0) }' <<<"$said" || die "curl: $said"
}

stuck_ssh() {
	claim "ssh connects to $1 and gets no banner"
	local status=0
	peer ssh -v -F none -o ConnectTimeout=200 -o BatchMode=yes "$1" 2>/tmp/ssh || status=$?
	same 255 "$status"
	grep -q 'Connection established' /tmp/ssh || die "$(tail -n 3 /tmp/ssh)"
	grep -Eq 'timed out' /tmp/ssh || die "$(tail -n 3 /tmp/ssh)"
}

stuck_ncat() {
	claim "ncat connects to $1 and receives nothing for 500 seconds"
	local status=0
	sleep 600 | peer timeout 500 ncat -v "$1" 25 >/tmp/ncat.out 2>/tmp/ncat || status=$?
	same 124 "$status"
	grep -q 'Connected to' /tmp/ncat || die "$(cat /tmp/ncat)"
	[ ! -s /tmp/ncat.out ] || die "something came: $(cat /tmp/ncat.out)"
}

link_pair
both %T -A INPUT -p tcp -j TARPIT
stuck_curl 10.0.0.1
stuck_curl '[fd00::1]'
stuck_ssh 10.0.0.1
stuck_ssh fd00::1
stuck_ncat 10.0.0.1
stuck_ncat fd00::1
claim "their segments count as Held, and each client got one packet"
same 3 "$(counter tarpit ipv4)"
same 3 "$(counter tarpit ipv6)"
[ "$(counter Held ipv4)" -gt 6 ] || die "$(counter Held ipv4) segments held"
