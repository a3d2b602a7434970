/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The tracepoints. Addresses are as on the wire of the packet that is told of: in
 * xt_tarpit:reply it is ours, in xt_tarpit:ignored the one that got no answer. The age
 * is in milliseconds since we last answered that peer, -1 where nobody knows.
 */
#undef TRACE_SYSTEM
#define TRACE_SYSTEM xt_tarpit

#if !defined(_XT_TARPIT_EVENTS_H) || defined(TRACE_HEADER_MULTI_READ)
#define _XT_TARPIT_EVENTS_H

#include <linux/tracepoint.h>

#include "shim.h"

TRACE_EVENT(reply,
	TP_PROTO(const struct tarpit_ends *ends, const struct tarpit_text *mode, s64 age),

	TP_ARGS(ends, mode, age),

	TP_STRUCT__entry(
		__array(u8, saddr, sizeof(struct sockaddr_in6))
		__array(u8, daddr, sizeof(struct sockaddr_in6))
		__string_len(mode, mode->start, mode->length)
		__field(s64, age)
	),

	TP_fast_assign(
		memcpy(__entry->saddr, &ends->source, sizeof(ends->source));
		memcpy(__entry->daddr, &ends->destination, sizeof(ends->destination));
		__assign_str(mode);
		__entry->age = age;
	),

	TP_printk("src=%pISpc dest=%pISpc mode=%s age=%lld",
		  __entry->saddr, __entry->daddr, __get_str(mode), __entry->age)
);

TRACE_EVENT(ignored,
	TP_PROTO(const struct tarpit_ends *ends, const struct tarpit_text *mode,
		 const struct tarpit_text *reason, s64 age),

	TP_ARGS(ends, mode, reason, age),

	TP_STRUCT__entry(
		__array(u8, saddr, sizeof(struct sockaddr_in6))
		__array(u8, daddr, sizeof(struct sockaddr_in6))
		__string_len(mode, mode->start, mode->length)
		__string_len(reason, reason->start, reason->length)
		__field(s64, age)
	),

	TP_fast_assign(
		memcpy(__entry->saddr, &ends->source, sizeof(ends->source));
		memcpy(__entry->daddr, &ends->destination, sizeof(ends->destination));
		__assign_str(mode);
		__assign_str(reason);
		__entry->age = age;
	),

	TP_printk("src=%pISpc dest=%pISpc mode=%s reason=%s age=%lld",
		  __entry->saddr, __entry->daddr, __get_str(mode), __get_str(reason),
		  __entry->age)
);

#endif /* _XT_TARPIT_EVENTS_H */

#undef TRACE_INCLUDE_PATH
#define TRACE_INCLUDE_PATH .
#undef TRACE_INCLUDE_FILE
#define TRACE_INCLUDE_FILE events
#include <trace/define_trace.h>
