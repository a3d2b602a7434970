// SPDX-License-Identifier: GPL-2.0
/*
 * Frames that XDP redirects to a tarpit device: each is answered in its own memory and
 * leaves by the lower device, or is freed. Nothing is decided here.
 */
#include <linux/filter.h>
#include <linux/if_arp.h>
#include <linux/if_ether.h>
#include <linux/netdevice.h>
#include <net/netlink.h>
#include <net/xdp.h>

#include "bpf.h"
#include "compat.h"
#include "device.h"
#include "netdev.h"

#ifdef TARPIT_XDP_XMIT
/* Whether a reply can leave by the device. Where IPsec may apply, it would leave in plain text. */
static bool tarpit_is_open(const struct net_device *lower)
{
	return lower->flags & IFF_UP && lower->netdev_ops->ndo_xdp_xmit &&
	       tarpit_takes_frames(lower) && !tarpit_ipsec_may_apply(dev_net(lower));
}

/* Answers a frame in its own memory; false if it gets no reply. */
static bool tarpit_answer_frame(const struct net_device *dev, struct tarpit_frame *frame,
				struct xdp_frame *xdpf)
{
	const struct tarpit_device *tarpit = netdev_priv(dev);
	const struct tarpit_settings settings = tarpit_get_settings(dev);
	u32 length;

	tarpit_counters_add(tarpit->counters, TARPIT_TAKEN_BYTES, xdpf->len);
	frame->data = xdpf->data;
	/* Of a frame in several buffers only the Ethernet header is read, so it is malformed. */
	frame->length = tarpit_frame_has_frags(xdpf) ? min_t(u32, xdpf->len, ETH_HLEN) : xdpf->len;
	length = xt_tarpit_device_frame(frame, &settings, tarpit->counters);
	if (length < TARPIT_FRAME_REPLY)
		return false;
	xdpf->len = length;
	xdpf->metasize = 0;
	return true;
}

/* Puts the frames with replies first, and frees the others. Returns the number of replies. */
static int tarpit_answer_all(const struct net_device *dev, struct net_device *out, bool open,
			     int n, struct xdp_frame **frames)
{
	struct tarpit_frame frame = { .open = open };
	int index, replies = 0;

	rcu_read_lock();
	tarpit_show_frame(&frame, out);
	for (index = 0; index < n; index++) {
		if (tarpit_answer_frame(dev, &frame, frames[index]))
			frames[replies++] = frames[index];
		else
			xdp_return_frame_rx_napi(frames[index]);
	}
	rcu_read_unlock();
	return replies;
}

/* Sends or frees all frames, so that the caller has none to free. */
int tarpit_xdp_xmit(struct net_device *dev, int n, struct xdp_frame **frames, u32 flags)
{
	const struct tarpit_device *tarpit = netdev_priv(dev);
	struct net_device *lower = tarpit->lower;
	const bool open = lower && tarpit_is_open(lower);
	int replies = tarpit_answer_all(dev, lower ?: dev, open, n, frames);
	int sent = 0;

	if (replies)
		sent = max(lower->netdev_ops->ndo_xdp_xmit(lower, replies, frames,
							   XDP_XMIT_FLUSH), 0);
	tarpit_counters_add(tarpit->counters, TARPIT_UNSENT, replies - sent);
	for (; sent < replies; sent++)
		xdp_return_frame_rx_napi(frames[sent]);
	return n;
}
#endif

/* Why a device cannot be the lower device, or NULL. */
static const char *tarpit_refuse_lower(const struct net_device *dev,
				       const struct net_device *lower)
{
#ifdef TARPIT_XDP_XMIT
	if (!lower)
		return "there is no such lower device in the namespace of the request";
	if (!net_eq(dev_net(lower), dev_net(dev)))
		return "the lower device must be in the namespace of the tarpit device";
	if (lower->netdev_ops == dev->netdev_ops)
		return "the lower device must not be a tarpit device";
	if (lower->type != ARPHRD_ETHER || lower->flags & IFF_LOOPBACK)
		return "the lower device must be an Ethernet device";
	if (!lower->netdev_ops->ndo_xdp_xmit)
		return "the driver of the lower device cannot send frames of XDP";
	return NULL;
#else
	return "this kernel is too old for a lower device; leave out link";
#endif
}

/* Looks up the lower device of a new device, before it is registered. Under RTNL. */
int tarpit_set_lower(struct net_device *dev, struct net *net, const struct nlattr *link,
		     struct netlink_ext_ack *extack)
{
	struct tarpit_device *tarpit = netdev_priv(dev);
	struct net_device *lower;
	const char *refusal;

	if (!link)
		return 0;
	lower = __dev_get_by_index(net, nla_get_u32(link));
	refusal = tarpit_refuse_lower(dev, lower);
	if (refusal) {
		if (extack)
			extack->_msg = refusal;
		return -EINVAL;
	}
	tarpit->lower = lower;
	tarpit_keep_in_netns(dev);
	tarpit_set_takes_frames(dev);
	return 0;
}
