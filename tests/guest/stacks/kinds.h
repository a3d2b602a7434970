/* SPDX-License-Identifier: GPL-2.0 */
/*
 * kinds.h - the kinds of clients, in the order of their ports. netstack.go has the same list.
 */
#ifndef KINDS_H
#define KINDS_H

#include <stdbool.h>

struct kind {
	const char *name;
	bool writes, closes;
	/* In seconds, or 0 for none; then the number of probes. */
	unsigned int idle, interval, count;
};

#define ARRAY_SIZE(array) (sizeof(array) / sizeof((array)[0]))
#define BYTES 1000
#define FIRST_PORT 1001

static const struct kind kinds[] = {
	{ "waits" },
	{ "writes", .writes = true },
	{ "closes", .closes = true },
	{ "writes-closes", .writes = true, .closes = true },
	{ "keepalive-60/10/3", .idle = 60, .interval = 10, .count = 3 },
	{ "writes-keepalive-60/10/3", .writes = true, .idle = 60, .interval = 10, .count = 3 },
	{ "writes-keepalive-20/10/3", .writes = true, .idle = 20, .interval = 10, .count = 3 },
};

#define KINDS ((int)ARRAY_SIZE(kinds))

#endif
