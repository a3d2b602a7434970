# SPDX-License-Identifier: GPL-2.0
# The module and the extension for NixOS: untried there. scripts/test packaging evaluates it.
#
#   boot.extraModulePackages = [
#     (config.boot.kernelPackages.callPackage ./xt_TARPIT/packaging/nix { })
#   ];
#
# iptables finds the extension if XTABLES_LIBDIR names lib/xtables of this package, too.
{ lib, stdenv, kernel, rustc, pkg-config, iptables }:

let
  source = ../..;
  versions = builtins.match ''.*PACKAGE_VERSION="([^"]*)".*''
    (builtins.readFile (source + "/dkms.conf"));
in
stdenv.mkDerivation {
  pname = "xt-tarpit-${kernel.modDirVersion}";
  version = builtins.head versions;
  src = source;

  nativeBuildInputs = kernel.moduleBuildDependencies ++ [ rustc pkg-config ];
  buildInputs = [ iptables ];
  # The kernel chooses the flags of its modules.
  hardeningDisable = [ "all" ];

  postPatch = "patchShebangs scripts";
  makeFlags = [
    "KERNEL=${kernel.modDirVersion}"
    "KDIR=${kernel.dev}/lib/modules/${kernel.modDirVersion}/build"
    "RUST=core"
  ];
  # The directories that pkg-config and ip name are those of iptables and iproute2.
  installFlags = [ "DESTDIR=${placeholder "out"}" "XTLIBDIR=/lib/xtables" "IPLIBDIR=/lib/ip" ];

  meta = {
    description = "iptables target that holds TCP attackers";
    license = lib.licenses.gpl2Only;
    platforms = [ "x86_64-linux" "aarch64-linux" ];
    broken = lib.versionOlder kernel.version "5.10";
  };
}
