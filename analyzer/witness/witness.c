/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * From ways to a witness: the calls from an entry point down, and the way itself, with
 * what they ask of arguments put back to what the callers pass.
 *
 *	Dispatch(Device, Irp)           IoControlCode = 0x222008
 *	  Lose(SystemBuffer, Length)    argument 1 >= 8    -> InputBufferLength >= 8
 *	                                pointee 0 + 4 = 3  -> offset 4 of the system buffer
 */
#include "witness/witness.h"

#include <stdlib.h>
#include <string.h>

enum { MAX_CANDIDATES = 16 };

/* The calls that lead to a way, the first one first. */
struct route {
	GPtrArray *calls; /* of struct l62_way */
	const struct l62_way *last;
	struct l62_witness *witness;
	const struct l62_ways *ways;
};

static struct l62_witness *witness_new(void)
{
	struct l62_witness *witness = g_new0(struct l62_witness, 1);

	witness->demands = g_array_new(FALSE, FALSE, sizeof(struct l62_demand));
	witness->calls = g_ptr_array_new_with_free_func(g_free);
	witness->gaps = g_ptr_array_new();
	witness->strings = g_string_chunk_new(512);
	return witness;
}

void l62_witness_free(struct l62_witness *witness)
{
	if (!witness)
		return;
	g_array_unref(witness->demands);
	g_ptr_array_unref(witness->calls);
	g_ptr_array_unref(witness->gaps);
	g_string_chunk_free(witness->strings);
	g_free(witness);
}

static const char *keep(struct l62_witness *witness, const char *text)
{
	return text ? g_string_chunk_insert_const(witness->strings, text) : NULL;
}

static const struct l62_asked *argument_of(const struct l62_way *call, const char *name)
{
	int idx = name ? (int)strtol(name, NULL, 10) : -1;

	for (guint i = 0; i < call->args->len; i++) {
		const struct l62_asked *arg = &g_array_index(call->args, struct l62_asked, i);

		if (arg->idx == idx)
			return arg;
	}
	return NULL;
}

static bool allows(const struct l62_asked *asked, gint64 value)
{
	bool within;

	if (asked->has_mask)
		value &= asked->mask;
	within = (!asked->has_min || value >= asked->min) &&
	         (!asked->has_max || value <= asked->max);
	return within != asked->excluded;
}

/* An argument, of the function that level calls have led to, in terms of its caller.
 * False: there is nothing left to ask. */
static bool put_back(const struct route *route, struct l62_asked *asked, guint level)
{
	while (strcmp(asked->kind, "argument") == 0 || strcmp(asked->kind, "pointee") == 0) {
		bool pointee = strcmp(asked->kind, "pointee") == 0;
		const struct l62_way *call =
		        level > 0 ? g_ptr_array_index(route->calls, --level) : NULL;
		const struct l62_asked *arg =
		        call && call->direct ? argument_of(call, asked->name) : NULL;

		if (!arg)
			break;
		if (strcmp(arg->kind, "constant") == 0) {
			if (pointee)
				break;
			if (allows(asked, g_ascii_strtoll(arg->name, NULL, 10)))
				return false;
			break;
		}
		if (strcmp(arg->kind, "pointer") == 0 && pointee) {
			asked->kind = "buffer";
		} else if (pointee) {
			if (strcmp(arg->kind, "argument") != 0) {
				if (!arg->has_offset ||
				    __builtin_add_overflow(asked->offset, arg->offset,
				                           &asked->offset))
					break;
				asked->kind = arg->kind;
			}
		} else if (strcmp(arg->kind, "buffer") == 0 && !arg->has_width) {
			if (!allows(asked, 0)) /* an address that is not null */
				return false;
			asked->kind = "pointer";
		} else {
			asked->kind = arg->kind;
			asked->has_offset = arg->has_offset;
			asked->offset = arg->offset;
		}
		asked->name = arg->name;
	}
	return true;
}

