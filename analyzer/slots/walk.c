/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* The work list of one function, and what is already known of others. */
#include "walk.h"

enum {
	STATES_MAX = 4000,  /* of one function from one state on */
	STEPS_MAX = 400000, /* blocks, for one slot */
	DEPTH_MAX = 48,     /* of calls */
};

struct l62_trail *l62_walk_trail(struct l62_walk *w, struct l62_trail *before,
                                 enum l62_trail_type type, const struct l62_function *f,
                                 uint32_t line)
{
	struct l62_trail *t = g_new0(struct l62_trail, 1);

	*t = (struct l62_trail){.before = before, .type = type, .f = f, .line = line};
	g_ptr_array_add(w->trails, t);
	return t;
}

static guint run_hash(gconstpointer key)
{
	const struct l62_run *run = key;

	return l62_sstate_hash(run->entry) ^ GPOINTER_TO_UINT(run->sb);
}

static gboolean run_equal(gconstpointer a, gconstpointer b)
{
	const struct l62_run *x = a, *y = b;

	return x->sb == y->sb && l62_sstate_equal(x->entry, y->entry);
}

static void free_run(void *data)
{
	struct l62_run *run = data;

	l62_sstate_free(run->entry);
	g_ptr_array_unref(run->exits);
	g_free(run);
}

void l62_walk_init(struct l62_walk *w, const struct l62_slice *slice)
{
	struct l62_program *p = (struct l62_program *)slice->index->program;

	*w = (struct l62_walk){.slice = slice, .request = {-1, -1}};
	w->device_kind = l62_program_atom(p, "DEVICE");
	w->first_device = l62_program_atom(p, "DRIVER_OBJECT.DeviceObject");
	w->file_object = l62_program_atom(p, "IO_STACK_LOCATION.FileObject");
	w->next_device = l62_program_atom(p, "DEVICE_OBJECT.NextDevice");
	w->minor_slot = l62_program_atom(p, "IO_STACK_LOCATION.MinorFunction");
	w->runs = g_hash_table_new_full(run_hash, run_equal, NULL, free_run);
	w->trails = g_ptr_array_new_with_free_func(g_free);
	w->mismatches = g_array_new(FALSE, FALSE, sizeof(struct l62_mismatch));
	w->doubts = g_array_new(FALSE, FALSE, sizeof(struct l62_doubt));
}

void l62_walk_doubt(struct l62_walk *w, const struct l62_function *f, uint32_t line,
                    enum l62_doubt_reason reason)
{
	struct l62_doubt doubt = {f, line, reason};

	w->doubtful = true;
	for (guint i = 0; i < w->doubts->len; i++) {
		const struct l62_doubt *d = &g_array_index(w->doubts, struct l62_doubt, i);

		if (d->f == f && d->line == line)
			return;
	}
	g_array_append_val(w->doubts, doubt);
}

void l62_walk_clear(struct l62_walk *w)
{
	g_hash_table_unref(w->runs);
	g_ptr_array_unref(w->trails);
	g_array_unref(w->doubts);
	g_array_unref(w->mismatches);
}

void l62_walk_request(struct l62_walk *w, struct l62_request request)
{
	if (w->request.major != request.major || w->request.minor != request.minor)
		g_hash_table_remove_all(w->runs);
	w->request = request;
}

/* Only what can still matter is told apart. */
static void forget_dead(const struct l62_frame *fr, struct l62_sstate *st, uint32_t block)
{
	for (guint i = st->bindings->len; i-- > 0;) {
		uint64_t key = g_array_index(st->bindings, struct l62_binding, i).key;

		if (l62_key_type(key) == L62_KEY_VAR &&
		    !l62_body_live(fr->sb->body, block, l62_key_n(key)))
			g_array_remove_index(st->bindings, i);
	}
}

void l62_frame_push(struct l62_frame *fr, struct l62_sstate *st, uint32_t block)
{
	struct l62_todo todo = {block, st};

	forget_dead(fr, st, block);
	if (!fr->seen[block])
		fr->seen[block] = g_hash_table_new_full(l62_sstate_hash, l62_sstate_equal,
		                                        l62_sstate_free, NULL);
	if (g_hash_table_contains(fr->seen[block], st)) {
		l62_sstate_free(st);
		return;
	}
	todo.st = l62_sstate_copy(st);
	g_hash_table_add(fr->seen[block], st);
	g_array_append_val(fr->todo, todo);
	if (fr->todo->len > STATES_MAX || ++fr->walk->steps > STEPS_MAX)
		fr->walk->gave_up = true;
}

/* Whether idle calls change nothing of it. */
static bool is_quiet(const struct l62_sstate *st)
{
	for (guint i = 0; i < st->bindings->len; i++) {
		const struct l62_binding *b =
		        &g_array_index(st->bindings, struct l62_binding, i);

		if (l62_key_type(b->key) == L62_KEY_STORED || b->val.type >= L62_SVAL_ADDR)
			return false;
	}
	return true;
}

void l62_frame_go_on(struct l62_frame *fr, struct l62_sstate *st, uint32_t block,
                     uint32_t index)
{
	const struct l62_block *b = l62_body_block(fr->sb->body, block);
	const uint32_t *next = fr->sb->next;

	for (; index < b->ops + b->nops; index++) {
		if (next[index] > index && is_quiet(st))
			index = next[index];
		if (index < b->ops + b->nops && !l62_frame_op(fr, st, block, index))
			return;
	}
	l62_frame_end(fr, st, block);
}

static void follow(struct l62_walk *w, struct l62_run *run)
{
	struct l62_frame fr = {.walk = w, .sb = run->sb, .run = run};
	uint32_t n = run->sb->body->f->blocks->len;

	fr.seen = g_new0(GHashTable *, n);
	fr.todo = g_array_new(FALSE, FALSE, sizeof(struct l62_todo));
	l62_frame_push(&fr, l62_sstate_copy(run->entry), 0);
	/* In the order they came, so that the first way to a state is a short one. */
	for (guint i = 0; i < fr.todo->len; i++) {
		struct l62_todo todo = g_array_index(fr.todo, struct l62_todo, i);

		if (w->gave_up)
			l62_sstate_free(todo.st);
		else
			l62_frame_go_on(&fr, todo.st, todo.block,
			                l62_body_block(run->sb->body, todo.block)->ops);
	}
	for (uint32_t b = 0; b < n; b++)
		if (fr.seen[b])
			g_hash_table_unref(fr.seen[b]);
	g_free(fr.seen);
	g_array_unref(fr.todo);
}

const GPtrArray *l62_walk_run(struct l62_walk *w, const struct l62_slice_body *sb,
                              const struct l62_sstate *entry)
{
	struct l62_run key = {.sb = sb, .entry = (struct l62_sstate *)entry};
	struct l62_run *run = g_hash_table_lookup(w->runs, &key);

	/* Of a recursion what the ways that end first have shown. */
	if (run)
		return run->exits;
	run = g_new0(struct l62_run, 1);
	run->sb = sb;
	run->entry = l62_sstate_copy(entry);
	run->entry->trail = NULL;
	run->exits = g_ptr_array_new_with_free_func(l62_sstate_free);
	g_hash_table_add(w->runs, run);
	if (w->depth >= DEPTH_MAX) {
		w->gave_up = true;
		return run->exits;
	}
	w->depth++;
	follow(w, run);
	w->depth--;
	return run->exits;
}
