/* SPDX-License-Identifier: GPL-2.0 WITH Linux-syscall-note */
/*
 * The ABI of the network device of kind "tarpit": the attributes in IFLA_INFO_DATA.
 */
#ifndef _IF_TARPIT_H
#define _IF_TARPIT_H

enum tarpit_attribute {
	IFLA_TARPIT_UNSPEC,
	IFLA_TARPIT_MODE,	/* u8: XT_TARPIT_TARPIT, ... */
	IFLA_TARPIT_WINDOW,	/* u16; not in the mode reset */
	IFLA_TARPIT_REPLY,	/* u8: TARPIT_REPLY_AUTO, TARPIT_REPLY_ROUTE */
	IFLA_TARPIT_ECHO,	/* u8: 1 if echo requests are answered, else 0 */
	__IFLA_TARPIT_MAX
};

#define IFLA_TARPIT_MAX (__IFLA_TARPIT_MAX - 1)

enum tarpit_reply_by {
	TARPIT_REPLY_AUTO,
	TARPIT_REPLY_ROUTE,
};

#endif /* _IF_TARPIT_H */
