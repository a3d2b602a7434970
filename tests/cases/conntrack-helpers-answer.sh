#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# "ct helper set" of nftables in inet, ip and ip6 tables, in INPUT and FORWARD: the helpers tarpit,
# tarpit-persist, tarpit-honeypot and tarpit-reset do what the modes of the rule do. No conntrack
# entry remains, and connections that were established before are cut.
#
# needs: lib.sh
. ./lib.sh

# helped NAME FAMILY...: TCP to port 80 gets the helper NAME in INPUT and FORWARD, or is dropped, by
# tables of these families. All other rules are deleted.
helped() {
	local family name=$1 rules='tcp dport 80 ct state new ct status ! confirmed \
			ct helper set "hold" accept
		tcp dport 80 counter drop'
	shift
	{
		echo 'flush ruleset'
		for family; do
			echo "table $family t { ct helper hold { type \"$name\" protocol tcp; }
				chain in { type filter hook input priority 0; $rules; }
				chain forward { type filter hook forward priority 0; $rules; }
			}"
		done
	} | tarpit nft -f -
}

# by_helper ipv4|ipv6 yes|no: packets that came by a helper, and whether they were answered.
by_helper() {
	local line="entrance=\"helper\",family=\"$1\",answered=\"$2\""
	inside tarpit sed -n "s/.*{$line} //p" /proc/net/xt_TARPIT
}

replies() { # ipv4|ipv6 MODE
	local line="family=\"$1\",mode=\"$2\""
	inside tarpit sed -n "s/.*replies_total{$line} //p" /proc/net/xt_TARPIT
}

# answers MODE HOST...: each is a tarpit in this mode, and its packets came by a helper.
answers() {
	local mode=$1 host family before
	for host in "${@:2}"; do
		case "$host" in *:*) family=ipv6 ;; *) family=ipv4 ;; esac
		before=$(replies $family "$mode") helped=$(by_helper $family yes)
		if [ "$mode" = reset ]; then refused connects "$host" 80; else connects "$host" 80; fi
		[ "$(replies $family "$mode")" -gt "$before" ] || die "no reply counts as $mode"
		[ "$(by_helper $family yes)" -gt "$helped" ] || die "no reply counts as the helper's"
	done
}

# dropped: the rule behind has dropped a packet.
dropped() { ! tarpit nft list chain inet t in | grep -q 'packets 0 bytes 0 drop'; }

link_pair
claim "without the module nft refuses the rule, and all that comes with it"
echo 'install nf_conntrack_tarpit /bin/false' >/etc/modprobe.d/no-tarpit.conf
for name in tarpit tarpit-persist tarpit-honeypot tarpit-reset; do
	refused helped $name inet
	grep -q 'No such file or directory' /tmp/refused || die "$(cat /tmp/refused)"
done
same '' "$(tarpit nft list ruleset)"
rm /etc/modprobe.d/no-tarpit.conf
claim "nft loads the module with the rule"
helped tarpit inet
[ -d /sys/module/nf_conntrack_tarpit ] || die "it is not loaded"
claim "a table inet: the host's addresses and those behind it, in both families"
answers tarpit 10.0.0.1 fd00::1 10.9.0.7 fd09::7
no_entry
claim "nft lists the rule, and loads what it lists"
tarpit nft list ruleset >/tmp/listed
grep -q 'type "tarpit" protocol tcp' /tmp/listed || die "$(cat /tmp/listed)"
sed -i '1i flush ruleset' /tmp/listed
tarpit nft -f /tmp/listed
sed -i 1d /tmp/listed
same "$(cat /tmp/listed)" "$(tarpit nft list ruleset)"
answers tarpit 10.0.0.1 fd00::1
claim "the module cannot be unloaded while a rule uses it"
refused rmmod nf_conntrack_tarpit
refused rmmod xt_TARPIT

for mode in persist honeypot reset; do
	claim "tarpit-$mode in tables ip and ip6"
	helped "tarpit-$mode" ip ip6
	answers $mode 10.0.0.1 fd00::1 10.9.0.7 fd09::7
	no_entry
done

claim "xtables' CT target takes the helper, too"
both %T -t raw -A PREROUTING -p tcp --dport 80 -j CT --helper tarpit
# Not earlier, so that segments of closed clients leave no entry.
tarpit nft delete table ip t
tarpit nft delete table ip6 t
answers tarpit 10.0.0.1 fd00::1 10.9.0.7 fd09::7
no_entry
tarpit nft flush ruleset

claim "connections that were established before are cut by the rule behind"
# Connection tracking begins with the first rule that needs it.
tarpit nft -f - <<'END'
table inet seen { chain in { type filter hook input priority 0; ct state established accept; }; }
END
tarpit ncat -lk 10.0.0.1 80 >/tmp/heard &
# shellcheck disable=SC2016 # The inner shell's.
coproc old { exec nsenter --net=/run/netns/peer -- bash -c '
	until exec 3<>/dev/tcp/10.0.0.1/80; do sleep 0.1; done 2>/dev/null
	while read -r line; do echo "$line" >&3; done'; }
echo one >&"${old[1]}"
eventually grep -q one /tmp/heard
helped tarpit inet
# Segments of the clients of before still come, and get silence.
before=$(by_helper ipv4 yes)
echo two >&"${old[1]}"
eventually dropped
same one "$(cat /tmp/heard)"
same "$before" "$(by_helper ipv4 yes)"
