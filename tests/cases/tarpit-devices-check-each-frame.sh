#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# A tarpit device checks what no other part of the kernel has checked: padding, IP's checksum and
# length, MAC, loopback and group addresses. It counts each silence. Conntrack keeps no entry for
# what was redirected, one for what was routed.
#
# needs: lib.sh send_link_frames.py frames.py
. ./lib.sh

# reasons: the counters of the device that are not 0, in one line.
reasons() {
	inside tarpit ethtool -S tarpit0 | awk '$2 + 0 > 0 { text = text " " $1 $2 }
		END { print substr(text, 2) }'
}

# new_device: tarpit0 with counters that are 0. Only the frames that we send go to it.
new_device() {
	ip -n tarpit link del tarpit0 2>/dev/null || true
	ip -n tarpit link add tarpit0 type tarpit
	ip -n tarpit link set tarpit0 up
	tarpit nft flush chain netdev t in
	tarpit nft add rule netdev t in ether saddr 02:00:00:00:00:02 fwd to tarpit0
}

sent() { # KIND WANT: the counters after a frame of this kind for each family
	claim "$1: $2"
	new_device
	peer ./send_link_frames.py p0 "$mac" "$1"
	same "$2" "$(reasons)"
}

link_pair
ip -n tarpit address add 10.0.0.9/24 brd + dev t0
mac=$(mac_of tarpit t0)
# Connection tracking starts with the first rule that needs it.
both %T -A INPUT -m conntrack --ctstate NEW
tarpit nft -f - <<'END'
table netdev t { chain in { type filter hook ingress device "t0" priority -300; }; }
END

sent plain 'replies:2'
sent padded 'replies:2'
sent bad-ip-sum 'replies:1 Malformed:1'
sent too-long 'Malformed:2'
sent bad-header 'Malformed:2'
sent not-ip 'NotIp:2'
sent cut 'NotIp:2'
sent broadcast 'NotUnicast:2'
sent another-host 'NotUnicast:2'
sent loopback-source 'Martian:2'
sent group-source 'NotUnicast:2'
sent bad-sum 'BadChecksum:2'

claim "conntrack keeps no entry"
no_entry

tarpit nft delete table netdev t
ip -n tarpit route replace 10.9.0.0/24 dev tarpit0
ip -n tarpit route replace fd09::/64 dev tarpit0
claim "it keeps one for a connection that is routed to the device"
connects 10.9.0.7 80
connects fd09::7 80
same 2 "$(tarpit conntrack -C)"
claim "with notrack it keeps none"
tarpit nft -f - <<'END'
table inet n { chain c { type filter hook prerouting priority -300
	tcp dport 80 notrack
}; }
END
tarpit conntrack -F
connects 10.9.0.7 80
connects fd09::7 80
no_entry

claim "NAT is undone"
# Conntrack does not see the reply as one, so the ACK is INVALID and not translated.
both %T -A INPUT -m conntrack --ctstate INVALID -j DROP
tarpit nft -f - <<'END'
table ip d { chain c { type nat hook prerouting priority -100
	tcp dport 8080 dnat to 10.9.0.7:81
}; }
table ip6 d { chain c { type nat hook prerouting priority -100
	tcp dport 8080 dnat to [fd09::7]:81
}; }
END
connects 10.0.0.1 8080
connects fd00::1 8080
