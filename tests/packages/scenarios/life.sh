# shellcheck shell=bash disable=SC2154
# SPDX-License-Identifier: GPL-2.0
#
# life - install, first build, autoload, kernel upgrade, package upgrade, removal.

step "life: a clean root, an older kernel of $suite"
new_root
mapfile -t all < <(kernels "$flavour")
[ ${#all[@]} -gt 0 ] || die "the archive has no kernel $flavour of $suite"
if [ ${#all[@]} -gt 1 ]; then
	newer=$flavour old=${all[-2]} new=${all[-1]}
else
	newer=amd64
	[ "$flavour" != amd64 ] || newer=cloud-amd64
	old=${all[0]} new=$(kernels $newer | tail -n 1)
	[ -n "$new" ] || die "the archive has no kernel $newer of $suite"
	echo "the archive has one kernel only, so the upgrade is to another flavour: $new"
fi
echo "kernels: $old, later $new" | tee -a "$log"

must "the kernel and its headers are installed" install -t "$suite" \
	"linux-image-$old" "linux-headers-$old"
cost "first build, with apt" \
	must "the packages (0.0.1) are installed, and DKMS builds on the way" install_ours /old-deb
claim "apt is healthy" inside sh -c 'dpkg --audit && apt-get check'
claim "the module is built and installed" inside sh -c "dkms status | grep '$old.*: installed'"
# DKMS of Debian 11 signs nothing.
! since dkms 3 || claim "it is signed" inside sh -c "modinfo -k $old -F signer xt_TARPIT | grep ."
claim "the doctor reports no fault" inside xt-tarpit-doctor "$old"
cost "a later build" claim "it is built again" inside sh -c \
	"dkms remove xt-tarpit/0.0.1 -k $old && dkms install xt-tarpit/0.0.1 -k $old"
claim "DKMS prints no warning" unsaid '[Ww]arning|[Ee]rror'
claim "its build log has no warning" inside sh -c \
	'cd /var/lib/dkms/xt-tarpit && cat */*/*/log/make.log &&
	! grep -iE "warning|error" */*/*/log/make.log'
boot "$old" autoload

step "life: upgrade of the package, under live rules"
boot "$old" upgrade

step "life: upgrade of the kernel"
must "apt brings $new" install -t "$suite" "linux-image-$newer" "linux-headers-$newer"
claim "the new kernel is installed" inside test -e "/boot/vmlinuz-$new"
claim "DKMS has built the module during the upgrade, for both kernels" inside sh -c \
	"dkms status | grep -q '$old.*: installed' && dkms status | grep -q '$new.*: installed'"
boot "$new" autoload

step "life: the man page and the autopkgtests"
must "man and ipset are installed" install man-db ipset
# An older iptables shows the help of a target only if this machine's kernel has the target.
! since iptables 1.8.9 || claim "the autopkgtest of the extension passes" inside /tests/extension
boot "$new" ../../../debian/tests/rule
boot "$new" examples

step "life: the old kernel goes, then we go"
must "there is a refusal kept for it" inside \
	install -D -m 644 /dev/null "/var/cache/xt-tarpit/$old.refused"
claim "the old kernel is removed" inside apt-get -q purge -y "linux-*-$old"
claim "its module is removed with it" inside sh -c \
	"! find /lib/modules -path '*$old*' -name 'xt_TARPIT*' | grep ."
claim "and so are the files kept for it" inside test ! -e "/var/cache/xt-tarpit/$old.refused"
claim "the packages are purged with their dependencies" inside sh -c \
	'apt-get -q purge -y xt-tarpit-dkms xt-tarpit &&
	SUDO_FORCE_REMOVE=yes apt-get -q autoremove -y --purge'
# Except pages that man has formatted and will delete.
claim "nothing of ours is left" inside sh -c "! find / -xdev -iname '*tarpit*' |
	grep -v -e '^/old-deb/' -e '^/deb/' -e '^/var/cache/man/' \
		-e '^/usr/lib/modules/[^/]*/kernel/' &&
	! grep -rl xt_TARPIT /lib/modules/*/modules.*"
