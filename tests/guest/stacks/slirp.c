// SPDX-License-Identifier: GPL-2.0
/*
 * slirp.c - how long TCP clients of libslirp are held; its TCP is that of 4.4BSD.
 *
 *   slirp-client TAP ADDRESS/PREFIX HOST SECONDS
 *
 * libslirp is the gateway of a network, here of that of HOST at the other end of the TAP device,
 * and ADDRESS is its own address. It forwards local ports into that network, and connects there
 * with its own TCP. The rest is as with lwip-client. It has no option for keepalives.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <glib.h>
#include <linux/if_tun.h>
#include <net/if.h>
#include <poll.h>
#include <slirp/libslirp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>

#include "kinds.h"

#define MOST_FDS 64

struct client {
	int socket;
	bool connected, done;
};

static struct client clients[KINDS];
static struct pollfd fds[MOST_FDS];
static int tap, fd_count;

static void die(const char *what)
{
	fprintf(stderr, "slirp-client: %s: %s\n", what, strerror(errno));
	exit(1);
}

static int64_t clock_ns(void *opaque)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1000000000LL + now.tv_nsec;
}

static slirp_ssize_t send_packet(const void *frame, size_t length, void *opaque)
{
	return write(tap, frame, length);
}

static void guest_error(const char *message, void *opaque)
{
	fprintf(stderr, "slirp-client: %s\n", message);
}

/* Its only timer is for router advertisements, which our host ignores. */
static void *timer_new(SlirpTimerCb callback, void *callback_opaque, void *opaque)
{
	return &tap;
}

static void timer_free(void *timer, void *opaque)
{
}

static void timer_mod(void *timer, int64_t expires, void *opaque)
{
}

static void no_fd(int fd, void *opaque)
{
}

static void notify(void *opaque)
{
}

static const SlirpCb callbacks = {
	.send_packet = send_packet,
	.guest_error = guest_error,
	.clock_get_ns = clock_ns,
	.timer_new = timer_new,
	.timer_free = timer_free,
	.timer_mod = timer_mod,
	.register_poll_fd = no_fd,
	.unregister_poll_fd = no_fd,
	.notify = notify,
};

/* SLIRP_POLL_* are not the kernel's. */
static const int flags[][2] = {
	{ SLIRP_POLL_IN, POLLIN },   { SLIRP_POLL_OUT, POLLOUT }, { SLIRP_POLL_PRI, POLLPRI },
	{ SLIRP_POLL_ERR, POLLERR }, { SLIRP_POLL_HUP, POLLHUP },
};

static int add_poll(int fd, int events, void *opaque)
{
	unsigned int n;

	if (fd_count == MOST_FDS)
		die("libslirp polls too many files");
	fds[fd_count] = (struct pollfd){ .fd = fd };
	for (n = 0; n < ARRAY_SIZE(flags); n++)
		fds[fd_count].events |= events & flags[n][0] ? flags[n][1] : 0;
	return fd_count++;
}

static int get_revents(int index, void *opaque)
{
	int found = 0;
	unsigned int n;

	for (n = 0; n < ARRAY_SIZE(flags); n++)
		found |= fds[index].revents & flags[n][1] ? flags[n][0] : 0;
	return found;
}

static int open_tap(const char *name)
{
	struct ifreq request = { .ifr_flags = IFF_TAP | IFF_NO_PI };
	int fd = open("/dev/net/tun", O_RDWR | O_NONBLOCK);

	snprintf(request.ifr_name, IFNAMSIZ, "%s", name);
	if (fd < 0 || ioctl(fd, TUNSETIFF, &request))
		die(name);
	return fd;
}

static Slirp *new_slirp(char *own)
{
	SlirpConfig config = { .version = 4, .disable_dns = true, .disable_dhcp = true };
	char *slash = strchr(own, '/');
	int prefix;

	if (!slash)
		die("this is no ADDRESS/PREFIX");
	*slash = 0;
	prefix = atoi(slash + 1);
	if (inet_pton(AF_INET6, own, &config.vhost6) == 1) {
		config.in6_enabled = true;
		config.vprefix_len = prefix;
		config.vprefix_addr6 = config.vhost6;
		memset(config.vprefix_addr6.s6_addr + prefix / 8, 0, 16 - prefix / 8);
		/* Its own address, which is not in use. */
		config.vnameserver6 = config.vhost6;
		config.vnameserver6.s6_addr[15] += 8;
	} else if (inet_pton(AF_INET, own, &config.vhost) == 1) {
		config.in_enabled = true;
		config.vnetmask.s_addr = htonl(~0U << (32 - prefix));
		config.vnetwork.s_addr = config.vhost.s_addr & config.vnetmask.s_addr;
		config.vnameserver.s_addr = htonl(ntohl(config.vhost.s_addr) + 8);
	} else {
		die("this is no ADDRESS/PREFIX");
	}
	return slirp_new(&config, &callbacks, NULL);
}

