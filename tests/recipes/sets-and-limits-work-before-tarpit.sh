#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Matches before TARPIT in a rule: a set whose entries expire, filled by a trap port; a limit by
# source, so that not every forged SYN is answered; a limit on connections, so that a host with
# enough of them gets no more real ones. They protect a real sshd.
#
# vm: --disk recipes-disk
# needs: lib.sh
. ./lib.sh

# serves HOST: an SSH server greets.
serves() {
	# shellcheck disable=SC2016 # The inner shell expands these.
	inside peer timeout 10 bash -c 'exec 3<>"/dev/tcp/$0/22"; read -t 10 -r line <&3
		[[ $line = SSH-* ]]' "$1" 2>/dev/null
}

# stays HOST: connects, is greeted, and stays until it is killed.
stays() {
	# Neither a function nor a child: the process with the connection must get the signal.
	# shellcheck disable=SC2016 # The inner shell expands these.
	nsenter --net=/run/netns/peer bash -c \
		'exec 3<>"/dev/tcp/$0/22"; read -r line <&3; echo "$line"; exec sleep 9999' \
		"$1" >>/tmp/greetings &
	echo $! >>/tmp/clients
}

greetings() { [ "$(wc -l </tmp/greetings)" = "$1" ]; }

link_pair
ssh-keygen -A >/dev/null
tarpit /usr/sbin/sshd -o MaxStartups=100 -o LoginGraceTime=0
eventually serves 10.0.0.1

claim "a host that connects to the trap port is tarpitted on all ports until the entry expires"
tarpit ipset create touched hash:ip timeout 300
tarpit iptables -A INPUT -p tcp -m set --match-set touched src -j TARPIT
tarpit iptables -A INPUT -p tcp --dport 23 -j SET --add-set touched src
serves 10.0.0.1
refused inside peer timeout 2 bash -c 'exec 3<>/dev/tcp/10.0.0.1/23'
connects 10.0.0.1 22
refused serves 10.0.0.1
sleep 300
serves 10.0.0.1
tarpit iptables -F INPUT
tarpit ipset destroy touched

claim "a flood of SYNs gets as many replies as the limit allows"
tarpit iptables -A INPUT -p tcp --dport 23 -m hashlimit --hashlimit-name tarpit \
	--hashlimit-upto 20/second --hashlimit-burst 50 --hashlimit-mode srcip -j TARPIT
tarpit iptables -A INPUT -p tcp --dport 23 -j DROP
before=$(counter tarpit)
peer hping3 -q -S -p 23 -i u10000 -c 500 10.0.0.1 >/dev/null 2>&1 || true # 5 seconds
between 100 160 $(($(counter tarpit) - before))
tarpit iptables -F INPUT

claim "a host with three connections is held if it opens another"
tarpit iptables -A INPUT -p tcp --dport 22 -m conntrack ! --ctstate ESTABLISHED,RELATED \
	-m connlimit --connlimit-above 3 --connlimit-mask 32 -j TARPIT
: >/tmp/greetings
for turn in 1 2 3; do
	stays 10.0.0.1
	eventually greetings "$turn"
done
before=$(counter tarpit)
connects 10.0.0.1 22
refused serves 10.0.0.1
[ "$(counter tarpit)" -gt "$before" ]
claim "other hosts are served meanwhile, and this host after it has closed one"
ip -n peer address add 10.0.0.3/24 dev p0
ip -n peer route replace 10.0.0.1 dev p0 src 10.0.0.3
serves 10.0.0.1
ip -n peer route del 10.0.0.1 dev p0
kill "$(head -n 1 /tmp/clients)"
sleep 150 # TIME_WAIT of the closed one, which conntrack counts too, is two minutes
serves 10.0.0.1
