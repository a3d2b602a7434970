# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0
#
# load.sh - find out whether a rule loads the module, and what prevents it if not. Sourced by
# doctor, whose fault() it uses; each check reports one cause.
#
# After sourcing:
#   look_at_names RELEASE   what modprobe finds by the names that the kernel requests
#   look_at_loading         the running kernel, as root: what prevents loading, then an attempt
#   look_at_loaded          the module that is loaded already
# shellcheck disable=SC2154,SC2034 # faults, untried and name are doctor's

module=/sys/module/xt_TARPIT
aliases=(ipt_TARPIT ip6t_TARPIT rtnl-link-tarpit)
helper_aliases=(nfct-helper-tarpit{,-persist,-honeypot,-reset})
grub="editor /etc/default/grub && update-grub && reboot"

look_at_names() {
	local alias names=("${aliases[@]}")
	look_at_file "$1"
	# A kernel without connection tracking has no helper.
	! modinfo -k "$1" -n nf_conntrack_tarpit >/dev/null 2>&1 || names+=("${helper_aliases[@]}")
	for alias in "${names[@]}"; do
		is_found "$1" "$alias" || { why_not_found "$1" "$alias"; return 0; }
	done
}

# module_by ALIAS: the name of the module that has it.
module_by() { case "$1" in nfct-helper-*) echo nf_conntrack_tarpit ;; *) echo xt_TARPIT ;; esac; }

# look_at_file RELEASE: the module of xtables-addons has the same name.
look_at_file() {
	local file package
	file=$(module_of "$1")
	[ "$(modinfo -F author "$file")" != "xt_TARPIT developers" ] || return 0
	package=$(dpkg-query -S "$file" 2>/dev/null | sed -n '1s/: .*//p' || true)
	fault "modprobe takes $file, which is not this project's module (xtables-addons has one of the \
same name)." "${package:+apt remove $package}${package:-rm $file && depmod $1}"
}

# is_found RELEASE ALIAS: whether modprobe would load the module by this name. The effect of an
# install line's command is not known before it runs, unless it is true or false.
is_found() {
	local steps
	steps=$(modprobe -S "$1" --show-depends "$2" 2>/dev/null) || return 1
	steps=${steps##*$'\n'} # the lines before are its dependencies
	! grep -qE '^install +([^ ]*/)?(true|false) *$' <<<"$steps" || return 1
	grep -qE "^install |/$(module_by "$2")\.ko" <<<"$steps"
}

# why_not_found RELEASE ALIAS
why_not_found() {
	local file number line
	IFS=: read -r file number line < <(configured "$1" "$2") || true
	if [ -n "$line" ]; then
		fault "The line \"$line\" in $file keeps the kernel from loading the module by its alias \
$2." "sed -i '${number}s/^/#/' $file"
	elif on_command_line modprobe.blacklist "$(module_by "$2")"; then
		fault "The kernel was booted with modprobe.blacklist for $(module_by "$2"), so no rule \
loads it." "$grub"
	else
		fault "modprobe does not find the module by its alias $2." "depmod $1"
	fi
}

# configured RELEASE ALIAS: the first line of modprobe's configuration that applies to the module by
# this alias, as FILE:NUMBER:LINE. blacklist takes only a module's name; modprobe reads - as _.
configured() {
	local needed file own
	own=$(module_by "$2")
	needed=$(modinfo -k "$1" -F depends "$own" 2>/dev/null | tr ',' '|' || true)
	needed=$own\|$2${needed:+\|$needed}
	needed="(install|alias)\s+(${needed//[-_]/[-_]})\s"
	while read -r file; do
		grep -EHn "^\s*(blacklist\s+${own//_/[-_]}\b|$needed)" "$file"
	done < <(configuration) | sed -n 1p
}

# configuration: the files that modprobe reads. Of files with the same name the first counts.
configuration() {
	local dir file seen=' '
	for dir in /etc /run /usr/local/lib /usr/lib /lib; do
		for file in "$dir"/modprobe.d/*.conf; do
			case "$seen" in *" ${file##*/} "*) continue ;; esac
			seen+="${file##*/} "
			[ ! -f "$file" ] || echo "$file"
		done
	done
}

# on_command_line OPTION MODULE: whether this option of the kernel's command line lists it.
on_command_line() { grep -qE "(^| )$1=([^ ]*,)?${2//_/[-_]}(,| |\$)" /proc/cmdline; }

look_at_loading() {
	local before=$faults
	look_at_rights
	look_at_helper
	look_at_names "$(uname -r)"
	[ "$faults" = "$before" ] || return 0
	if [ "$(id -u)" = 0 ]; then try_loading; else untried=yes; fi
}

# look_at_rights: the kernel says "Operation not permitted" for each of these.
look_at_rights() {
	if [ "$(cat /proc/sys/kernel/modules_disabled)" = 1 ]; then
		fault "This kernel loads no module until the next boot: kernel.modules_disabled is 1; \
load this one earlier." "echo xt_TARPIT >/etc/modules-load.d/xt-tarpit.conf && reboot"
	elif on_command_line module_blacklist xt_TARPIT; then
		fault "The kernel was booted with module_blacklist for xt_TARPIT, so it refuses it." "$grub"
	fi
}