static bool kind_of(const char *name, enum l62_demand_kind *kind)
{
	for (int i = 0; i <= L62_DEMAND_OTHER; i++) {
		if (strcmp(l62_demand_kind_name((enum l62_demand_kind)i), name) == 0) {
			*kind = (enum l62_demand_kind)i;
			return true;
		}
	}
	return false;
}

static char *argument_text(const struct l62_asked *asked, const struct l62_way *way)
{
	if (asked->text)
		return g_strdup(asked->text);
	return g_strdup_printf("argument %s of %s", asked->name ? asked->name : "?",
	                       way->function->name);
}

static void add_asked(const struct route *route, const struct l62_way *way, guint level,
                      const struct l62_asked *row)
{
	struct l62_witness *witness = route->witness;
	struct l62_asked asked = *row;
	struct l62_demand demand = {0};

	if (!put_back(route, &asked, level))
		return;
	if (!kind_of(asked.kind, &demand.kind)) {
		g_autofree char *text = argument_text(row, way);

		demand.kind = L62_DEMAND_STATE;
		demand.name = keep(witness, text);
	} else if (demand.kind <= L62_DEMAND_OUTPUT_LENGTH) {
		demand.field = keep(witness, asked.name);
	} else {
		demand.name = keep(witness, asked.name);
		if (demand.kind == L62_DEMAND_PARAMETER)
			demand.field = demand.name;
	}
	if (demand.kind == L62_DEMAND_BUFFER) {
		demand.offset = asked.offset;
		demand.width = (int)asked.width;
	}
	demand.text = keep(witness, asked.text);
	demand.has_mask = asked.has_mask;
	demand.mask = (guint64)asked.mask;
	demand.excluded = asked.excluded;
	demand.has_min = asked.has_min;
	demand.has_max = asked.has_max;
	demand.min = asked.min;
	demand.max = asked.max;
	demand.nth = asked.nth;
	demand.fresh = demand.kind == L62_DEMAND_STATE && demand.name &&
	               (strchr(demand.name, '.') || g_str_has_prefix(demand.name, "::")) &&
	               !g_str_has_prefix(demand.name, "param ") && allows(&asked, 0);
	demand.at.file = keep(witness, asked.file);
	demand.at.line = asked.line;
	l62_witness_add(witness, demand);
}

static void add_call(const struct route *route, const struct l62_way *call)
{
	struct l62_step *step = g_new0(struct l62_step, 1);
	g_autofree char *text = g_strdup_printf("%s %s %s", call->function->name,
	                                        call->direct ? "calls" : "mentions",
	                                        call->callee->name);

	step->at = call->at;
	step->at.file = keep(route->witness, call->at.file);
	step->message = keep(route->witness, text);
	g_ptr_array_add(route->witness->calls, step);
	if (call->unknown)
		l62_witness_gap(route->witness,
		                g_strdup_printf("when %s calls %s, through a pointer, is not "
		                                "known",
		                                call->function->name, call->callee->name));
	else if (!call->direct && !call->callee->started)
		l62_witness_gap(route->witness,
		                g_strdup_printf("the system has to call %s%s%s%s",
		                                call->callee->name,
		                                call->callee->role ? " (" : "",
		                                call->callee->role ? call->callee->role : "",
		                                call->callee->role ? ")" : ""));
}

/* Major functions whose parameters the demands are about: the first that fits. */
static gint64 implied_major(const struct l62_witness *witness, guint nth)
{
	static const struct {
		const char *prefix;
		gint64 majors[2];
	} rows[] = {
	        {"DeviceIoControl.", {14, 15}}, {"FileSystemControl.", {13, -1}},
	        {"Read.", {3, -1}},             {"Write.", {4, -1}},
	        {"FileName.", {0, -1}},         {"Create.", {0, -1}},
	        {"QueryFile.", {5, -1}},        {"SetFile.", {6, -1}},
	        {"QueryVolume.", {10, -1}},     {"QueryDirectory.", {12, -1}},
	        {"LockControl.", {17, -1}},     {"Power.", {22, -1}},
	        {"QueryDeviceRelations.", {27, -1}},
	};

	for (guint i = 0; i < witness->demands->len; i++) {
		const struct l62_demand *demand =
		        &g_array_index(witness->demands, struct l62_demand, i);

		for (size_t j = 0; demand->field && j < G_N_ELEMENTS(rows); j++) {
			if (g_str_has_prefix(demand->field, rows[j].prefix))
				return nth < 2 ? rows[j].majors[nth] : -1;
		}
	}
	return -1;
}

