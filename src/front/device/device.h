/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The border between the tarpit device's C and Rust. bindgen generates bindings.rs from
 * this header (make bindings), and lint compares the two.
 */
#ifndef _XT_TARPIT_DEVICE_H
#define _XT_TARPIT_DEVICE_H

#include "frame.h"
#include "kapi.h"

/* The settings of a device, in one word, so that a change is atomic for packets. */
struct tarpit_settings {
	u16 window;
	u8 mode;		/* XT_TARPIT_TARPIT, ... */
	u8 reply;		/* TARPIT_REPLY_AUTO, ... */
};

/* A request to a device; all other settings stay as they are. */
struct tarpit_request {
	struct tarpit_settings settings;
	bool has_mode;
	bool has_window;
	bool has_reply;
	bool has_echo;
	bool echo;		/* not in the word of the settings, which is full */
};

/* The fate of a packet. */
enum tarpit_fate {
	TARPIT_IGNORED,		/* it got no reply */
	TARPIT_ANSWERED,	/* another skb was sent as the reply */
	TARPIT_REUSED,		/* it has become the reply */
};

/* Counters of a device that C increments; stats.rs names all. */
enum tarpit_device_counter {
	TARPIT_TAKEN_BYTES,
	TARPIT_REPLY_BYTES,
	TARPIT_REPLIES,
	TARPIT_UNSENT,		/* of these, replies that the lower device did not take */
	TARPIT_ECHOES,		/* of these, replies to echo requests */
	TARPIT_NOT_IP,
	TARPIT_LIMITED,		/* echo requests beyond the limit */
	TARPIT_NO_MEMORY = TARPIT_LIMITED + 10,
};

/* The settings that sysfs shows as words. */
enum tarpit_setting {
	TARPIT_SETTING_MODE,
	TARPIT_SETTING_REPLY,
};

/* Rust, called by C. */
u32 xt_tarpit_device_v4(struct tarpit_packet *packet, const struct tarpit_settings *settings,
			u64 __percpu *counters);
u32 xt_tarpit_device_v6(struct tarpit_packet *packet, const struct tarpit_settings *settings,
			u64 __percpu *counters);
u32 xt_tarpit_device_echo(struct tarpit_packet *packet, const struct tarpit_settings *settings,
			  u64 __percpu *counters);
u32 xt_tarpit_device_frame(const struct tarpit_frame *frame,
			   const struct tarpit_settings *settings, u64 __percpu *counters);
const char *xt_tarpit_device_settle(struct tarpit_settings *settings,
				    const struct tarpit_request *request);
bool xt_tarpit_device_has_window(const struct tarpit_settings *settings);
const char *xt_tarpit_device_word(u32 setting, u8 value);
size_t xt_tarpit_device_counters(void);
struct tarpit_text xt_tarpit_device_counter(size_t index);

/* C, called by Rust. */
int tarpit_device_register(void);
void tarpit_device_unregister(void);

#ifndef __BINDGEN__
#include <linux/netdevice.h>
#include <linux/ratelimit_types.h>

/* The private part of a tarpit device. */
struct tarpit_device {
	u64 __percpu *counters;
	u32 settings;		/* struct tarpit_settings */
	bool echo;		/* echo requests are answered */
	struct net_device *lower;	/* where replies of XDP leave, or NULL; constant */
	struct ratelimit_state echo_limit;
};

static inline struct net_device *tarpit_lower(const struct net_device *dev)
{
	const struct tarpit_device *tarpit = netdev_priv(dev);

	return tarpit->lower;
}

static inline struct tarpit_settings tarpit_get_settings(const struct net_device *dev)
{
	const struct tarpit_device *tarpit = netdev_priv(dev);
	union {
		u32 word;
		struct tarpit_settings settings;
	} value = { .word = READ_ONCE(tarpit->settings) };

	return value.settings;
}

static_assert(sizeof(struct tarpit_settings) == sizeof(u32));

/* C, called by C. */
bool tarpit_is_echo(const struct sk_buff *skb);
bool tarpit_may_echo(struct tarpit_device *tarpit);
void tarpit_init_echo(struct tarpit_device *tarpit);
netdev_tx_t tarpit_xmit(struct sk_buff *skb, struct net_device *dev);
netdev_features_t tarpit_features_check(struct sk_buff *skb, struct net_device *dev,
					netdev_features_t features);
int tarpit_xdp_xmit(struct net_device *dev, int n, struct xdp_frame **frames, u32 flags);
int tarpit_set_lower(struct net_device *dev, struct net *net, const struct nlattr *link,
		     struct netlink_ext_ack *extack);
const char *tarpit_settle(struct net_device *dev, const struct tarpit_request *request);
void tarpit_get_stats64(struct net_device *dev, struct rtnl_link_stats64 *stats);
extern const struct ethtool_ops tarpit_ethtool_ops;
extern const struct attribute_group tarpit_attributes;
#endif

#endif /* _XT_TARPIT_DEVICE_H */
