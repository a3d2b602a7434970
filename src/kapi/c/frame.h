/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The border between C and Rust for frames of XDP. bindgen generates src/kapi/xdp/bindings.rs
 * from this header (make bindings), and lint compares the two.
 */
#ifndef _XT_TARPIT_FRAME_H
#define _XT_TARPIT_FRAME_H

#include "kapi.h"

/* A frame before there is an skb, as XDP hands it over. */
struct tarpit_frame {
	u8 *data;			/* from the Ethernet header on */
	u32 length;
	u8 mac[8];			/* of the device, then zeros */
	bool port;			/* the device is a port of a switch */
	bool open;			/* a reply can leave */
	bool has_key;			/* the namespace's key is drawn */
	bool traced;			/* a tracepoint of ours is enabled */
	struct net_device *dev;		/* where it came in, and where its reply leaves */
	struct tarpit_netns *netns;
};

/* What becomes of a frame. A greater number is the length of the reply that it has become. */
enum tarpit_frame_fate {
	TARPIT_FRAME_IGNORED,		/* it gets no reply, and is counted */
	TARPIT_FRAME_NOT_TCP,		/* it gets no reply, and is not counted */
	TARPIT_FRAME_BAD_FLAGS,
	TARPIT_FRAME_REPLY,		/* the least number that is a length */
};

/* C, called by Rust. */
u32 tarpit_frame_input(const struct tarpit_frame *frame, bool ipv6, const u8 *packet);
bool tarpit_frame_has_partial_sums(const struct tarpit_frame *frame);
void tarpit_frame_path(const struct tarpit_frame *frame, bool ipv6, struct tarpit_route *route);
void tarpit_trace_frame_reply(const u8 *packet, u32 length, u32 offset, bool ipv6,
			      struct tarpit_text mode, s64 age);
void tarpit_trace_frame_ignored(const u8 *packet, u32 length, u32 offset, bool ipv6,
				struct tarpit_text mode, struct tarpit_text reason, s64 age);

#ifndef __BINDGEN__
/* C, called by C. */
void tarpit_show_frame(struct tarpit_frame *frame, struct net_device *dev);
#endif

#endif /* _XT_TARPIT_FRAME_H */
