#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# A host with containers as Docker makes it: a bridge, DNAT for published ports, masquerading. By
# nft alone a banned host is held at a published port, before DNAT by a tarpit device and after it
# by the conntrack helper; all others reach the container. What a container sends to a forbidden
# port is held, too.
#
# vm: --disk recipes-disk
# needs: lib.sh
. ./lib.sh

container() {
	ip netns add container
	ip -n tarpit link add docker0 type bridge
	addresses tarpit docker0 172.17.0.1/16 fd17::1/64
	ip link add c0 netns tarpit type veth peer name eth0 netns container
	ip -n tarpit link set c0 master docker0 up
	addresses container eth0 172.17.0.2/16 fd17::2/64
	ip -n container route add default via 172.17.0.1
	ip -n container -6 route add default via fd17::1
	modprobe br_netfilter
	tarpit sysctl -qw net.bridge.bridge-nf-call-iptables=1 net.bridge.bridge-nf-call-ip6tables=1
	inside container ncat -lk 80 --sh-exec 'echo served' &
}

# publish: what Docker's rules do for port 8080.
publish() {
	tarpit nft -f - <<-'END'
		table inet docker {
			chain prerouting {
				type nat hook prerouting priority dstnat
				fib daddr type local tcp dport 8080 dnat ip to 172.17.0.2:80
				fib daddr type local tcp dport 8080 dnat ip6 to [fd17::2]:80
			}
			chain postrouting {
				type nat hook postrouting priority srcnat
				iifname "docker0" oifname != "docker0" masquerade
			}
			chain forward {
				type filter hook forward priority filter
				ct state established,related accept
			}
		}
	END
}

# serves SOURCE HOST: the container answers a client with that address.
serves() { [ "$(inside peer ncat --recv-only -w 10 -s "$1" "$2" 8080)" = served ]; }

# held NETNS HOST PORT: a client connects, and the tarpit answers.
held() {
	local before
	before=$(counter tarpit)
	connects "$2" "$3" "$1"
	[ "$(counter tarpit)" -gt "$before" ] || die "$2 port $3 answered, but not the tarpit"
}

# banned_are_held: 10.0.0.2 and fd00::2 are held at the published port, 10.0.0.3 and fd00::3 served.
banned_are_held() {
	held peer 10.0.0.1 8080
	held peer fd00::1 8080
	serves 10.0.0.3 10.0.0.1 || die "10.0.0.3 is not served"
	serves fd00::3 fd00::1 || die "fd00::3 is not served"
}

link_pair
addresses peer p0 10.0.0.3/24 fd00::3/64
ip -n peer -6 route replace fd00::1 dev p0 src fd00::2
container
publish
claim "a published port is served"
eventually serves 10.0.0.2 10.0.0.1
eventually serves fd00::2 fd00::1

claim "before DNAT: banned hosts are held by a tarpit device"
ip -n tarpit link add tarpit0 type tarpit
ip -n tarpit link set tarpit0 up
tarpit nft -f - <<'END'
table netdev tarpit {
	chain in {
		type filter hook ingress device "t0" priority -300
		ip saddr 10.0.0.2 tcp dport 8080 fwd to "tarpit0"
		ip6 saddr fd00::2 tcp dport 8080 fwd to "tarpit0"
	}
}
END
banned_are_held
tarpit nft delete table netdev tarpit
ip -n tarpit link del tarpit0

claim "after DNAT: they are held by the conntrack helper"
tarpit nft -f - <<'END'
table inet tarpit {
	ct helper hold { type "tarpit" protocol tcp; }
	chain forward {
		type filter hook forward priority filter - 1
		ip saddr 10.0.0.2 ct original proto-dst 8080 goto tarpit
		ip6 saddr fd00::2 ct original proto-dst 8080 goto tarpit
		iifname "docker0" tcp dport 445 goto tarpit
	}
	chain tarpit {
		ct state new ct status ! confirmed ct helper set "hold" accept
		drop
	}
}
END
tarpit conntrack -F 2>/dev/null
banned_are_held
claim "what a container sends to a forbidden port is held, in front of masquerading"
held container 10.0.0.2 445
held container fd00::2 445
