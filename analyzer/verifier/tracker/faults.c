/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* Which calls fail: the plan, carried out in the child; see faults.h. */
#include "faults.h"

#include <stdlib.h>
#include <string.h>

#include "cpu/capture.h"
#include "loader/image.h"
#include "run/child.h"
#include "tracker.h"

enum { RANDOM_OF = 10000, TAG_LENGTH = 4 };

/* How often a key was met in this run: open addressing, grown when it is half full. */
struct seen {
	uint64_t key; /* 0: free */
	uint32_t times;
};

struct l62_fault_counter l62_fault_counter;

static struct {
	const struct l62_fault_plan *plan;
	uint64_t random;
	size_t next_at; /* of plan->at */
	struct seen *seen;
	size_t places, used;
} faults;

void l62_faults_begin(const struct l62_fault_plan *plan)
{
	struct l62_arena *arena = l62_child_arena();

	l62_fault_counter = (struct l62_fault_counter){
	        .count = &arena->fault_calls,
	        .calls = arena->calls,
	        .calls_most = L62_CALLS_MOST,
	        .decides = plan->mode != L62_FAULTS_NONE,
	};
	faults.plan = plan;
	faults.random = plan->seed;
}

/* splitmix64: any seed will do, also 0. */
static uint64_t next_random(void)
{
	uint64_t value = faults.random += UINT64_C(0x9e3779b97f4a7c15);

	value = (value ^ value >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
	value = (value ^ value >> 27) * UINT64_C(0x94d049bb133111eb);
	return value ^ value >> 31;
}

static uint64_t mix(uint64_t hash, uint64_t value)
{
	hash = (hash ^ value) * UINT64_C(0x9e3779b97f4a7c15);
	return hash ^ hash >> 32;
}

/* Of the service's name and the driver's frames, relative to the image; never 0. */
static uint64_t key_of(uint32_t service, const uint64_t *frames, size_t count)
{
	const struct l62_image *image = l62_image_loaded();
	uint64_t key = 1;

	for (const char *c = l62_services[service].name; *c; c++)
		key = mix(key, (uint8_t)*c);
	for (size_t i = 0; i < count; i++) {
		if (frames[i] - image->base < image->size)
			key = mix(key, frames[i] - image->base);
	}
	return key ? key : 1;
}

static bool matches(const char *pattern, size_t length, const char *tag)
{
	for (size_t i = 0; i < TAG_LENGTH; i++) {
		if (i < length && pattern[i] == '*')
			return true;
		if (i >= length || (pattern[i] != '?' && pattern[i] != tag[i]))
			return false;
	}
	return length == TAG_LENGTH;
}

/* Tags are compared as they lie in memory. */
static bool is_chosen(const char *tags, uint32_t tag)
{
	char text[TAG_LENGTH];

	if (!tags)
		return true;
	memcpy(text, &tag, sizeof(text));
	while (tag) {
		size_t length = strcspn(tags, "+");

		if (matches(tags, length, text))
			return true;
		if (tags[length] == '\0')
			return false;
		tags += length + 1;
	}
	return false;
}

static struct seen *place_of(uint64_t key)
{
	size_t at = key & (faults.places - 1);

	while (faults.seen[at].key && faults.seen[at].key != key)
		at = (at + 1) & (faults.places - 1);
	return &faults.seen[at];
}

static void grow(void)
{
	enum { FIRST = 256 };
	size_t places = faults.places;
	struct seen *old = faults.seen;

	faults.places = places ? places * 2 : FIRST;
	faults.seen = l62_host_alloc(faults.places * sizeof(*faults.seen));
	for (size_t i = 0; i < places; i++) {
		if (old[i].key)
			*place_of(old[i].key) = old[i];
	}
	l62_host_free(old);
}

/* How often the key was met before in this run. */
static uint32_t count_seen(uint64_t key)
{
	struct seen *seen;

	if (faults.used * 2 >= faults.places)
		grow();
	seen = place_of(key);
	faults.used += seen->key == 0;
	seen->key = key;
	return seen->times++;
}

/* The table is marked before the failure is delivered: a crash must not hide it. */
static bool is_untried(uint64_t key)
{
	const struct l62_fault_plan *plan = faults.plan;
	uint32_t most = plan->occurrences ? plan->occurrences : 1, tried;

	if (l62_child_arena()->injected_count)
		return false;
	tried = l62_tried_count(plan->tried, key);
	return count_seen(key) == tried && tried < most && l62_tried_add(plan->tried, key, 1);
}

static bool is_at(uint64_t call, uint32_t *status)
{
	const struct l62_fault_plan *plan = faults.plan;

	while (faults.next_at < plan->at_count && plan->at[faults.next_at].call < call)
		faults.next_at++;
	if (faults.next_at == plan->at_count || plan->at[faults.next_at].call != call)
		return false;
	*status = plan->at[faults.next_at].status;
	return true;
}

static void note(const struct l62_injected *injected)
{
	struct l62_arena *arena = l62_child_arena();

	if (arena->injected_count == 0)
		memcpy(arena->injected_step, arena->step, sizeof(arena->injected_step));
	if (arena->injected_count < L62_INJECTED_MOST)
		arena->injected[arena->injected_count] = *injected;
	if (injected->call <= L62_CALLS_MOST)
		arena->calls[injected->call - 1].injected = 1;
	arena->injected_count++;
}

int32_t l62_fault_injected(void)
{
	return l62_child_arena()->injected_count != 0;
}

int32_t l62_fault_decide(uint32_t service, uint32_t tag, uint32_t kind, uint64_t caller,
                         uint32_t *status)
{
	struct l62_arena *arena = l62_child_arena();
	const struct l62_fault_plan *plan = faults.plan;
	uint64_t frames[L62_STACK_DEPTH], call = l62_fault_count(service, caller), key = 0;
	uint32_t wanted = 0;
	size_t count = 0;
	bool fails = false;

	if (plan->mode == L62_FAULTS_RANDOM)
		fails = is_chosen(plan->tags, tag) &&
		        next_random() % RANDOM_OF < plan->per_10000;
	else if (plan->mode == L62_FAULTS_AT)
		fails = is_at(call, &wanted);
	if (fails || (plan->mode == L62_FAULTS_SYSTEMATIC && arena->injected_count == 0)) {
		count = l62_capture(frames, L62_STACK_DEPTH, NULL);
		key = key_of(service, frames, count);
	}
	if (!fails && (plan->mode != L62_FAULTS_SYSTEMATIC || !key || !is_untried(key)))
		return 0;
	if (wanted && kind != L62_FAULT_IS_NULL)
		*status = wanted;
	note(&(struct l62_injected){
	        .call = call,
	        .key = key,
	        .caller = caller,
	        .service = service,
	        .status = kind == L62_FAULT_IS_NULL ? 0 : *status,
	        .stack = l62_stack_store(arena, frames, count),
	        .raised = kind == L62_FAULT_RAISES,
	        .chosen = wanted && kind != L62_FAULT_IS_NULL,
	});
	return 1;
}
