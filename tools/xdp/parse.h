/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Finds the addresses and the port of a TCP frame, through the same headers as the module does.
 * A checksum or a length may still be wrong: then the module gives no answer.
 */
#ifndef _TARPIT_PARSE_H
#define _TARPIT_PARSE_H

#define ETHERNET 14		/* bytes of the header */
#define TAG 4
#define TAGS 2			/* as many as the module keeps */
#define EXTENSIONS 8		/* the module has no such bound */
#define FRAGMENT_OFFSET 0x1fff
#define FRAGMENT_OFFSET6 0xfff8

struct packet {
	bool ipv6;
	bool has_port;		/* false in a later fragment */
	__u16 port;		/* of the destination */
	struct prefix4 from4, to4;
	struct prefix6 from6, to6;
	struct source source;
};

/* The bytes of a frame from an offset on; NULL if there are fewer. */
static __always_inline void *bytes(struct xdp_md *ctx, __u32 offset, __u32 length)
{
	void *at = (void *)(long)ctx->data, *end = (void *)(long)ctx->data_end;

	/* The verifier needs a bound: no driver gives a longer frame. */
	if (offset > 0x3fff)
		return NULL;
	at += offset;
	/* And it needs the pointer that is checked to be the one that is read. */
	barrier_var(at);
	return at + length > end ? NULL : at;
}

static __always_inline void read_port(struct xdp_md *ctx, __u32 tcp, struct packet *packet)
{
	__be16 *port = bytes(ctx, tcp + 2, sizeof(*port));

	if (!port)
		return;
	packet->has_port = true;
	packet->port = bpf_ntohs(*port);
}

static __always_inline bool parse4(struct xdp_md *ctx, __u32 offset, struct packet *packet)
{
	struct iphdr *ip = bytes(ctx, offset, sizeof(*ip));

	if (!ip || ip->version != 4 || ip->ihl < 5 || ip->protocol != IPPROTO_TCP)
		return false;
	packet->from4.length = 32;
	packet->to4.length = 32;
	__builtin_memcpy(packet->from4.address, &ip->saddr, 4);
	__builtin_memcpy(packet->to4.address, &ip->daddr, 4);
	packet->source.address[10] = 0xff;
	packet->source.address[11] = 0xff;
	__builtin_memcpy(packet->source.address + 12, &ip->saddr, 4);
	if (!(ip->frag_off & bpf_htons(FRAGMENT_OFFSET)))
		read_port(ctx, offset + ip->ihl * 4, packet);
	return true;
}

/* Skips extension headers. Returns whether TCP follows; *offset is where. */
static __always_inline bool skip_to_tcp(struct xdp_md *ctx, __u8 next, __u32 *offset, bool *later)
{
	for (int extension = 0; extension < EXTENSIONS && next != IPPROTO_TCP; extension++) {
		__u8 *header = bytes(ctx, *offset, 8);

		if (!header)
			return false;
		switch (next) {
		case IPPROTO_HOPOPTS:
			if (extension)	/* It must be the first. */
				return false;
			/* fallthrough */
		case IPPROTO_ROUTING:
		case IPPROTO_DSTOPTS:
			*offset += (header[1] + 1) * 8;
			break;
		case IPPROTO_FRAGMENT:
			if (*(__be16 *)(header + 2) & bpf_htons(FRAGMENT_OFFSET6))
				*later = true;
			*offset += 8;
			break;
		default:
			return false;
		}
		next = header[0];
	}
	return next == IPPROTO_TCP;
}

static __always_inline bool parse6(struct xdp_md *ctx, __u32 offset, struct packet *packet)
{
	struct ipv6hdr *ip = bytes(ctx, offset, sizeof(*ip));
	bool later = false;

	if (!ip || ip->version != 6)
		return false;
	packet->ipv6 = true;
	packet->from6.length = 128;
	packet->to6.length = 128;
	__builtin_memcpy(packet->from6.address, &ip->saddr, 16);
	__builtin_memcpy(packet->to6.address, &ip->daddr, 16);
	__builtin_memcpy(packet->source.address, &ip->saddr, 8);
	offset += sizeof(*ip);
	if (!skip_to_tcp(ctx, ip->nexthdr, &offset, &later))
		return false;
	if (!later)
		read_port(ctx, offset, packet);
	return true;
}

/* Returns whether a frame holds TCP over IP, with at most two VLAN tags in it. */
static __always_inline bool parse(struct xdp_md *ctx, struct packet *packet)
{
	__u32 offset = ETHERNET - 2;
	__be16 *type = bytes(ctx, offset, 2);

	for (int tag = 0; tag < TAGS && type; tag++) {
		if (*type != bpf_htons(0x8100) && *type != bpf_htons(0x88a8))
			break;
		offset += TAG;
		type = bytes(ctx, offset, 2);
	}
	if (!type)
		return false;
	switch (*type) {
	case bpf_htons(0x0800):
		return parse4(ctx, offset + 2, packet);
	case bpf_htons(0x86dd):
		return parse6(ctx, offset + 2, packet);
	}
	return false;
}

#endif /* _TARPIT_PARSE_H */
