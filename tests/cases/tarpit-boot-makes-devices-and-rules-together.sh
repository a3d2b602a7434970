#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# The program of tarpit.service makes the devices of /etc/xt-tarpit/devices and loads the rules of
# /etc/xt-tarpit/tarpit.nft. A reload makes both again, a stop deletes both. If one of them cannot
# be made, neither remains, the main rules stay, and there is one sentence.
#
# needs: lib.sh ../../scripts/boot
. ./lib.sh

# Not by `ip netns exec`, which would hide /sys.
boots() { tarpit boot/tarpit-boot "$1" 2>/tmp/said; }
devices() { ip -n tarpit -br link show type tarpit | sed 's/[@ ].*//' | sort | tr '\n' ' '; }
index() { ip -n tarpit link show tarpit0 | sed 's/:.*//;q'; }
rules() { tarpit nft list ruleset | grep -c 'fwd to "tarpit0"' || true; }
sentence() { same 1 "$(wc -l </tmp/said)"; grep -q "$1" /tmp/said || die "$(cat /tmp/said)"; }

# failed PATTERN: start fails with this sentence, and leaves only the main rules.
failed() {
	if boots start; then die "it did not fail"; fi
	sentence "$1"
	same ' 0' "$(devices) $(rules)"
	tarpit nft list chain inet main in | grep 'dport 22 accept' >/dev/null
}

link_pair
mkdir -p /etc/xt-tarpit
tarpit nft 'table inet main { chain in { type filter hook input priority 0; policy drop
	tcp dport 22 accept; }; }'
claim "the shipped files make nothing"
cp boot/devices boot/tarpit.nft /etc/xt-tarpit
boots start
same ' 0' "$(devices) $(rules)"
boots stop

claim "start makes the devices with their options, and the rules"
printf '%s\n' tarpit0 '' 'persist0 persist reply route # a comment' >/etc/xt-tarpit/devices
cat >/etc/xt-tarpit/tarpit.nft <<'END'
table netdev tarpit {
	chain in {
		type filter hook ingress device "t0" priority -300
		tcp dport 23 fwd to "tarpit0"
	}
}
table inet own { chain in { type filter hook input priority 0; }; }
END
boots start
same 'persist0 tarpit0  1' "$(devices) $(rules)"
inside tarpit ip -d link show persist0 | grep 'tarpit persist .*reply route' >/dev/null
connects 10.0.0.1 23
claim "reload makes both again"
before=$(index)
boots reload
[ "$(index)" != "$before" ] || die "the device is the same"
same 'persist0 tarpit0  1' "$(devices) $(rules)"
connects 10.0.0.1 23
claim "so it does after the main rules have flushed all"
tarpit nft flush ruleset
tarpit nft 'table inet main { chain in { type filter hook input priority 0; policy drop
	tcp dport 22 accept; }; }'
boots reload
same 'persist0 tarpit0  1' "$(devices) $(rules)"
claim "what was made is deleted even if the files have changed"
printf '%s\n' other0 >/etc/xt-tarpit/devices
sed -i 's/own/another/; s/tarpit0/other0/' /etc/xt-tarpit/tarpit.nft
boots reload
same 'other0  0' "$(devices) $(rules)"
if tarpit nft list tables | grep -q own; then die "the old table is there"; fi
claim "stop deletes both, and the module can be unloaded"
boots stop
same '' "$(tarpit nft list tables | grep -v 'inet main' || true)$(devices)"
unload

claim "a file that nft refuses leaves nothing"
echo nonsense >>/etc/xt-tarpit/tarpit.nft
failed '/etc/xt-tarpit/tarpit.nft is not loaded, and other rules stay in force: '
claim "so does a device with a wrong option"
echo 'tarpit0 sticky' >>/etc/xt-tarpit/devices
failed 'the device tarpit0 of /etc/xt-tarpit/devices cannot be made'
claim "so does a missing module"
unload
mv "/lib/modules/$(uname -r)/updates/xt_TARPIT.ko" /tmp
failed 'the device other0 of /etc/xt-tarpit/devices cannot be made'
