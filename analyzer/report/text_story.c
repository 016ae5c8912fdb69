/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * A finding and the story of its slot as text:
 *
 *	the finding, as in the text report
 *	To get there, by DeviceControlDispatch (DISPATCH):
 *	  IRP_MJ_DEVICE_CONTROL, control code 0x222004 (IOCTL_X), input length >= 8
 *	    mydriver.c(55): AllIRPDispatch calls DeviceControlDispatch
 *	  as after load: DEVICE_EXTENSION.Buffer = 0
 *	  not known: DEVICE_EXTENSION.Started >= 1 (handleioctl.c(36))
 *	Story of DEVICE_EXTENSION.Buffer (also in global g_Buffer):
 *	  run:
 *	    handleioctl.c(38): DeviceControlDispatch acquires 'ext->Buffer' from ...
 *	    handleioctl.c(38): stored in DEVICE_EXTENSION.Buffer
 *	      from mydriver.c(55): dispatch routine AllIRPDispatch
 *	  teardown:
 *	    mydriver.c(45): DriverUnload routine MyUnload releases nothing of it
 *	  given up, nothing is claimed of ways that go on from there:
 *	    mydriver.c(47): MyUnload tests data that leak62 does not follow; ...
 *
 * The entry points stand once behind events that have the same.
 */
#include "text.h"

#include <errno.h>
#include <string.h>

#include "leak62/witness.h"

enum { ENTRIES_SHOWN = 4 };

static const char *const headings[L62_PHASES] = {
        [L62_PHASE_LOAD] = "load",
        [L62_PHASE_RUN] = "run",
        [L62_PHASE_TEARDOWN] = "teardown",
        [L62_PHASE_NOWHERE] = "reached from no entry point",
};

static void put_slots(struct l62_text *text, const struct l62_story *story,
                      const struct l62_finding *finding)
{
	g_string_append(text->out, "Story of ");
	if (story->slots->len)
		l62_text_put(text, L62_TEXT_PLAIN, g_ptr_array_index(story->slots, 0));
	else if (finding->variable)
		l62_text_put(text, L62_TEXT_PLAIN, finding->variable);
	else
		g_string_append(text->out, "the allocation");
	for (guint i = 1; i < story->slots->len; i++) {
		g_string_append(text->out, i == 1 ? " (also in " : ", ");
		l62_text_put(text, L62_TEXT_PLAIN, g_ptr_array_index(story->slots, i));
	}
	g_string_append(text->out, story->slots->len > 1 ? "):\n" : ":\n");
}

static bool same_from(const struct l62_story_event *a, const struct l62_story_event *b)
{
	if (a->phase != b->phase || a->from->len != b->from->len)
		return false;
	for (guint i = 0; i < a->from->len; i++) {
		const struct l62_step *one = g_ptr_array_index(a->from, i);
		const struct l62_step *other = g_ptr_array_index(b->from, i);

		if (one->at.line != other->at.line ||
		    !g_str_equal(one->at.file, other->at.file))
			return false;
	}
	return true;
}

static void put_from(struct l62_text *text, const struct l62_story_event *event)
{
	guint shown = MIN(event->from->len, ENTRIES_SHOWN);

	for (guint i = 0; i < shown; i++) {
		const struct l62_step *entry = g_ptr_array_index(event->from, i);

		g_string_append(text->out, "      from ");
		l62_text_place(text, L62_TEXT_PLAIN, entry->at.file, entry->at.line);
		g_string_append(text->out, ": ");
		l62_text_put(text, L62_TEXT_PLAIN, entry->message);
		g_string_append_c(text->out, '\n');
	}
	if (event->from->len > shown)
		g_string_append_printf(text->out, "      and %u more entry points\n",
		                       event->from->len - shown);
}

static void put_doubts(struct l62_text *text, const struct l62_story *story)
{
	if (story->incomplete)
		g_string_append(text->out,
		                "  not simulated to the end, too many states: on which "
		                "ways it is lost is not known\n");
	if (story->doubts->len)
		g_string_append(text->out, "  given up, nothing is claimed of ways that go on "
		                           "from there:\n");
	for (guint i = 0; i < story->doubts->len; i++) {
		const struct l62_step *doubt = g_ptr_array_index(story->doubts, i);

		g_string_append(text->out, "    ");
		l62_text_place(text, L62_TEXT_PLACE, doubt->at.file, doubt->at.line);
		g_string_append(text->out, ": ");
		l62_text_put(text, L62_TEXT_PLAIN, doubt->message);
		g_string_append_c(text->out, '\n');
	}
}

