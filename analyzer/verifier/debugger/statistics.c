/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* `!verifier 3 DRIVER.sys`: flags, counts, the blocks that are left. */
#include "flags.h"
#include "print.h"

static void print_flags(const struct l62_verify *run, FILE *out)
{
	static const char *const titles[] = {"STANDARD", "ADDITIONAL"};

	fprintf(out, "Verify Flags Level 0x%08x\n", run->flags);
	for (int group = L62_STANDARD; group <= L62_ADDITIONAL; group++) {
		fprintf(out, "\n  %s FLAGS:\n", titles[group]);
		for (size_t i = 0; i < l62_verifier_flag_count; i++) {
			const struct l62_verifier_flag *flag = &l62_verifier_flags[i];
			bool on = flag->implemented &&
			          (flag->value == 0 || run->flags & flag->value);

			if ((int)flag->group == group)
				fprintf(out, "    [%c] (0x%08x) %s\n", on ? 'X' : ' ',
				        flag->value, flag->name);
		}
	}
	fputs("\n    [X] Indicates flag is enabled\n", out);
}

static void print_summary(const struct l62_verify *run, FILE *out)
{
	static const char *const pools[] = {"nonpaged", "paged"};
	const struct l62_statistics *s = &run->arena->statistics;

	fputs("\n\nSummary of All Verifier Statistics\n\n", out);
	fprintf(out, "  RaiseIrqls           0x%" PRIx64 "\n", s->raise_irqls);
	fprintf(out, "  AcquireSpinLocks     0x%" PRIx64 "\n", s->spin_locks);
	fprintf(out, "  Synch Executions     0x%" PRIx64 "\n", s->synch_executions);
	fprintf(out, "  Trims                0x%" PRIx64 "\n\n", s->trims);
	fprintf(out, "  Pool Allocations Attempted             0x%" PRIx64 "\n", s->attempted);
	fprintf(out, "  Pool Allocations Succeeded             0x%" PRIx64 "\n", s->succeeded);
	fprintf(out, "  Pool Allocations Succeeded SpecialPool 0x%" PRIx64 "\n", s->special);
	fprintf(out, "  Pool Allocations With NO TAG           0x%" PRIx64 "\n", s->no_tag);
	fprintf(out, "  Pool Allocations Failed                0x%" PRIx64 "\n", s->failed);
	if (run->faults.mode != L62_FAULTS_NONE)
		fprintf(out, "  Resource Allocations Failed Deliberately   0x%" PRIx64 "\n",
		        l62_verify_injected_count(run, NULL));
	fputc('\n', out);
	for (int pool = 1; pool >= 0; pool--) {
		char title[64];

		snprintf(title, sizeof(title), "Current %s pool allocations", pools[pool]);
		fprintf(out, "  %-38s 0x%" PRIx64 " for %08" PRIX64 " bytes\n", title,
		        s->current[pool], s->current_bytes[pool]);
		snprintf(title, sizeof(title), "Peak %s pool allocations", pools[pool]);
		fprintf(out, "  %-38s 0x%" PRIx64 " for %08" PRIX64 " bytes\n", title,
		        s->peak[pool], s->peak_bytes[pool]);
	}
}

static void print_pair(const char *title, const uint64_t *values, FILE *out)
{
	fprintf(out, "      %-25s ( 0x%08" PRIX64 " / 0x%08" PRIX64 " )\n", title, values[0],
	        values[1]);
}

void l62_tag_text(uint32_t tag, char *text)
{
	for (int i = 0; i < 4; i++, tag >>= 8) {
		char c = (char)(tag & 0xff);

		text[i] = c;
		if (c < ' ' || c == 0x7f)
			text[i] = '.';
	}
	text[4] = '\0';
}

static void print_blocks(const struct l62_verify *run, FILE *out)
{
	bool modern = run->layout == L62_LAYOUT_MODERN;

	fprintf(out,
	        "\n    Pool Allocations:\n\n"
	        "      Address             Length      Tag   Caller%s    \n"
	        "      ------------------  ----------  ----  ------------------\n",
	        modern ? " Address" : "");
	for (size_t i = 0; i < run->block_count; i++) {
		const struct l62_block *block = &run->arena->blocks[run->blocks[i]];
		char tag[5];

		l62_tag_text(block->tag, tag);
		fprintf(out, "      0x%016" PRIx64 "  0x%08" PRIx64 "  %s  0x%016" PRIx64 "  ",
		        block->address, block->length, tag, block->caller);
		l62_print_symbol(run, block->caller, modern, out);
		fputc('\n', out);
	}
}

void l62_verify_print_statistics(const struct l62_verify *run, FILE *out)
{
	const struct l62_statistics *s = &run->arena->statistics;
	/* As in all of Driver Verifier, unloading has begun but is not over. */
	bool loaded = run->verdict != L62_VERDICT_CLEAN;

	fputc('\n', out);
	print_flags(run, out);
	print_summary(run, out);
	if (run->layout == L62_LAYOUT_MODERN)
		fprintf(out,
		        "\nDriver Verification List\n------------------------\n\n"
		        "nt!_VF_TARGET_DRIVER 0x%016" PRIx64 ": %s (%s)\n\n",
		        run->arena->entry_address, run->name,
		        l62_at_unload(run) ? "Loaded and Unloaded" : "Loaded");
	else
		fprintf(out,
		        "\n## Driver Verification List\n\n\n"
		        "  MODULE: 0x%016" PRIx64 " %s (%s)\n\n",
		        run->arena->module_address, run->name, loaded ? "Loaded" : "Unloaded");
	fputs("    Pool Allocation Statistics: ( NonPagedPool / PagedPool )\n\n", out);
	print_pair("Current Pool Allocations:", s->current, out);
	print_pair("Current Pool Bytes:", s->current_bytes, out);
	print_pair("Peak Pool Allocations:", s->peak, out);
	print_pair("Peak Pool Bytes:", s->peak_bytes, out);
	fprintf(out, "      Contiguous Memory Bytes:       0x%08" PRIX64 "\n", s->contiguous);
	fprintf(out, "      Peak Contiguous Memory Bytes:  0x%08" PRIX64 "\n",
	        s->peak_contiguous);
	if (run->block_count)
		print_blocks(run, out);
}
