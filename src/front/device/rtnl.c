// SPDX-License-Identifier: GPL-2.0
/*
 * Network devices of kind "tarpit": created, changed and shown.
 */
#include <linux/etherdevice.h>
#include <linux/ethtool.h>
#include <linux/netdevice.h>
#include <net/netlink.h>
#include <net/rtnetlink.h>

#include "bpf.h"
#include "device.h"
#include "if_tarpit.h"
#include "netdev.h"

static int tarpit_init(struct net_device *dev)
{
	struct tarpit_device *tarpit = netdev_priv(dev);

	tarpit_init_echo(tarpit);
	tarpit->counters = tarpit_counters_alloc(xt_tarpit_device_counters());
	return tarpit->counters ? 0 : -ENOMEM;
}

/* A move to another namespace resets the device's IPv6 settings. */
static int tarpit_open(struct net_device *dev)
{
	tarpit_keep_from_addresses(dev);
	return 0;
}

static void tarpit_free(struct net_device *dev)
{
	const struct tarpit_device *tarpit = netdev_priv(dev);

	tarpit_counters_free(tarpit->counters);
}

/* A bridge or a macvlan sets filters; the device accepts all packets. */
static void tarpit_set_rx_mode(struct net_device *dev)
{
}

static int tarpit_get_iflink(const struct net_device *dev)
{
	const struct net_device *lower = tarpit_lower(dev);

	return lower ? lower->ifindex : dev->ifindex;
}

static const struct net_device_ops tarpit_device_ops = {
	.ndo_init = tarpit_init,
	.ndo_open = tarpit_open,
	.ndo_start_xmit = tarpit_xmit,
	.ndo_features_check = tarpit_features_check,
#ifdef TARPIT_XDP_XMIT
	.ndo_xdp_xmit = tarpit_xdp_xmit,
#endif
	.ndo_get_iflink = tarpit_get_iflink,
	.ndo_get_stats64 = tarpit_get_stats64,
	.ndo_set_rx_mode = tarpit_set_rx_mode,
	.ndo_set_mac_address = eth_mac_addr,
	.ndo_validate_addr = eth_validate_addr,
};

static bool tarpit_is_tarpit(const struct net_device *dev)
{
	return dev->netdev_ops == &tarpit_device_ops;
}

/* The device accepts packets of any kind and size, also of an untrusted source. */
#define TARPIT_FEATURES (NETIF_F_SG | NETIF_F_FRAGLIST | NETIF_F_HW_CSUM | NETIF_F_HIGHDMA | \
			 NETIF_F_GSO_SOFTWARE | NETIF_F_GSO_ROBUST | \
			 NETIF_F_HW_VLAN_CTAG_TX | NETIF_F_HW_VLAN_STAG_TX)

static void tarpit_setup(struct net_device *dev)
{
	ether_setup(dev);
	dev->netdev_ops = &tarpit_device_ops;
	dev->ethtool_ops = &tarpit_ethtool_ops;
	dev->sysfs_groups[0] = &tarpit_attributes;
	dev->needs_free_netdev = true;
	dev->priv_destructor = tarpit_free;
	/* It resolves no neighbours: all packets that are routed to it are for it. */
	dev->flags |= IFF_POINTOPOINT | IFF_NOARP;
	dev->flags &= ~(IFF_BROADCAST | IFF_MULTICAST);
	dev->priv_flags |= IFF_NO_QUEUE | IFF_LIVE_ADDR_CHANGE;
	dev->priv_flags &= ~IFF_TX_SKB_SHARING;
	tarpit_set_no_addrconf(dev);
	tarpit_set_lltx(dev);
	tarpit_set_gso_limits(dev);
	netif_keep_dst(dev);
	dev->features |= TARPIT_FEATURES;
	/*
	 * None is in hw_features: without one of them the stack cuts a super-packet and writes
	 * the checksums of its segments, also where its own was wrong.
	 */
	dev->vlan_features |= TARPIT_FEATURES;
	dev->mtu = ETH_MAX_MTU;
	dev->min_mtu = 0;
	dev->max_mtu = ETH_MAX_MTU;
	eth_hw_addr_random(dev);
}

/* Changes the settings, or returns the reason why it does not. The caller holds RTNL. */
const char *tarpit_settle(struct net_device *dev, const struct tarpit_request *request)
{
	struct tarpit_device *tarpit = netdev_priv(dev);
	union {
		u32 word;
		struct tarpit_settings settings;
	} value = { .settings = tarpit_get_settings(dev) };
	const char *refusal = xt_tarpit_device_settle(&value.settings, request);

	ASSERT_RTNL();
	if (refusal)
		return refusal;
	WRITE_ONCE(tarpit->settings, value.word);
	if (request->has_echo)
		WRITE_ONCE(tarpit->echo, request->echo);
	return NULL;
}

static const struct nla_policy tarpit_policy[IFLA_TARPIT_MAX + 1] = {
	[IFLA_TARPIT_MODE] = { .type = NLA_U8 },
	[IFLA_TARPIT_WINDOW] = { .type = NLA_U16 },
	[IFLA_TARPIT_REPLY] = { .type = NLA_U8 },
	[IFLA_TARPIT_ECHO] = NLA_POLICY_MAX(NLA_U8, 1),
};

