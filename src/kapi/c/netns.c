// SPDX-License-Identifier: GPL-2.0
/*
 * The state of a network namespace: its memory, its counters, its file in /proc.
 */
#include <linux/percpu.h>
#include <linux/proc_fs.h>
#include <linux/random.h>
#include <linux/seq_file.h>
#include <linux/seq_file_net.h>
#include <linux/timekeeping.h>
#include <net/net_namespace.h>
#include <net/netns/generic.h>

#include "kapi.h"

unsigned int tarpit_net_id __ro_after_init;

/*
 * The kernel calls these by pointer. A pointer to a Rust function would fail its checks
 * (IBT, FineIBT, kCFI) where the C and Rust compilers do not agree on them.
 */
static int __net_init tarpit_net_init(struct net *net)
{
	return xt_tarpit_net_init(net);
}

static void __net_exit tarpit_net_exit(struct net *net)
{
	xt_tarpit_net_exit(net);
}

static struct pernet_operations tarpit_net_ops = {
	.init = tarpit_net_init,
	.exit = tarpit_net_exit,
	.id = &tarpit_net_id,
	.size = sizeof(struct tarpit_netns),
};

int tarpit_net_register(void)
{
	return register_pernet_subsys(&tarpit_net_ops);
}

void tarpit_net_unregister(void)
{
	unregister_pernet_subsys(&tarpit_net_ops);
}

struct tarpit_netns *tarpit_net_state(const struct net *net)
{
	return net_generic(net, tarpit_net_id);
}

u64 __percpu *tarpit_counters_alloc(size_t count)
{
	return __alloc_percpu(count * sizeof(u64), sizeof(u64));
}

void tarpit_counters_free(u64 __percpu *counters)
{
	free_percpu(counters);
}

void tarpit_counters_inc(u64 __percpu *counters, size_t index)
{
	this_cpu_inc(counters[index]);
}

void tarpit_counters_add(u64 __percpu *counters, size_t index, u64 value)
{
	this_cpu_add(counters[index], value);
}

/* Adding zero is cheaper than a test for zero. */
void tarpit_counters_update(u64 __percpu *counters, size_t first, size_t kind,
			   u64 age, u64 payload)
{
	this_cpu_inc(counters[kind]);
	this_cpu_add(counters[first], age);
	this_cpu_add(counters[first + 1], payload);
}

u64 tarpit_counters_sum(const u64 __percpu *counters, size_t index)
{
	u64 sum = 0;
	int cpu;

	for_each_possible_cpu(cpu)
		sum += READ_ONCE(per_cpu_ptr(counters, cpu)[index]);
	return sum;
}

static int tarpit_proc_show(struct seq_file *file, void *unused)
{
	xt_tarpit_show(file, tarpit_net_state(seq_file_single_net(file)));
	return 0;
}

bool tarpit_proc_create(struct net *net)
{
	return proc_create_net_single("xt_TARPIT", 0440, net->proc_net,
				      tarpit_proc_show, NULL);
}

void tarpit_proc_remove(struct net *net)
{
	remove_proc_entry("xt_TARPIT", net->proc_net);
}

u64 tarpit_random_u64(void)
{
	return get_random_u64();
}

/* Milliseconds since boot, time asleep included. */
u32 tarpit_clock_ms(void)
{
	return div_u64(ktime_get_coarse_boottime_ns(), NSEC_PER_MSEC);
}
