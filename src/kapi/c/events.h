/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The tracepoints. Addresses are those of the packet itself: xt_tarpit:reply shows the
 * reply, xt_tarpit:ignored the packet that got none. The age is in milliseconds since we
 * last answered that peer, -1 if unknown. Modes and reasons are words of fixed length, as
 * a task's comm is in the kernel's own tracepoints: every version of bpftrace reads such a
 * field as a string.
 */
#undef TRACE_SYSTEM
#define TRACE_SYSTEM xt_tarpit

#if !defined(_XT_TARPIT_EVENTS_H) || defined(TRACE_HEADER_MULTI_READ)
#define _XT_TARPIT_EVENTS_H

#include <linux/in6.h>
#include <linux/tracepoint.h>

#include "kapi.h"

#ifndef _XT_TARPIT_ENDS
#define _XT_TARPIT_ENDS
/* Addresses and ports; each is a struct sockaddr_in for IPv4. */
struct tarpit_ends {
	struct sockaddr_in6 source;
	struct sockaddr_in6 destination;
};
#endif

TRACE_EVENT(reply,
	TP_PROTO(const struct tarpit_ends *ends, const struct tarpit_text *mode, s64 age),

	TP_ARGS(ends, mode, age),

	TP_STRUCT__entry(
		__array(u8, saddr, sizeof(struct sockaddr_in6))
		__array(u8, daddr, sizeof(struct sockaddr_in6))
		__array(char, mode, TARPIT_WORD)
		__field(s64, age)
	),

	TP_fast_assign(
		memcpy(__entry->saddr, &ends->source, sizeof(ends->source));
		memcpy(__entry->daddr, &ends->destination, sizeof(ends->destination));
		tarpit_word(__entry->mode, mode);
		__entry->age = age;
	),

	TP_printk("src=%pISpc dest=%pISpc mode=%s age=%lld",
		  __entry->saddr, __entry->daddr, __entry->mode, __entry->age)
);

TRACE_EVENT(ignored,
	TP_PROTO(const struct tarpit_ends *ends, const struct tarpit_text *mode,
		 const struct tarpit_text *reason, s64 age),

	TP_ARGS(ends, mode, reason, age),

	TP_STRUCT__entry(
		__array(u8, saddr, sizeof(struct sockaddr_in6))
		__array(u8, daddr, sizeof(struct sockaddr_in6))
		__array(char, mode, TARPIT_WORD)
		__array(char, reason, TARPIT_WORD)
		__field(s64, age)
	),

	TP_fast_assign(
		memcpy(__entry->saddr, &ends->source, sizeof(ends->source));
		memcpy(__entry->daddr, &ends->destination, sizeof(ends->destination));
		tarpit_word(__entry->mode, mode);
		tarpit_word(__entry->reason, reason);
		__entry->age = age;
	),

	TP_printk("src=%pISpc dest=%pISpc mode=%s reason=%s age=%lld",
		  __entry->saddr, __entry->daddr, __entry->mode, __entry->reason,
		  __entry->age)
);

#endif /* _XT_TARPIT_EVENTS_H */

#undef TRACE_INCLUDE_PATH
#define TRACE_INCLUDE_PATH .
#undef TRACE_INCLUDE_FILE
#define TRACE_INCLUDE_FILE events
#include <trace/define_trace.h>
