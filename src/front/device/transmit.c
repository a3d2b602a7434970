// SPDX-License-Identifier: GPL-2.0
/*
 * Takes the packets that are sent to a tarpit device.
 */
#include <linux/netdevice.h>
#include <linux/skbuff.h>

#include "device.h"

/*
 * Keeps the stack from computing the checksum of a super-packet before it hands it to the
 * device, which would make a wrong checksum right. The stack computes none for packets that
 * are CHECKSUM_UNNECESSARY. So a packet that nothing has verified gets this mark, with a level
 * by which tarpit_read_frame() recognizes it.
 */
netdev_features_t tarpit_features_check(struct sk_buff *skb, struct net_device *dev,
					netdev_features_t features)
{
	if (skb_is_gso(skb) && (skb->ip_summed == CHECKSUM_NONE ||
				skb->ip_summed == CHECKSUM_COMPLETE)) {
		skb->ip_summed = CHECKSUM_UNNECESSARY;
		skb->csum_level = SKB_MAX_CSUM_LEVEL;
	}
	return features;
}

/* The caller holds rcu_read_lock_bh(); the code for hooks of netfilter needs rcu_read_lock(). */
netdev_tx_t tarpit_xmit(struct sk_buff *skb, struct net_device *dev)
{
	const struct tarpit_device *tarpit = netdev_priv(dev);
	const struct tarpit_settings settings = tarpit_get_settings(dev);
	struct tarpit_packet packet __uninitialized;
	u32 fate = TARPIT_IGNORED;

	rcu_read_lock();
	tarpit_counters_add(tarpit->counters, TARPIT_TAKEN_BYTES, skb->len);
	if (READ_ONCE(tarpit->echo) && tarpit_is_echo(skb)) {
		tarpit_take_echo(skb, dev);
		rcu_read_unlock();
		consume_skb(skb);
		return NETDEV_TX_OK;
	}
	if (!tarpit_read_frame(&packet, skb, dev))
		tarpit_counters_inc(tarpit->counters, TARPIT_NOT_IP);
	else if (packet.ipv6)
		fate = xt_tarpit_device_v6(&packet, &settings, tarpit->counters);
	else
		fate = xt_tarpit_device_v4(&packet, &settings, tarpit->counters);
	rcu_read_unlock();
	if (fate == TARPIT_ANSWERED)
		consume_skb(skb);
	else if (fate != TARPIT_REUSED)
		kfree_skb(skb);
	return NETDEV_TX_OK;
}
