# shellcheck shell=bash disable=SC2154
# SPDX-License-Identifier: GPL-2.0
#
# beside - xtables-addons has a TARPIT, too: its extension may stay installed, its module may not.

step "beside: the extension of xtables-addons"
new_root
must "it is installed first" install xtables-addons-common
must "the packages are installed beside it" install_ours /deb
claim "iptables uses our extension" inside sh -c \
	'iptables -j TARPIT -h | grep -e --persist && ip6tables -j TARPIT -h | grep -e --persist'
claim "its own files are untouched" inside sh -c \
	'dpkg --verify xtables-addons-common && dpkg -S /usr/lib/*/xtables/libxt_TARPIT.so'
claim "without ours, iptables uses its extension again" inside sh -c \
	'apt-get -q purge -y xt-tarpit-dkms xt-tarpit &&
	iptables -j TARPIT -h | grep -e --honeypot && ! iptables -j TARPIT -h | grep -e --persist'

step "beside: the modules of xtables-addons"
must "the packages are installed" install_ours /deb
must "the package with the modules is fetched" inside sh -c \
	'mkdir -p /addons && cd /addons && apt-get -q download xtables-addons-dkms'
claim "dpkg refuses to install its module" refuses inside sh -c 'dpkg -i /addons/*.deb'
claim "and names the conflicting package" said 'xt-tarpit-dkms conflicts with xtables-addons-dkms'
claim "apt offers to replace one by the other" inside sh -c \
	'apt-get -q install -s xtables-addons-dkms | grep "^Remv xt-tarpit-dkms"'
must "ours gives way, as its user asked for" install xtables-addons-dkms
claim "our extension stays, so that rules can be listed" inside sh -c \
	'iptables -j TARPIT -h | grep -e --persist'
claim "the doctor names the other module" refuses inside xt-tarpit-doctor
claim "and the command that removes it" said '^    apt remove xtables-addons-dkms$'
