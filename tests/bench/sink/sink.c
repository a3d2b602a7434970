// SPDX-License-Identifier: GPL-2.0
/*
 * A network device that frees all that is sent to it, packets and frames of XDP, and counts it.
 * So a measurement has the cost of no driver.
 */
#include <linux/etherdevice.h>
#include <linux/module.h>
#include <linux/netdevice.h>
#include <linux/percpu.h>
#include <net/rtnetlink.h>
#include <net/xdp.h>

struct sink {
	unsigned long __percpu *packets;
};

static int sink_init_device(struct net_device *dev)
{
	struct sink *sink = netdev_priv(dev);

	sink->packets = alloc_percpu(unsigned long);
	return sink->packets ? 0 : -ENOMEM;
}

static void sink_uninit_device(struct net_device *dev)
{
	struct sink *sink = netdev_priv(dev);

	free_percpu(sink->packets);
}

static netdev_tx_t sink_xmit(struct sk_buff *skb, struct net_device *dev)
{
	struct sink *sink = netdev_priv(dev);

	this_cpu_inc(*sink->packets);
	consume_skb(skb);
	return NETDEV_TX_OK;
}

static int sink_xdp_xmit(struct net_device *dev, int n, struct xdp_frame **frames, u32 flags)
{
	struct sink *sink = netdev_priv(dev);
	int index;

	this_cpu_add(*sink->packets, n);
	for (index = 0; index < n; index++)
		xdp_return_frame_rx_napi(frames[index]);
	return n;
}

static void sink_get_stats64(struct net_device *dev, struct rtnl_link_stats64 *stats)
{
	const struct sink *sink = netdev_priv(dev);
	int cpu;

	for_each_possible_cpu(cpu)
		stats->tx_packets += *per_cpu_ptr(sink->packets, cpu);
}

static const struct net_device_ops sink_ops = {
	.ndo_init = sink_init_device,
	.ndo_uninit = sink_uninit_device,
	.ndo_start_xmit = sink_xmit,
	.ndo_xdp_xmit = sink_xdp_xmit,
	.ndo_get_stats64 = sink_get_stats64,
	.ndo_set_mac_address = eth_mac_addr,
};

static void sink_setup(struct net_device *dev)
{
	ether_setup(dev);
	dev->netdev_ops = &sink_ops;
	dev->needs_free_netdev = true;
	dev->priv_flags |= IFF_NO_QUEUE;
	dev->xdp_features = NETDEV_XDP_ACT_NDO_XMIT;
	eth_hw_addr_random(dev);
}

static struct rtnl_link_ops sink_link_ops = {
	.kind = "sink",
	.priv_size = sizeof(struct sink),
	.setup = sink_setup,
};

static int __init sink_init(void)
{
	return rtnl_link_register(&sink_link_ops);
}
module_init(sink_init);

static void __exit sink_exit(void)
{
	rtnl_link_unregister(&sink_link_ops);
}
module_exit(sink_exit);

MODULE_DESCRIPTION("A device that frees what is sent to it");
MODULE_LICENSE("GPL");
MODULE_ALIAS_RTNL_LINK("sink");