static int tarpit_change(struct net_device *dev, struct nlattr *data[],
			 struct netlink_ext_ack *extack)
{
	struct tarpit_request request = {};
	const char *refusal;

	if (data && data[IFLA_TARPIT_MODE]) {
		request.has_mode = true;
		request.settings.mode = nla_get_u8(data[IFLA_TARPIT_MODE]);
	}
	if (data && data[IFLA_TARPIT_WINDOW]) {
		request.has_window = true;
		request.settings.window = nla_get_u16(data[IFLA_TARPIT_WINDOW]);
	}
	if (data && data[IFLA_TARPIT_REPLY]) {
		request.has_reply = true;
		request.settings.reply = nla_get_u8(data[IFLA_TARPIT_REPLY]);
	}
	if (data && data[IFLA_TARPIT_ECHO]) {
		request.has_echo = true;
		request.echo = nla_get_u8(data[IFLA_TARPIT_ECHO]);
	}
	refusal = tarpit_settle(dev, &request);
	if (!refusal)
		return 0;
	if (extack)
		extack->_msg = refusal;
	return -EINVAL;
}

static int tarpit_newlink(TARPIT_NEWLINK_ARGUMENTS)
{
	struct net_device *lower;
	int error;

	error = tarpit_change(dev, tarpit_newlink_data, extack) ?:
		tarpit_set_lower(dev, tarpit_newlink_net, tarpit_newlink_tb[IFLA_LINK], extack) ?:
		register_netdevice(dev);
	lower = tarpit_lower(dev);
	if (error || !lower)
		return error;
	/* This also keeps the lower device from being above this one. */
	error = netdev_upper_dev_link(lower, dev, extack);
	if (error)
		unregister_netdevice(dev);
	return error;
}

static void tarpit_dellink(struct net_device *dev, struct list_head *head)
{
	struct net_device *lower = tarpit_lower(dev);

	if (lower)
		netdev_upper_dev_unlink(lower, dev);
	unregister_netdevice_queue(dev, head);
}

static int tarpit_changelink(struct net_device *dev, struct nlattr *tb[], struct nlattr *data[],
			     struct netlink_ext_ack *extack)
{
	if (tb[IFLA_LINK] && nla_get_u32(tb[IFLA_LINK]) != tarpit_get_iflink(dev)) {
		NL_SET_ERR_MSG(extack, "the lower device cannot change; make a new tarpit device");
		return -EINVAL;
	}
	return tarpit_change(dev, data, extack);
}

static size_t tarpit_get_size(const struct net_device *dev)
{
	return 3 * nla_total_size(sizeof(u8)) + nla_total_size(sizeof(u16));
}

static int tarpit_fill_info(struct sk_buff *skb, const struct net_device *dev)
{
	const struct tarpit_settings settings = tarpit_get_settings(dev);
	const struct tarpit_device *tarpit = netdev_priv(dev);

	if (nla_put_u8(skb, IFLA_TARPIT_MODE, settings.mode) ||
	    nla_put_u8(skb, IFLA_TARPIT_REPLY, settings.reply) ||
	    nla_put_u8(skb, IFLA_TARPIT_ECHO, READ_ONCE(tarpit->echo)))
		return -EMSGSIZE;
	if (xt_tarpit_device_has_window(&settings) &&
	    nla_put_u16(skb, IFLA_TARPIT_WINDOW, settings.window))
		return -EMSGSIZE;
	return 0;
}

static struct rtnl_link_ops tarpit_link_ops = {
	.kind = "tarpit",
	.priv_size = sizeof(struct tarpit_device),
	.setup = tarpit_setup,
	.policy = tarpit_policy,
	.maxtype = IFLA_TARPIT_MAX,
	.newlink = tarpit_newlink,
	.changelink = tarpit_changelink,
	.dellink = tarpit_dellink,
	.get_size = tarpit_get_size,
	.fill_info = tarpit_fill_info,
};

/* Deletes a device when its lower device goes or moves to another namespace. */
static int tarpit_netdev_event(struct notifier_block *block, unsigned long event, void *info)
{
	struct net_device *lower = netdev_notifier_info_to_dev(info);
	struct net_device *dev;
	LIST_HEAD(orphans);

	if (event != NETDEV_UNREGISTER)
		return NOTIFY_DONE;
	for_each_netdev(dev_net(lower), dev) {
		if (tarpit_is_tarpit(dev) && tarpit_lower(dev) == lower)
			tarpit_dellink(dev, &orphans);
	}
	unregister_netdevice_many(&orphans);
	return NOTIFY_DONE;
}

static struct notifier_block tarpit_netdev_notifier = {
	.notifier_call = tarpit_netdev_event,
};

int tarpit_device_register(void)
{
	int error = register_netdevice_notifier(&tarpit_netdev_notifier);

	if (error)
		return error;
	error = rtnl_link_register(&tarpit_link_ops);
	if (error)
		unregister_netdevice_notifier(&tarpit_netdev_notifier);
	return error;
}

/* Deletes all devices, in all namespaces. */
void tarpit_device_unregister(void)
{
	rtnl_link_unregister(&tarpit_link_ops);
	unregister_netdevice_notifier(&tarpit_netdev_notifier);
}
