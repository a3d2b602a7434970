// SPDX-License-Identifier: GPL-2.0
/*
 * injected_bugs - one bug of each kind, to test that the debug kernels detect it.
 *
 *	insmod injected_bugs.ko what=NAME
 *
 * tests/debug/run says which detector must find which bug. No other test loads this.
 */
#include <linux/delay.h>
#include <linux/kthread.h>
#include <linux/list.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/netfilter_ipv4.h>
#include <linux/rcupdate.h>
#include <linux/slab.h>
#include <linux/spinlock.h>
#include <linux/string.h>
#include <linux/timer.h>
#include <linux/vmalloc.h>

static char *what = "";
module_param(what, charp, 0400);

/* Hides the bug from the compiler. */
static char *hidden(void *pointer)
{
	OPTIMIZER_HIDE_VAR(pointer);
	return pointer;
}

static void use_after_free(void)
{
	char *memory = hidden(kmalloc(40, GFP_KERNEL));

	kfree(memory);
	WRITE_ONCE(hidden(memory)[8], 1);
	/* Without KASAN the bug is detected when the memory is allocated again. */
	kfree(kmalloc(40, GFP_KERNEL));
}

static void overrun(void)
{
	char *memory = hidden(kmalloc(40, GFP_KERNEL));

	WRITE_ONCE(hidden(memory)[40], 1);
	kfree(memory);
}

static void overread(void)
{
	char *memory = hidden(kmalloc(40, GFP_KERNEL));

	(void)READ_ONCE(hidden(memory)[40]);
	kfree(memory);
}

/*
 * KFENCE places some allocations at either end of a page beside an unmapped one. This one has the
 * size of its cache's objects, because smaller ones leave a gap.
 */
static void overread_often(void)
{
	int i;

	for (i = 0; i < 200; i++) {
		char *memory = hidden(kmalloc(64, GFP_KERNEL));

		(void)READ_ONCE(hidden(memory)[64]);
		kfree(memory);
		msleep(40);
	}
}

static void stack_overrun(void)
{
	char here[16] = "";

	WRITE_ONCE(hidden(here)[sizeof(here)], 1);
}

static void double_free(void)
{
	char *memory = hidden(kmalloc(40, GFP_KERNEL));

	kfree(memory);
	kfree(hidden(memory));
}

static void page_use_after_free(void)
{
	char *page = hidden((void *)__get_free_page(GFP_KERNEL));

	free_page((unsigned long)page);
	WRITE_ONCE(hidden(page)[100], 1);
	free_page(__get_free_page(GFP_KERNEL));
}

/*
 * The compiler would remove an allocation whose result is unused. It leaks a thousand objects,
 * because the allocator's sheaves, and perhaps a stack, still have the addresses of the last
 * hundreds, which kmemleak takes for pointers.
 */
static void *lost;

static void leak(void)
{
	int i;

	for (i = 0; i < 1000; i++)
		WRITE_ONCE(lost, kmalloc(40, GFP_KERNEL));
	WRITE_ONCE(lost, NULL);
}

static void percpu_leak(void)
{
	int i;

	for (i = 0; i < 10; i++)
		WRITE_ONCE(lost, (__force void *)__alloc_percpu(760, 8));
	WRITE_ONCE(lost, NULL);
}

static DEFINE_SPINLOCK(first);
static DEFINE_SPINLOCK(second);
static DEFINE_MUTEX(sleeping);

static void sleep_in_atomic(void)
{
	spin_lock(&first);
	mutex_lock(&sleeping);
	mutex_unlock(&sleeping);
	spin_unlock(&first);
}

static void allocate_in_atomic(void)
{
	spin_lock_bh(&first);
	kfree(kmalloc(40, GFP_KERNEL));
	spin_unlock_bh(&first);
}

static void locks_in_both_orders(void)
{
	spin_lock(&first);
	spin_lock(&second);
	spin_unlock(&second);
	spin_unlock(&first);
	spin_lock(&second);
	spin_lock(&first);
	spin_unlock(&first);
	spin_unlock(&second);
}

static char __rcu *shared;

static void rcu_without_lock(void)
{
	(void)rcu_dereference(shared);
}

static struct {
	int few[4], more[4];
} numbers;

/* The memory behind the array is valid, so only a check of the array's bounds detects this. */
static void index_beyond(void)
{
	int index = ARRAY_SIZE(numbers.few) + 1;

	OPTIMIZER_HIDE_VAR(index);
	WRITE_ONCE(numbers.few[index], 1);
}

static void list_corrupted(void)
{
	LIST_HEAD(head);
	struct list_head entry;

	list_add(&entry, &head);
	entry.prev = &entry;
	list_del(&entry);
}

static void nothing(struct timer_list *unused)
{
}

static void timer_freed(void)
{
	struct timer_list *timer = kmalloc(sizeof(*timer), GFP_KERNEL);

	timer_setup(timer, nothing, 0);
	mod_timer(timer, jiffies + HZ);
	kfree(hidden(timer));
}

/* Detected only if fault injection lets the allocation fail. */
static void allocation_unchecked(void)
{
	char *memory = hidden(kmalloc(40, GFP_KERNEL));

	WRITE_ONCE(memory[0], 1);
	kfree(memory);
}

static int counter;

static int count(void *unused)
{
	while (!kthread_should_stop()) {
		counter++;
		cond_resched();
	}
	return 0;
}

static void race(void)
{
	struct task_struct *one = kthread_run(count, NULL, "injected/1");
	struct task_struct *two = kthread_run(count, NULL, "injected/2");

	msleep(10000);
	kthread_stop(one);
	kthread_stop(two);
}

static unsigned int count_packet(void *unused, struct sk_buff *skb,
				 const struct nf_hook_state *state)
{
	counter++;
	return NF_ACCEPT;
}

/* tests/debug/load sends the packets. */
static void race_of_packets(void)
{
	static const struct nf_hook_ops hook = {
		.hook = count_packet,
		.pf = NFPROTO_IPV4,
		.hooknum = NF_INET_LOCAL_IN,
	};

	if (nf_register_net_hook(&init_net, &hook))
		return;
	msleep(10000);
	nf_unregister_net_hook(&init_net, &hook);
}

static const struct {
	const char *name;
	void (*bug)(void);
} bugs[] = {
	{ "use_after_free", use_after_free },
	{ "overrun", overrun },
	{ "overread", overread },
	{ "overread_often", overread_often },
	{ "stack_overrun", stack_overrun },
	{ "double_free", double_free },
	{ "page_use_after_free", page_use_after_free },
	{ "leak", leak },
	{ "percpu_leak", percpu_leak },
	{ "sleep_in_atomic", sleep_in_atomic },
	{ "allocate_in_atomic", allocate_in_atomic },
	{ "locks_in_both_orders", locks_in_both_orders },
	{ "rcu_without_lock", rcu_without_lock },
	{ "index_beyond", index_beyond },
	{ "list_corrupted", list_corrupted },
	{ "timer_freed", timer_freed },
	{ "allocation_unchecked", allocation_unchecked },
	{ "race", race },
	{ "race_of_packets", race_of_packets },
};

static int __init injected_init(void)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(bugs); i++) {
		if (strcmp(what, bugs[i].name))
			continue;
		pr_info("injected_bugs: %s\n", what);
		bugs[i].bug();
		return 0;
	}
	return -EINVAL;
}
module_init(injected_init);

static void __exit injected_exit(void)
{
}
module_exit(injected_exit);

MODULE_DESCRIPTION("Planted bugs, for hardened and debug kernels");
MODULE_LICENSE("GPL");