static bool serves(const struct l62_place_function *entry, gint64 major)
{
	for (guint i = 0; i < entry->majors->len; i++) {
		gint64 one = g_array_index(entry->majors, gint64, i);

		if (one == -1 || one == major)
			return true;
	}
	return false;
}

static bool allows_major(const struct l62_witness *witness, gint64 major)
{
	for (guint i = 0; i < witness->demands->len; i++) {
		const struct l62_demand *demand =
		        &g_array_index(witness->demands, struct l62_demand, i);
		gint64 value = demand->has_mask ? major & (gint64)demand->mask : major;
		bool within = (!demand->has_min || value >= demand->min) &&
		              (!demand->has_max || value <= demand->max);

		if (demand->kind == L62_DEMAND_MAJOR && within == demand->excluded)
			return false;
	}
	return true;
}

/* Which request the dispatch routine gets, unless the way says so itself. */
static void add_major(struct l62_witness *witness, const struct l62_place_function *entry)
{
	enum { LAST = 27 }; /* IRP_MJ_PNP */
	struct l62_demand demand = {.kind = L62_DEMAND_MAJOR, .at = {.file = ""},
	                            .has_min = true, .has_max = true,
	                            .field = "MajorFunction"};
	gint64 chosen = -1;
	int64_t pinned;

	if (l62_witness_value(witness, L62_DEMAND_MAJOR, &pinned)) {
		if (!serves(entry, pinned))
			l62_witness_gap(witness,
			                g_strdup_printf("%s does not serve major function %d",
			                                entry->name, (int)pinned));
		return;
	}
	for (guint nth = 0; nth < 2 && chosen < 0; nth++) {
		gint64 major = implied_major(witness, nth);

		if (major >= 0 && serves(entry, major) && allows_major(witness, major))
			chosen = major;
	}
	for (gint64 major = 0; major <= LAST && chosen < 0; major++) {
		if (implied_major(witness, 0) < 0 && serves(entry, major) &&
		    allows_major(witness, major))
			chosen = major;
	}
	if (chosen < 0) {
		l62_witness_gap(witness,
		                g_strdup_printf("which request leads there through %s is not "
		                                "known",
		                                entry->name));
		return;
	}
	for (guint i = 0; i < witness->demands->len;) {
		if (g_array_index(witness->demands, struct l62_demand, i).kind ==
		    L62_DEMAND_MAJOR)
			g_array_remove_index(witness->demands, i);
		else
			i++;
	}
	demand.min = demand.max = chosen;
	g_array_prepend_val(witness->demands, demand);
}

/* The witness that takes way; function is where it starts. */
static struct l62_witness *compose(const struct l62_ways *ways, const struct l62_way *way,
                                   const struct l62_place_function *function)
{
	struct l62_witness *witness = witness_new();
	g_autoptr(GPtrArray) calls = g_ptr_array_new();
	struct route route = {calls, way, witness, ways};
	const struct l62_place_function *entry = function;

	for (; entry && entry->come_from; entry = entry->come_from->function)
		g_ptr_array_insert(calls, 0, entry->come_from);
	witness->entry = keep(witness, entry ? entry->name : "");
	witness->role = entry ? keep(witness, entry->role) : NULL;
	for (guint i = 0; i < calls->len; i++) {
		const struct l62_way *call = g_ptr_array_index(calls, i);

		add_call(&route, call);
		for (guint j = 0; j < call->demands->len; j++)
			add_asked(&route, call, i,
			          &g_array_index(call->demands, struct l62_asked, j));
	}
	for (guint j = 0; way && j < way->demands->len; j++)
		add_asked(&route, way, calls->len,
		          &g_array_index(way->demands, struct l62_asked, j));
	if (!entry || !entry->reached)
		l62_witness_gap(witness, g_strdup_printf("no entry point is known to lead to %s",
		                                         entry ? entry->name : "it"));
	else if (entry->majors->len)
		add_major(witness, entry);
	l62_witness_finish(witness, ways);
	return witness;
}

