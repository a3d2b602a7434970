// SPDX-License-Identifier: GPL-2.0
/*
 * plant - one planted bug of each kind, to show that a hardened kernel sees it.
 *
 *	insmod plant.ko what=NAME
 *
 * tests/debug/run says which net has to catch which. None of this is ever loaded beside a test.
 */
#include <linux/delay.h>
#include <linux/list.h>
#include <linux/module.h>
#include <linux/slab.h>
#include <linux/string.h>

static char *what = "";
module_param(what, charp, 0400);

/* The compiler must not see what is wrong. */
static char *hidden(char *pointer)
{
	OPTIMIZER_HIDE_VAR(pointer);
	return pointer;
}

static void use_after_free(void)
{
	char *memory = hidden(kmalloc(40, GFP_KERNEL));

	kfree(memory);
	WRITE_ONCE(hidden(memory)[8], 1);
	/* It is seen when the same memory is handed out again. */
	kfree(kmalloc(40, GFP_KERNEL));
}

static void overrun(void)
{
	char *memory = hidden(kmalloc(40, GFP_KERNEL));

	WRITE_ONCE(hidden(memory)[40], 1);
	kfree(memory);
}

/*
 * One allocation in a while lies beside an unmapped page, if KFENCE is on, at either end of it. It
 * is as large as its cache has them, for smaller ones leave a gap.
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

static void double_free(void)
{
	char *memory = hidden(kmalloc(40, GFP_KERNEL));

	kfree(memory);
	kfree(hidden(memory));
}

static void list_corrupted(void)
{
	LIST_HEAD(head);
	struct list_head entry;

	list_add(&entry, &head);
	entry.prev = &entry;
	list_del(&entry);
}

static const struct {
	const char *name;
	void (*bug)(void);
} plants[] = {
	{ "use_after_free", use_after_free },
	{ "overrun", overrun },
	{ "overread_often", overread_often },
	{ "double_free", double_free },
	{ "list_corrupted", list_corrupted },
};

static int __init plant_init(void)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(plants); i++) {
		if (strcmp(what, plants[i].name))
			continue;
		pr_info("plant: %s\n", what);
		plants[i].bug();
		return 0;
	}
	return -EINVAL;
}
module_init(plant_init);

static void __exit plant_exit(void)
{
}
module_exit(plant_exit);

MODULE_DESCRIPTION("Planted bugs, for hardened kernels");
MODULE_LICENSE("GPL");
