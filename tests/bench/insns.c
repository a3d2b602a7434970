// SPDX-License-Identifier: GPL-2.0
/*
 * insns - a QEMU TCG plugin that counts the guest's instructions by address.
 * It counts single instructions in modules, and translated blocks elsewhere.
 *
 * Debian ships no header for plugins, so the few declarations that are needed stand
 * here, as in QEMU's documentation of plugin API version 1.
 *
 * A program in the guest says what is counted, by two instructions that do nothing else:
 * a long NOP with MARK_BEGIN as its displacement sets all counts to 0, one with MARK_END
 * writes "ADDRESS INSTRUCTIONS" for each of these to the file that out= names.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef uint64_t qemu_plugin_id_t;
struct qemu_plugin_tb;
struct qemu_plugin_insn;
enum qemu_plugin_op { QEMU_PLUGIN_INLINE_ADD_U64 };
enum qemu_plugin_cb_flags { QEMU_PLUGIN_CB_NO_REGS };

void qemu_plugin_register_vcpu_tb_trans_cb(qemu_plugin_id_t id,
					   void (*cb)(qemu_plugin_id_t, struct qemu_plugin_tb *));
void qemu_plugin_register_vcpu_tb_exec_inline(struct qemu_plugin_tb *tb, enum qemu_plugin_op op,
					      void *ptr, uint64_t imm);
void qemu_plugin_register_vcpu_insn_exec_inline(struct qemu_plugin_insn *insn,
						enum qemu_plugin_op op, void *ptr, uint64_t imm);
void qemu_plugin_register_vcpu_insn_exec_cb(struct qemu_plugin_insn *insn,
					    void (*cb)(unsigned int cpu, void *data),
					    enum qemu_plugin_cb_flags flags, void *data);
struct qemu_plugin_insn *qemu_plugin_tb_get_insn(const struct qemu_plugin_tb *tb, size_t i);
const void *qemu_plugin_insn_data(const struct qemu_plugin_insn *insn);
size_t qemu_plugin_insn_size(const struct qemu_plugin_insn *insn);
size_t qemu_plugin_tb_n_insns(const struct qemu_plugin_tb *tb);
uint64_t qemu_plugin_tb_vaddr(const struct qemu_plugin_tb *tb);
uint64_t qemu_plugin_insn_vaddr(const struct qemu_plugin_insn *insn);

#define EXPORT __attribute__((visibility("default")))
#define SLOTS (1u << 20)	/* a boot translates about 200,000 blocks */
#define MODULES 0xffffffffc0000000u	/* where x86-64 has its modules, with or without KASLR */
#define MARK_BEGIN 0x54424547
#define MARK_END 0x54454e44

/* nopl DISPLACEMENT(%rax,%rax) */
static const uint8_t long_nop[] = { 0x0f, 0x1f, 0x84, 0x00 };

EXPORT int qemu_plugin_version = 1;

static struct {
	uint64_t address;
	uint64_t count;
} slots[SLOTS];
static const char *path;

static uint64_t *slot(uint64_t address)
{
	uint32_t i = (address * 0x9e3779b97f4a7c15u) >> 44;

	while (slots[i].address && slots[i].address != address)
		i = (i + 1) % SLOTS;
	slots[i].address = address;
	return &slots[i].count;
}

static void begin(unsigned int cpu, void *data)
{
	(void)cpu;
	(void)data;
	for (uint32_t i = 0; i < SLOTS; i++)
		slots[i].count = 0;
}

static void end(unsigned int cpu, void *data)
{
	FILE *out = fopen(path, "w");

	(void)cpu;
	(void)data;
	if (!out)
		return;
	for (uint32_t i = 0; i < SLOTS; i++)
		if (slots[i].count)
			fprintf(out, "%" PRIx64 " %" PRIu64 "\n", slots[i].address, slots[i].count);
	fclose(out);
}

static void look_for_mark(struct qemu_plugin_insn *insn)
{
	const uint8_t *data = qemu_plugin_insn_data(insn);
	uint32_t mark;

	if (qemu_plugin_insn_size(insn) != 8 || memcmp(data, long_nop, sizeof(long_nop)))
		return;
	memcpy(&mark, data + sizeof(long_nop), sizeof(mark));
	if (mark == MARK_BEGIN)
		qemu_plugin_register_vcpu_insn_exec_cb(insn, begin, QEMU_PLUGIN_CB_NO_REGS, NULL);
	if (mark == MARK_END)
		qemu_plugin_register_vcpu_insn_exec_cb(insn, end, QEMU_PLUGIN_CB_NO_REGS, NULL);
}

static void count(struct qemu_plugin_insn *insn)
{
	qemu_plugin_register_vcpu_insn_exec_inline(insn, QEMU_PLUGIN_INLINE_ADD_U64,
						   slot(qemu_plugin_insn_vaddr(insn)), 1);
}

static void translated(qemu_plugin_id_t id, struct qemu_plugin_tb *tb)
{
	const uint64_t address = qemu_plugin_tb_vaddr(tb);
	size_t n = qemu_plugin_tb_n_insns(tb);

	(void)id;
	if (address < MODULES)
		qemu_plugin_register_vcpu_tb_exec_inline(tb, QEMU_PLUGIN_INLINE_ADD_U64,
							 slot(address), n);
	for (size_t i = 0; i < n; i++) {
		struct qemu_plugin_insn *insn = qemu_plugin_tb_get_insn(tb, i);

		if (address >= MODULES)
			count(insn);
		look_for_mark(insn);
	}
}

EXPORT int qemu_plugin_install(qemu_plugin_id_t id, const void *info, int argc, char **argv)
{
	(void)info;
	if (argc != 1 || strncmp(argv[0], "out=", 4))
		return -1;
	path = strdup(argv[0] + 4);
	qemu_plugin_register_vcpu_tb_trans_cb(id, translated);
	return 0;
}