# may_load: whether we have CAP_SYS_MODULE in the initial user namespace, whose number is fixed.
may_load() {
	local capabilities user
	capabilities=$(sed -n 's/^CapEff:[[:space:]]*//p' /proc/self/status)
	user=$(readlink /proc/self/ns/user || true)
	(((0x$capabilities >> 16) & 1)) && [ "${user:-user:[4026531837]}" = 'user:[4026531837]' ]
}

# look_at_helper: checks the program that the kernel runs when a rule requests the module.
look_at_helper() {
	helper=$(cat /proc/sys/kernel/modprobe)
	[ -z "$helper" ] || [ ! -x "$helper" ] || return 0
	local why="names $helper, which is no program here"
	[ -n "$helper" ] || why="is empty"
	fault "No rule loads a module here, as the sysctl kernel.modprobe $why; load it at boot." \
		"echo xt_TARPIT >/etc/modules-load.d/xt-tarpit.conf && modprobe xt_TARPIT"
}

# try_loading: runs modprobe as the kernel does, but without -q, which suppresses errors.
try_loading() {
	local said
	said=$(env -i HOME=/ TERM=linux PATH=/sbin:/usr/sbin:/bin:/usr/bin \
		"$helper" -- "${aliases[0]}" 2>&1) || true
	if [ -d "$module" ]; then
		modprobe -r xt_TARPIT || true
		return 0
	fi
	said=$(tr '\n' ' ' <<<"$said" | sed -E 's/^modprobe: (ERROR: )?//; s/ *$//')
	case "$said" in
	*'Key was rejected'* | *'Required key'*) why_not_trusted ;;
	*'Operation not permitted'*) why_not_permitted "$said" ;;
	*'Exec format'* | *'Invalid module format'*)
		fault "The module was built for another kernel of the same name ($said)." \
			"dkms install --force $name/$(version_in_dkms) -k $(uname -r)" ;;
	*) why_not_loaded "$said" ;;
	esac
}

# why_not_loaded WORDS: WORDS may be empty, because an install line can run any command.
why_not_loaded() {
	local file number line
	IFS=: read -r file number line < <(configured "$(uname -r)" "${aliases[0]}") || true
	if [ -n "$line" ]; then
		fault "The line \"$line\" in $file does not load the module${1:+ ($1)}." \
			"sed -i '${number}s/^/#/' $file"
	else
		fault "The module does not load${1:+: $1}; the end of the kernel's log may say why." \
			"dmesg | tail"
	fi
}

# why_not_permitted WORDS: lockdown reports this for a module without a signature.
why_not_permitted() {
	if [ -z "$(modinfo -F signer xt_TARPIT)" ] && is_locked_down; then
		why_not_trusted
	else
		fault "The kernel refuses the module ($1): a security module or a filter of system calls \
forbids it." "dmesg | tail"
	fi
}

is_locked_down() {
	grep -q '\[integrity\]\|\[confidentiality\]' /sys/kernel/security/lockdown 2>/dev/null ||
		dmesg 2>/dev/null | grep -q 'Lockdown: .* unsigned module loading is restricted'
}

why_not_trusted() {
	local signer
	signer=$(modinfo -F signer xt_TARPIT)
	if [ -z "$signer" ]; then
		fault "This kernel loads signed modules only, and xt_TARPIT is not signed." "$(how_to_sign)"
	elif [ -d /sys/firmware/efi ]; then
		fault "This kernel does not trust \"$signer\", whose key signed xt_TARPIT." \
			"apt install mokutil && mokutil --import /var/lib/dkms/mok.pub && reboot"
	else
		fault "This kernel does not trust \"$signer\", whose key signed xt_TARPIT, and without EFI \
no key can be enrolled: boot it without module.sig_enforce." "$grub"
	fi
}

how_to_sign() {
	if [ -n "$(version_in_dkms)" ]; then
		echo "$(help_with "apt install openssl && ")dkms install --force" \
			"$name/$(version_in_dkms) -k $(uname -r)"
	else
		echo "/lib/modules/$(uname -r)/build/scripts/sign-file sha256 KEY CERTIFICATE" \
			"$(module_of "$(uname -r)")"
	fi
}

# look_at_loaded: our module has counters, that of xtables-addons has none.
look_at_loaded() {
	local loaded there
	local again="modprobe -r xt_TARPIT && modprobe xt_TARPIT"
	if [ -e /proc/net/dev ] && [ ! -e /proc/net/xt_TARPIT ]; then
		fault "The module xt_TARPIT that is loaded is not this project's (xtables-addons has one \
of the same name); delete its rules, then load ours." "$again"
		return 0
	fi
	loaded=$(cat "$module/srcversion" 2>/dev/null) || return 0
	there=$(modinfo -F srcversion xt_TARPIT 2>/dev/null) || return 0
	[ "$loaded" = "$there" ] ||
		fault "The module that is loaded is not the one that is installed; delete the TARPIT \
rules, then load it again." "$again"
}
