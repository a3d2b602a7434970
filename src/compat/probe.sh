#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# probe.sh - find out from a kernel's headers and exports what it has; Kbuild calls it.
#
#   probe.sh SOURCE-TREE OBJECT-TREE     prints -DTARPIT_HAS_NAME for each answer of yes
#
# compat.h explains each name. Versions prove nothing: stable trees, RHEL and Ubuntu backport new
# interfaces to old kernels. The patterns match names only, not declarations: RHEL declares members
# by macros.
include=$1/include symvers=$2/Module.symvers

# header NAME FILE PATTERN: a line of the header matches.
header() { ! grep -qE "$3" "$include/$2" 2>/dev/null || echo "-DTARPIT_HAS_$1"; }

# argument NAME FILE FUNCTION PATTERN: an argument of the function that it declares matches.
argument() {
	! tr '\n\t' '  ' <"$include/$2" | grep -oE "\b$3\([^)]*\)" | grep -qE "$4" ||
		echo "-DTARPIT_HAS_$1"
}

# export_of NAME SYMBOL: modules may use the symbol.
export_of() { ! cut -f 2 "$symvers" 2>/dev/null | grep -qx "$2" || echo "-DTARPIT_HAS_$1"; }

argument FLOWI_COMMON linux/security.h security_skb_classify_flow '\bflowi_common\b'
header XFRM_POLICY_DEFAULT net/netns/xfrm.h '\bpolicy_default\['
header FLOWIC_L3MDEV net/flow.h '\bflowic_l3mdev\b'
header IP_RT_MIN_ADVMSS net/netns/ipv4.h '\bip_rt_min_advmss\b'
header ALLOC_CPU linux/skbuff.h '\balloc_cpu\b'
header NF_CT_SET_CLOSING linux/netfilter.h '\bnf_ct_set_closing\b'
argument PHYSINDEV_NET linux/netfilter_bridge.h nf_bridge_get_physindev '\bstruct net \*'
header DST_RTABLE net/route.h '\bdst_rtable\b'
header DST_RT6_INFO net/ip6_fib.h '\bdst_rt6_info\b'
argument ROUTE_INPUT_DSCP net/route.h ip_route_input_noref '\bdscp_t\b'
header FORCE_FORWARDING linux/ipv6.h '\bforce_forwarding\b'
header DST_DEV_RCU net/dst.h '\bdst_dev_rcu\b'
export_of IP6_ROUTE_INPUT ip6_route_input
header TSO_MAX_SIZE linux/netdevice.h '\bnetif_set_tso_max_size\b'
header GSO_IPV4_MAX_SIZE linux/netdevice.h '\bgso_ipv4_max_size\b'
header LLTX_BIT linux/netdevice.h '\blltx:1'
header NO_ADDRCONF linux/netdevice.h '\bIFF_NO_ADDRCONF\b'
header NEWLINK_PARAMS net/rtnetlink.h '\bstruct rtnl_newlink_params\b'
argument HELPER_PORTS net/netfilter/nf_conntrack_helper.h nf_ct_helper_init '\bspec_port\b'
argument HELPER_COPIES net/netfilter/nf_conntrack_helper.h nf_conntrack_helper_register '\*\*'
header NETNS_IMMUTABLE linux/netdevice.h '\bnetns_immutable:1'
header NETNS_LOCAL linux/netdevice.h '\bnetns_local:1'
header REDIRECT_MAP_ID linux/filter.h '\bmap_id;'
header XDP_FRAGS net/xdp.h '\bxdp_frame_has_frags\b'
header XDP_FEATURES linux/netdevice.h '\bxdp_features;'
export_of KFUNC_ID_SET register_btf_kfunc_id_set