/* How well a way fits what is wanted: the smaller the better; negative: not at all. */
static int misfit(const struct l62_way *way, const struct l62_wanted *wanted)
{
	bool fails = g_strcmp0(way->result, "failure") == 0;
	bool load = strcmp(wanted->rule, "LeakOnFailedLoad") == 0;
	bool here = way->at.line == wanted->at.line &&
	            strcmp(way->at.file, wanted->at.file) == 0;

	if (way->kind == 'l')
		return here ? 0 : wanted->slot ? 8 : 4;
	if (load)
		return fails ? 1 : 8;
	return 1 + (wanted->slot && g_strcmp0(way->path, wanted->slot) != 0) * 2 + fails * 4;
}

static struct l62_cost whole_cost(const struct l62_way *way)
{
	struct l62_cost far = {1000, 1000, 1000};

	return l62_cost_add(way->function->reached ? way->function->cost : far, way);
}

struct candidate {
	const struct l62_way *way;
	int misfit;
	struct l62_cost cost;
	guint order;
};

static int compare_candidates(gconstpointer left, gconstpointer right)
{
	const struct candidate *a = left, *b = right;
	int order = a->misfit - b->misfit;

	if (order == 0)
		order = l62_cost_compare(&a->cost, &b->cost);
	return order ? order : (a->order > b->order) - (a->order < b->order);
}

/* Where no path carried the resource to an exit: what stands around the call. */
static const struct l62_way *acquiring_call(const struct l62_place_function *holder,
                                            const struct l62_location *at)
{
	for (guint i = 0; holder && i < holder->calls->len; i++) {
		const struct l62_way *call = g_ptr_array_index(holder->calls, i);

		if (call->at.line == at->line && call->at.col == at->col &&
		    strcmp(call->at.file, at->file) == 0)
			return call;
	}
	return NULL;
}

struct l62_witness *l62_witness_make(const struct l62_ways *ways,
                                     const struct l62_wanted *wanted,
                                     const struct l62_place_function *holder)
{
	GPtrArray *list = g_hash_table_lookup(ways->by_site, &wanted->site);
	g_autoptr(GArray) candidates = g_array_new(FALSE, FALSE, sizeof(struct candidate));
	struct l62_witness *best = NULL;
	int fit = 0;

	for (guint i = 0; list && i < list->len; i++) {
		struct candidate one = {.way = g_ptr_array_index(list, i), .order = i};

		one.misfit = misfit(one.way, wanted);
		one.cost = whole_cost(one.way);
		g_array_append_val(candidates, one);
	}
	g_array_sort(candidates, compare_candidates);
	for (guint i = 0; i < MIN(candidates->len, MAX_CANDIDATES); i++) {
		const struct candidate *one = &g_array_index(candidates, struct candidate, i);
		struct l62_witness *witness;

		if (best && (one->misfit > fit || best->complete))
			break;
		witness = compose(ways, one->way, one->way->function);
		if (!best || witness->gaps->len < best->gaps->len) {
			l62_witness_free(best);
			best = witness;
			fit = one->misfit;
		} else {
			l62_witness_free(witness);
		}
	}
	if (!best) {
		const struct l62_way *call = acquiring_call(holder, &wanted->allocation);

		best = compose(ways, call, holder);
		if (!call) {
			l62_witness_gap(best, g_strdup_printf("no path to the allocation in %s "
			                                      "was seen",
			                                      holder ? holder->name : "it"));
			best->complete = false;
		}
	}
	return best;
}
