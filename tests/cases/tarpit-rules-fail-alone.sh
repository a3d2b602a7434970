#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# The plugin of netfilter-persistent loads the TARPIT rules after the main rules: without the module
# only they fail, with one sentence for each family, and the main rules stay in force. A reload does
# not duplicate a rule, and saved rules load without the module. Both families, both backends.
#
# suite: all
# needs: lib.sh ../../scripts/dkms/persistent-rules ../../contrib/netfilter-persistent
. ./lib.sh

module=$(modinfo -n xt_TARPIT)

plugin() { tarpit ./persistent-rules "$@" 2>/tmp/plugin; }
plugin_fails() { if plugin "$@"; then die "it does not fail"; fi; }

# main_rules, save_main: do what the plugins 15-ip4tables and 25-ip6tables do.
main_rules() {
	tarpit iptables-restore </etc/iptables/rules.v4
	tarpit ip6tables-restore </etc/iptables/rules.v6
}

save_main() {
	tarpit iptables-save >/etc/iptables/rules.v4
	tarpit ip6tables-save >/etc/iptables/rules.v6
}

# listed: all rules of both families.
listed() { both %T -S; }

write_rules() {
	mkdir -p /etc/iptables /etc/xt-tarpit
	cat >/etc/iptables/rules.v4 <<-END
		*filter
		:INPUT DROP [0:0]
		:FORWARD DROP [0:0]
		:OUTPUT ACCEPT [0:0]
		:TARPIT_RULES - [0:0]
		-A INPUT -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT
		-A INPUT -p tcp --dport 22 -j ACCEPT
		-A INPUT -j TARPIT_RULES
		COMMIT
	END
	sed '/--dport 22/s/.*/&\n-A INPUT -p icmpv6 -j ACCEPT/' /etc/iptables/rules.v4 \
		>/etc/iptables/rules.v6
	chmod 640 /etc/iptables/rules.*
	cp netfilter-persistent/rules /etc/xt-tarpit/rules.v4
	cp netfilter-persistent/rules /etc/xt-tarpit/rules.v6
}

# in_force: the main rules and the policies are in force.
in_force() {
	both %T -C INPUT -p tcp --dport 22 -j ACCEPT
	same "-P INPUT DROP -P INPUT DROP" "$(both %T -S INPUT | grep ^-P | xargs)"
}

loads() {
	claim "$backend: the rules are loaded after the main rules and answer"
	main_rules
	plugin start
	same '' "$(cat /tmp/plugin)"
	in_force
	connects 10.0.0.1 23
	connects fd00::1 23
	same 2 "$(listed | grep -c -- '-j TARPIT$\|-j TARPIT ')"
	claim "$backend: a reload, of all or only of the plugin, does not duplicate a rule"
	listed >/tmp/before
	main_rules
	plugin start
	plugin start
	same '' "$(cat /tmp/plugin)"
	same "$(cat /tmp/before)" "$(listed)"
}

saves() {
	claim "$backend: the saved file has the main rules and the empty chain, but no TARPIT rule"
	main_rules
	listed >/tmp/main
	plugin start
	save_main
	plugin save
	same '' "$(cat /tmp/plugin)"
	same '640 640' "$(stat -c %a /etc/iptables/rules.v4 /etc/iptables/rules.v6 | xargs)"
	same "$(ls /etc/iptables)" "$(printf 'rules.v4\nrules.v6')"
	cmp netfilter-persistent/rules /etc/xt-tarpit/rules.v4
	cmp netfilter-persistent/rules /etc/xt-tarpit/rules.v6
	main_rules
	same "$(cat /tmp/main)" "$(listed)"
	claim "$backend: saving reports a TARPIT rule outside of the chains"
	both %T -A INPUT -p tcp --dport 99 -j TARPIT
	save_main
	plugin_fails save
	same 2 "$(grep -c 'rules.v[46] has rules with -j TARPIT, .*; move them to ' /tmp/plugin)"
	both %T -D INPUT -p tcp --dport 99 -j TARPIT
	save_main
	plugin save
}

flushes() {
	claim "$backend: flush empties the chains, and reports nothing if they are missing"
	plugin start
	plugin flush
	same "$(cat /tmp/main)" "$(listed)"
	both %T -F
	both %T -X
	plugin flush
	same '' "$(cat /tmp/plugin)"
	claim "$backend: a chain that no rule calls is reported"
	plugin start
	same 2 "$(grep -c 'no rule calls the chain TARPIT_RULES of the table filter' /tmp/plugin)"
	both %T -F
}

fails_alone() {
	claim "$backend: without the module only they fail, with one sentence for each family"
	both %T -F
	both %T -X
	unload
	mv "$module" /tmp/module
	main_rules
	plugin_fails start
	sed 's/^/  /' /tmp/plugin
	same 2 "$(wc -l </tmp/plugin)"
	same 2 "$(grep -c '^xt-tarpit: .*rules.v[46] is not loaded, and the main rules' /tmp/plugin)"
	in_force
	same "$(cat /tmp/main)" "$(listed)"
	refused connects 10.0.0.1 23
	claim "$backend: in one file with the main rules, these fail too"
	both %T -P INPUT ACCEPT
	both %T -F
	sed '/^COMMIT/i -A INPUT -p tcp --dport 23 -j TARPIT' /etc/iptables/rules.v4 >/tmp/one-file
	refused tarpit iptables-restore </tmp/one-file
	same '-P INPUT ACCEPT' "$(tarpit iptables -S INPUT)"
	mv /tmp/module "$module"
}

link_pair
for backend in $legacy nft; do
	update-alternatives --quiet --set iptables "/usr/sbin/iptables-$backend"
	update-alternatives --quiet --set ip6tables "/usr/sbin/ip6tables-$backend"
	write_rules
	loads
	saves
	flushes
	fails_alone
	for table in iptables ip6tables; do
		tarpit $table -P FORWARD ACCEPT
		tarpit $table -F
		tarpit $table -X
	done
done