/* "ExAllocatePool2 at io.c(38) returns NULL": the place comes behind the name. */
static void put_demand(struct l62_text *text, const struct l62_demand *demand)
{
	size_t length = demand->name ? strlen(demand->name) : 0;

	if ((demand->kind != L62_DEMAND_RETURNS && demand->kind != L62_DEMAND_RAISES) ||
	    strncmp(demand->text, demand->name ? demand->name : "", length) != 0) {
		l62_text_put(text, L62_TEXT_PLAIN, demand->text);
		return;
	}
	l62_text_put(text, L62_TEXT_PLAIN, demand->name ? demand->name : "a call");
	g_string_append(text->out, " at ");
	l62_text_place(text, L62_TEXT_PLAIN, demand->at.file, demand->at.line);
	l62_text_put(text, L62_TEXT_PLAIN,
	             demand->text + (demand->name ? length : strlen("a call")));
}

static void put_witness(struct l62_text *text, const struct l62_witness *witness)
{
	guint shown = 0;

	if (!witness)
		return;
	g_string_append(text->out, "To get there, by ");
	l62_text_put(text, L62_TEXT_PLAIN, witness->entry);
	if (witness->role) {
		g_string_append(text->out, " (");
		l62_text_put(text, L62_TEXT_PLAIN, witness->role);
		g_string_append_c(text->out, ')');
	}
	g_string_append(text->out, ":\n");
	for (guint i = 0; i < witness->demands->len; i++) {
		const struct l62_demand *demand =
		        &g_array_index(witness->demands, struct l62_demand, i);

		if (demand->kind == L62_DEMAND_STATE || demand->kind == L62_DEMAND_OTHER)
			continue;
		g_string_append(text->out, shown++ ? ", " : "  ");
		put_demand(text, demand);
	}
	if (!shown)
		g_string_append(text->out, "  nothing in particular");
	g_string_append_c(text->out, '\n');
	for (guint i = 0; i < witness->calls->len; i++) {
		const struct l62_step *call = g_ptr_array_index(witness->calls, i);

		g_string_append(text->out, "    ");
		l62_text_place(text, L62_TEXT_PLACE, call->at.file, call->at.line);
		g_string_append(text->out, ": ");
		l62_text_put(text, L62_TEXT_PLAIN, call->message);
		g_string_append_c(text->out, '\n');
	}
	for (guint i = 0; i < witness->demands->len; i++) {
		const struct l62_demand *demand =
		        &g_array_index(witness->demands, struct l62_demand, i);

		if (!demand->fresh)
			continue;
		g_string_append(text->out, "  as after load: ");
		l62_text_put(text, L62_TEXT_PLAIN, demand->text);
		g_string_append_c(text->out, '\n');
	}
	for (guint i = 0; i < witness->gaps->len; i++) {
		g_string_append(text->out, "  not known: ");
		l62_text_put(text, L62_TEXT_PLAIN, g_ptr_array_index(witness->gaps, i));
		g_string_append_c(text->out, '\n');
	}
}

int l62_report_story(FILE *out, const struct l62_finding *finding,
                     const struct l62_story *story, const struct l62_report_options *options,
                     struct l62_error *err)
{
	g_autoptr(GString) all = g_string_new(NULL);
	struct l62_text text = {all, options};
	const struct l62_story_event *last = NULL;

	l62_text_finding(&text, finding);
	put_witness(&text, finding->witness);
	put_slots(&text, story, finding);
	for (guint i = 0; i < story->events->len; i++) {
		const struct l62_story_event *event = g_ptr_array_index(story->events, i);

		if (last && !same_from(last, event))
			put_from(&text, last);
		if (!last || last->phase != event->phase)
			g_string_append_printf(all, "  %s:\n", headings[event->phase]);
		g_string_append(all, "    ");
		l62_text_place(&text, L62_TEXT_PLACE, event->at.file, event->at.line);
		g_string_append(all, ": ");
		l62_text_put(&text, L62_TEXT_PLAIN, event->message);
		g_string_append_c(all, '\n');
		last = event;
	}
	if (last)
		put_from(&text, last);
	put_doubts(&text, story);
	g_string_append_c(all, '\n');
	if (fwrite(all->str, 1, all->len, out) != all->len || fflush(out) != 0)
		return l62_error_set(err, L62_E_IO,
		                     "cannot write the story: %s; give an output that can be "
		                     "written",
		                     g_strerror(errno));
	return 0;
}
