// SPDX-License-Identifier: GPL-2.0
/*
 * lwip.c - how long TCP clients of lwIP are held.
 *
 *   lwip-client TAP ADDRESS/PREFIX HOST SECONDS
 *
 * It is the host ADDRESS at the other end of the TAP device. All kinds of clients connect at once,
 * to the ports from 1001 on, and each prints a line "KIND SECONDS WORD" at its end: gone if the
 * stack has ended the connection, held after SECONDS, refused if it never was connected.
 */
#include <lwip/netif.h>
#include <lwip/priv/tcp_priv.h>
#include <lwip/tcpip.h>
#include <netif/tapif.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "kinds.h"

#define LOCAL_PORT 40000

struct client {
	const struct kind *kind;
	bool connected, done;
};

static struct client clients[KINDS];
static struct netif netif;

static void die(const char *what)
{
	fprintf(stderr, "lwip-client: %s\n", what);
	exit(1);
}

static err_t connected(void *arg, struct tcp_pcb *pcb, err_t error)
{
	struct client *client = arg;

	if (error != ERR_OK)
		return error;
	client->connected = true;
	if (client->kind->writes) {
		static const char bytes[BYTES];

		if (tcp_write(pcb, bytes, sizeof(bytes), TCP_WRITE_FLAG_COPY) != ERR_OK)
			die("its buffer takes no data");
		tcp_output(pcb);
	}
	if (client->kind->closes)
		return tcp_close(pcb);
	return ERR_OK;
}

static void start(int number, const ip_addr_t *host)
{
	struct client *client = &clients[number];
	const struct kind *kind = &kinds[number];
	struct tcp_pcb *pcb = tcp_new_ip_type(IP_GET_TYPE(host));

	client->kind = kind;
	if (!pcb || tcp_bind(pcb, IP_ANY_TYPE, LOCAL_PORT + number) != ERR_OK)
		die("it has no connection to give");
	tcp_arg(pcb, client);
	if (kind->idle) {
		ip_set_option(pcb, SOF_KEEPALIVE);
		pcb->keep_idle = 1000 * kind->idle;
		pcb->keep_intvl = 1000 * kind->interval;
		pcb->keep_cnt = kind->count;
	}
	if (tcp_connect(pcb, host, FIRST_PORT + number, connected) != ERR_OK)
		die("it cannot connect");
}

static bool active(int number)
{
	struct tcp_pcb *pcb;

	for (pcb = tcp_active_pcbs; pcb; pcb = pcb->next) {
		if (pcb->local_port == LOCAL_PORT + number)
			return true;
	}
	return false;
}

/* Reports the clients that have ended; false if all have. */
static bool step(long now, long end)
{
	bool any = false;
	int number;

	for (number = 0; number < KINDS; number++) {
		struct client *client = &clients[number];
		const char *word = NULL;

		if (client->done)
			continue;
		if (!active(number))
			word = client->connected ? "gone" : "refused";
		else if (now >= end)
			word = "held";
		if (word)
			printf("%s %ld %s\n", client->kind->name, now, word);
		client->done = word;
		any |= !word;
	}
	return any;
}

/* The host at the other end of the device, without duplicate address detection. */
static void add_device(char *own)
{
	char *slash = strchr(own, '/');
	ip_addr_t address, mask = { 0 };
	s8_t index;

	if (slash)
		*slash = 0;
	if (!slash || !ipaddr_aton(own, &address))
		die("this is no ADDRESS/PREFIX");
	if (IP_IS_V4(&address))
		ip4_addr_set_u32(ip_2_ip4(&mask), lwip_htonl(~0U << (32 - atoi(slash + 1))));
	netif_add(&netif, IP_IS_V4(&address) ? ip_2_ip4(&address) : NULL, ip_2_ip4(&mask), NULL,
		  NULL, tapif_init, tcpip_input);
	netif_create_ip6_linklocal_address(&netif, 1);
	netif_ip6_addr_set_state(&netif, 0, IP6_ADDR_PREFERRED);
	if (IP_IS_V6(&address)) {
		netif_add_ip6_address(&netif, ip_2_ip6(&address), &index);
		netif_ip6_addr_set_state(&netif, index, IP6_ADDR_PREFERRED);
	}
	netif_set_default(&netif);
	netif_set_up(&netif);
	netif_set_link_up(&netif);
}

int main(int argc, char **argv)
{
	struct timespec began, now;
	ip_addr_t host;
	bool any;
	int number;

	if (argc != 5 || !ipaddr_aton(argv[3], &host))
		die("say TAP ADDRESS/PREFIX HOST SECONDS");
	setenv("PRECONFIGURED_TAPIF", argv[1], 1);
	tcpip_init(NULL, NULL);
	clock_gettime(CLOCK_MONOTONIC, &began);
	LOCK_TCPIP_CORE();
	add_device(argv[2]);
	for (number = 0; number < KINDS; number++)
		start(number, &host);
	UNLOCK_TCPIP_CORE();
	do {
		sleep(1);
		clock_gettime(CLOCK_MONOTONIC, &now);
		LOCK_TCPIP_CORE();
		any = step(now.tv_sec - began.tv_sec, atol(argv[4]));
		UNLOCK_TCPIP_CORE();
	} while (any);
	fflush(stdout);
	_exit(0);
}
