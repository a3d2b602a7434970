# shellcheck shell=bash disable=SC2154
# SPDX-License-Identifier: GPL-2.0
#
# signed - a kernel that loads only signed modules: with an unknown key, without a signature, and
# under Secure Boot with DKMS' key enrolled as docs/install.md says.

efi=$work/efi

# efi_partition: Debian's signed shim and GRUB, which load the installed kernel.
efi_partition() {
	local boot=$work/root/upper/boot
	rm -rf "$efi"
	mkdir -p "$efi"
	cat >"$efi/grub.cfg" <<-END
		linux /vmlinuz $(command_line '')
		initrd /initrd
		boot
	END
	cp "$boot/vmlinuz-$release" "$efi/vmlinuz"
	cp "$boot/initrd.img-$release" "$efi/initrd"
	cp "$work/root/upper/var/lib/dkms/mok.pub" "$efi/mok.der"
	openssl x509 -inform DER -in "$efi/mok.der" -out "$efi/mok.pem"
	"$top/scripts/images/deb-root" efi-root --bind "$efi:/efi" -- sh -c '
		set -e; cd /efi
		cp /usr/share/OVMF/OVMF_CODE_4M.secboot.fd code.fd
		virt-fw-vars -i /usr/share/OVMF/OVMF_VARS_4M.ms.fd -o vars.fd \
			--add-mok 605dab50-e046-4300-abb6-3dd810dd8b23 mok.pem
		truncate -s 200M esp.img && mformat -i esp.img -F ::
		mmd -i esp.img ::EFI ::EFI/BOOT ::EFI/debian
		mcopy -i esp.img /usr/lib/shim/shimx64.efi.signed ::EFI/BOOT/BOOTX64.EFI
		mcopy -i esp.img /usr/lib/grub/x86_64-efi-signed/grubx64.efi.signed ::EFI/BOOT/grubx64.efi
		mcopy -i esp.img grub.cfg ::EFI/debian/grub.cfg
		mcopy -i esp.img vmlinuz initrd ::'
}

boot_efi() {
	machine "$release" "$1" -machine smm=on -global driver=cfi.pflash01,property=secure,value=on \
		-drive "if=pflash,unit=0,format=raw,readonly=on,file=$efi/code.fd" \
		-drive "if=pflash,unit=1,format=raw,file=$efi/vars.fd" \
		-drive "if=none,id=esp,format=raw,snapshot=on,file=$efi/esp.img" \
		-device ide-hd,drive=esp,bootindex=0
}

step "signed: DKMS builds and signs"
new_root
release=$(version release)
must "the kernel and its headers are installed" install -t "$suite" "linux-image-$release" \
	"linux-headers-$release" openssl
must "the packages are installed" install_ours /deb
claim "the module is signed by DKMS' own key" inside sh -c \
	"modinfo -k $release -F signer xt_TARPIT | grep DKMS"
claim "so is the helper" inside sh -c \
	"modinfo -k $release -F signer nf_conntrack_tarpit | grep DKMS"

step "signed: a kernel that does not know the key"
boot "$release" unknown-key module.sig_enforce=1

step "signed: Secure Boot, with the key enrolled"
must "an EFI partition has shim, GRUB and the enrolled key" efi_partition
boot_efi enrolled-key

step "signed: a module without a signature"
claim "the signature is removed" inside sh -c "cd /lib/modules/$release/updates/dkms &&
	unxz xt_TARPIT.ko.xz && strip -g xt_TARPIT.ko && xz --check=crc32 xt_TARPIT.ko &&
	depmod $release"
boot "$release" unsigned module.sig_enforce=1