union address {
	struct sockaddr any;
	struct sockaddr_in v4;
	struct sockaddr_in6 v6;
};

static union address address_of(const char *text, int port)
{
	union address address = { 0 };

	if (inet_pton(AF_INET6, text, &address.v6.sin6_addr) == 1)
		address.v6.sin6_family = AF_INET6;
	else if (inet_pton(AF_INET, text, &address.v4.sin_addr) == 1)
		address.v4.sin_family = AF_INET;
	else
		die("this HOST is no address");
	address.v4.sin_port = htons(port);
	return address;
}

/* Lets libslirp listen on a free port, and connects to it. */
static void start(Slirp *slirp, const char *host, int number)
{
	union address to = address_of(host, FIRST_PORT + number), at;
	bool v6 = to.any.sa_family == AF_INET6;
	socklen_t length = sizeof(at);
	int probe = socket(to.any.sa_family, SOCK_STREAM, 0);

	at = address_of(v6 ? "::1" : "127.0.0.1", 0);
	if (bind(probe, &at.any, sizeof(at)) || getsockname(probe, &at.any, &length))
		die("there is no free port");
	close(probe);
	if (slirp_add_hostxfwd(slirp, &at.any, length, &to.any, length,
			       v6 ? SLIRP_HOSTFWD_V6ONLY : 0))
		die("libslirp does not listen");
	clients[number].socket = socket(to.any.sa_family, SOCK_STREAM, 0);
	if (connect(clients[number].socket, &at.any, length))
		die("libslirp does not accept");
}

/* Whether libslirp's TCP has a connection in this state, or in any but LISTEN's and the last. */
static bool has(const char *info, int number, const char *state)
{
	char **lines = g_strsplit(info, "\n", -1), **line;
	bool found = false;
	char port[16];

	snprintf(port, sizeof(port), " %d ", FIRST_PORT + number);
	for (line = lines; *line; line++) {
		if (!strstr(*line, "TCP[") || !strstr(*line, port) ||
		    strstr(*line, "HOST_FORWARD") || strstr(*line, "TIME_WAIT"))
			continue;
		found |= !state || strstr(*line, state);
	}
	g_strfreev(lines);
	return found;
}

static void act(struct client *client, const struct kind *kind)
{
	static const char bytes[BYTES];

	client->connected = true;
	if (kind->writes && send(client->socket, bytes, sizeof(bytes), 0) != sizeof(bytes))
		die("its socket takes no data");
	if (kind->closes)
		close(client->socket);
}

static bool step(Slirp *slirp, long now, long end)
{
	char *info = slirp_connection_info(slirp);
	bool any = false;
	int number;

	for (number = 0; number < KINDS; number++) {
		struct client *client = &clients[number];
		const char *word = NULL;

		if (client->done || kinds[number].idle)
			continue;
		if (!client->connected && has(info, number, "ESTABLISHED"))
			act(client, &kinds[number]);
		else if (now >= end)
			word = "held";
		else if (now > 0 && !has(info, number, NULL))
			word = client->connected ? "gone" : "refused";
		if (word)
			printf("%s %ld %s\n", kinds[number].name, now, word);
		client->done = word;
		any |= !word;
	}
	g_free(info);
	return any;
}

static void turn(Slirp *slirp)
{
	uint8_t frame[2048];
	uint32_t timeout = 500;
	ssize_t length;
	int ready;

	fd_count = 0;
	add_poll(tap, SLIRP_POLL_IN, NULL);
	slirp_pollfds_fill(slirp, &timeout, add_poll, NULL);
	ready = poll(fds, fd_count, timeout);
	slirp_pollfds_poll(slirp, ready < 0, get_revents, NULL);
	while ((length = read(tap, frame, sizeof(frame))) > 0)
		slirp_input(slirp, frame, length);
}

int main(int argc, char **argv)
{
	int64_t began = clock_ns(NULL);
	Slirp *slirp;
	int number;

	if (argc != 5) {
		fprintf(stderr, "slirp-client: say TAP ADDRESS/PREFIX HOST SECONDS\n");
		return 1;
	}
	tap = open_tap(argv[1]);
	slirp = new_slirp(argv[2]);
	if (!slirp)
		die("libslirp does not start");
	for (number = 0; number < KINDS; number++) {
		if (!kinds[number].idle)
			start(slirp, argv[3], number);
	}
	do {
		turn(slirp);
	} while (step(slirp, (clock_ns(NULL) - began) / 1000000000, atol(argv[4])));
	return 0;
}
