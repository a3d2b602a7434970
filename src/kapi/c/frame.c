// SPDX-License-Identifier: GPL-2.0
/*
 * A frame that XDP hands over: its device, and the way back by the link.
 */
#include <linux/etherdevice.h>
#include <linux/netdevice.h>
#include <net/netns/generic.h>
#include <net/rtnetlink.h>

#include "events.h"
#include "frame.h"
#include "packet.h"

/* Describes all of a frame but its bytes. RCU's lock is held. */
void tarpit_show_frame(struct tarpit_frame *frame, struct net_device *dev)
{
	struct tarpit_netns *netns =
		rcu_dereference(dev_net(dev)->gen)->ptr[tarpit_net_id];

	frame->dev = dev;
	frame->netns = netns;
	frame->has_key = READ_ONCE(netns->key[0]) && READ_ONCE(netns->key[1]);
	frame->traced = trace_reply_enabled() || trace_ignored_enabled();
	frame->port = tarpit_is_switch_port(dev);
	ether_addr_copy(frame->mac, dev->dev_addr);
}

/* What the device knows of the packet's addresses. */
u32 tarpit_frame_input(const struct tarpit_frame *frame, bool ipv6, const u8 *packet)
{
	return tarpit_link_input(frame->dev, ipv6, packet);
}

/*
 * Whether a segment of this device may have a partial checksum, which the sender's kernel left
 * to a device to complete. XDP does not report it. Only a veth delivers such segments, because
 * they have never left a host.
 */
bool tarpit_frame_has_partial_sums(const struct tarpit_frame *frame)
{
	const struct rtnl_link_ops *ops = READ_ONCE(frame->dev->rtnl_link_ops);

	return ops && !strcmp(ops->kind, "veth");
}

void tarpit_frame_path(const struct tarpit_frame *frame, bool ipv6, struct tarpit_route *route)
{
	tarpit_describe_link(dev_net(frame->dev), frame->dev, ipv6, route);
}
