/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Interfaces of the tarpit device that an older kernel lacks; compat.h has all others.
 * Include this after the kernel's headers.
 */
#ifndef _XT_TARPIT_NETDEV_H
#define _XT_TARPIT_NETDEV_H

#include <linux/netdevice.h>
#include <linux/skbuff.h>
#include <net/addrconf.h>
#include <net/rtnetlink.h>

/*
 * Makes the kernel send super-packets of any size to the device in one piece. The kernel
 * compares the limit with the length of the packet and its link-layer header, hence the 64
 * bytes. A socket stays further below the limit, so its packets remain below GSO_MAX_SIZE.
 * 5.19: BIG TCP, and a limit of the hardware. 6.3: a limit for IPv4.
 */
static inline void tarpit_set_gso_limits(struct net_device *dev)
{
#ifdef TARPIT_HAS_TSO_MAX_SIZE
	netif_set_tso_max_size(dev, GSO_MAX_SIZE);
#endif
	dev->gso_max_size = GSO_MAX_SIZE + 64;
#ifdef TARPIT_HAS_GSO_IPV4_MAX_SIZE
	dev->gso_ipv4_max_size = dev->gso_max_size;
#endif
}

/* 6.12: a bit of the device. Before that, a feature. */
static inline void tarpit_set_lltx(struct net_device *dev)
{
#ifdef TARPIT_HAS_LLTX_BIT
	dev->lltx = true;
#else
	dev->features |= NETIF_F_LLTX;
#endif
}

/* 6.2: IPv6 configures nothing on the device. */
static inline void tarpit_set_no_addrconf(struct net_device *dev)
{
#ifdef TARPIT_HAS_NO_ADDRCONF
	dev->priv_flags |= IFF_NO_ADDRCONF;
#endif
}

/* Before that, a registered device can at least be prevented from having an address. */
static inline void tarpit_keep_from_addresses(const struct net_device *dev)
{
#ifndef TARPIT_HAS_NO_ADDRCONF
	struct inet6_dev *idev = __in6_dev_get(dev);

	if (idev) {
		idev->cnf.addr_gen_mode = IN6_ADDR_GEN_MODE_NONE;
		idev->cnf.accept_ra = 0;
		idev->cnf.rtr_solicits = 0;
	}
#endif
}

/* 6.15: the parameters of a new device are in one structure. */
#ifdef TARPIT_HAS_NEWLINK_PARAMS
#define TARPIT_NEWLINK_ARGUMENTS	\
	struct net_device *dev, struct rtnl_newlink_params *params, struct netlink_ext_ack *extack
#define tarpit_newlink_data (params->data)
#define tarpit_newlink_tb (params->tb)
#define tarpit_newlink_net rtnl_newlink_link_net(params)
#else
#define TARPIT_NEWLINK_ARGUMENTS	\
	struct net *src_net, struct net_device *dev, struct nlattr *tb[], struct nlattr *data[], \
	struct netlink_ext_ack *extack
#define tarpit_newlink_data data
#define tarpit_newlink_tb tb
#define tarpit_newlink_net src_net
#endif

/* 6.12 and 6.15: a bit keeps the device in its namespace. Before that, a feature. */
static inline void tarpit_keep_in_netns(struct net_device *dev)
{
#if defined(TARPIT_HAS_NETNS_IMMUTABLE)
	dev->netns_immutable = true;
#elif defined(TARPIT_HAS_NETNS_LOCAL)
	dev->netns_local = true;
#else
	dev->features |= NETIF_F_NETNS_LOCAL;
#endif
}

/* Whether a packet was redirected while another device was about to send it. */
static inline bool tarpit_redirected_at_egress(const struct sk_buff *skb)
{
#ifdef CONFIG_NET_REDIRECT
	return skb->redirected && !skb->from_ingress;
#else
	return false;
#endif
}

#endif /* _XT_TARPIT_NETDEV_H */
