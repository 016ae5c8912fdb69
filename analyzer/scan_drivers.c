/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* See scan_drivers.h. */
#include "scan_drivers.h"

#include <string.h>

#include "leak62/link.h"
#include "unit.h"

struct member {
	struct l62_unit *unit;
	const GPtrArray *targets; /* of char; or NULL */
	char *folder;
	struct l62_facts_functions functions;
	bool placed;
	bool lent; /* others may need it as well: only its folder has placed it */
};

struct split {
	GArray *members;    /* of struct member */
	GPtrArray *drivers; /* of struct l62_scan_driver */
};

static void free_driver(gpointer data)
{
	struct l62_scan_driver *driver = data;

	g_ptr_array_unref(driver->units);
	g_free(driver->name);
	g_free(driver);
}

static struct member *member_at(const struct split *split, guint i)
{
	return &g_array_index(split->members, struct member, i);
}

static struct l62_scan_driver *find_driver(const struct split *split, const char *name)
{
	for (guint i = 0; i < split->drivers->len; i++) {
		struct l62_scan_driver *driver = g_ptr_array_index(split->drivers, i);

		if (strcmp(driver->name, name) == 0)
			return driver;
	}
	return NULL;
}

/* A driver of that name, or one like it if there is one. */
static struct l62_scan_driver *add_driver(struct split *split, const char *name)
{
	struct l62_scan_driver *driver = g_new0(struct l62_scan_driver, 1);

	driver->name = g_strdup(name);
	driver->units = g_ptr_array_new();
	for (guint i = 2; find_driver(split, driver->name); i++) {
		g_free(driver->name);
		driver->name = g_strdup_printf("%s-%u", name, i);
	}
	g_ptr_array_add(split->drivers, driver);
	return driver;
}

static void configured(struct split *split, const struct l62_config *config)
{
	for (guint d = 0; config && d < config->drivers->len; d++) {
		const struct l62_config_driver *wanted = g_ptr_array_index(config->drivers, d);
		struct l62_scan_driver *driver = add_driver(split, wanted->name);

		for (guint i = 0; i < split->members->len; i++) {
			struct member *member = member_at(split, i);

			if (!l62_config_driver_has(wanted, member->unit->source))
				continue;
			g_ptr_array_add(driver->units, member->unit);
			member->placed = true;
		}
		if (driver->units->len == 0)
			g_ptr_array_remove(split->drivers, driver);
	}
}

static bool is_for(const struct member *member, const char *target)
{
	return member->targets && g_ptr_array_find_with_equal_func((GPtrArray *)member->targets,
	                                                           target, g_str_equal, NULL);
}

/* What is compiled for two targets belongs to both.  A target is a driver if it has a
 * DriverEntry, or if all of them are. */
static void by_target(struct split *split, bool all)
{
	GHashTable *seen = g_hash_table_new(g_str_hash, g_str_equal);
	GHashTable *taken = g_hash_table_new(NULL, NULL);

	for (guint i = 0; i < split->members->len; i++) {
		const struct member *entry = member_at(split, i);

		if (entry->placed || !(all || entry->functions.driver_entry) || !entry->targets)
			continue;
		for (guint t = 0; t < entry->targets->len; t++) {
			char *target = g_ptr_array_index(entry->targets, t);
			struct l62_scan_driver *driver;

			if (!g_hash_table_add(seen, target))
				continue;
			driver = add_driver(split, target);
			for (guint k = 0; k < split->members->len; k++) {
				struct member *member = member_at(split, k);

				if (member->placed || !is_for(member, target))
					continue;
				g_ptr_array_add(driver->units, member->unit);
				g_hash_table_add(taken, member);
			}
		}
	}
	for (guint i = 0; i < split->members->len; i++)
		member_at(split, i)->placed |=
		        g_hash_table_contains(taken, member_at(split, i));
	g_hash_table_unref(taken);
	g_hash_table_unref(seen);
}

/* Of the folders that hold path the nearest one with a DriverEntry, or NULL. */
static const char *nearest(GHashTable *folders, const char *path)
{
	char *at = g_strdup(path);
	gpointer found = NULL;

	for (;;) {
		char *above;

		if (g_hash_table_lookup_extended(folders, at, &found, NULL))
			break;
		above = g_path_get_dirname(at);
		if (strcmp(above, at) == 0) {
			g_free(above);
			break;
		}
		g_free(at);
		at = above;
	}
	g_free(at);
	return found;
}

static bool by_folder_only(const struct member *member)
{
	return !member->placed && (!member->targets || member->targets->len == 0);
}

static void take_folder(struct split *split, GHashTable *folders, const char *folder)
{
	GPtrArray *sources = g_ptr_array_new();
	GPtrArray *units = g_ptr_array_new();
	struct l62_scan_driver *driver;
	char *name;

	for (guint i = 0; i < split->members->len; i++) {
		struct member *member = member_at(split, i);

		if (!by_folder_only(member) ||
		    g_strcmp0(nearest(folders, member->folder), folder) != 0)
			continue;
		g_ptr_array_add(units, member->unit);
		g_ptr_array_add(sources, member->unit->source);
		member->placed = true;
		member->lent = !member->functions.driver_entry;
	}
	name = l62_source_driver_name(sources);
	driver = add_driver(split, name);
	g_ptr_array_extend(driver->units, units, NULL, NULL);
	g_ptr_array_unref(units);
	g_ptr_array_unref(sources);
	g_free(name);
}

static void take_file(struct split *split, struct member *member)
{
	char *name = g_path_get_basename(member->unit->source);
	char *dot = strrchr(name, '.');

	if (dot && dot > name)
		*dot = '\0';
	g_ptr_array_add(add_driver(split, name)->units, member->unit);
	member->placed = true;
	g_free(name);
}

static void by_folder(struct split *split)
{
	/* How many DriverEntry routines each has. */
	GHashTable *folders = g_hash_table_new(g_str_hash, g_str_equal);

	for (guint i = 0; i < split->members->len; i++) {
		const struct member *member = member_at(split, i);
		guint count = GPOINTER_TO_UINT(g_hash_table_lookup(folders, member->folder));

		if (by_folder_only(member) && member->functions.driver_entry)
			g_hash_table_insert(folders, member->folder,
			                    GUINT_TO_POINTER(count + 1));
	}
	for (guint i = 0; i < split->members->len; i++) {
		struct member *member = member_at(split, i);

		if (!by_folder_only(member) || !member->functions.driver_entry)
			continue;
		if (GPOINTER_TO_UINT(g_hash_table_lookup(folders, member->folder)) == 1)
			take_folder(split, folders, member->folder);
		else
			take_file(split, member);
	}
	g_hash_table_unref(folders);
}

static bool needs(GHashTable *needed, GHashTable *defined)
{
	GHashTableIter iter;
	gpointer name;

	g_hash_table_iter_init(&iter, defined);
	while (g_hash_table_iter_next(&iter, &name, NULL)) {
		if (g_hash_table_contains(needed, name))
			return true;
	}
	return false;
}

static void need(const struct split *split, GHashTable *needed, GHashTable *has,
                 const struct l62_unit *unit)
{
	for (guint i = 0; i < split->members->len; i++) {
		const struct member *member = member_at(split, i);
		GHashTableIter iter;
		gpointer name;

		if (member->unit != unit)
			continue;
		g_hash_table_iter_init(&iter, member->functions.defined);
		while (g_hash_table_iter_next(&iter, &name, NULL)) {
			g_hash_table_add(has, name);
			g_hash_table_remove(needed, name);
		}
		g_hash_table_iter_init(&iter, member->functions.needed);
		while (g_hash_table_iter_next(&iter, &name, NULL)) {
			if (!g_hash_table_contains(has, name))
				g_hash_table_add(needed, name);
		}
	}
}

/* Gives each driver what it needs of the units that no driver has, or one by its folder
 * alone. */
static void by_use(struct split *split)
{
	GHashTable *used = g_hash_table_new(NULL, NULL);

	for (guint d = 0; d < split->drivers->len; d++) {
		struct l62_scan_driver *driver = g_ptr_array_index(split->drivers, d);
		GHashTable *needed = g_hash_table_new(g_str_hash, g_str_equal);
		GHashTable *has = g_hash_table_new(g_str_hash, g_str_equal);
		bool more;

		for (guint i = 0; i < driver->units->len; i++)
			need(split, needed, has, g_ptr_array_index(driver->units, i));
		do {
			more = false;
			for (guint i = 0; i < split->members->len; i++) {
				struct member *member = member_at(split, i);

				if ((member->placed && !member->lent) ||
				    g_ptr_array_find(driver->units, member->unit, NULL) ||
				    !needs(needed, member->functions.defined))
					continue;
				g_ptr_array_add(driver->units, member->unit);
				g_hash_table_add(used, member);
				need(split, needed, has, member->unit);
				more = true;
			}
		} while (more);
		g_hash_table_unref(needed);
		g_hash_table_unref(has);
	}
	for (guint i = 0; i < split->members->len; i++)
		member_at(split, i)->placed |= g_hash_table_contains(used, member_at(split, i));
	g_hash_table_unref(used);
}

/* What no driver has, or everything. */
static void rest(struct split *split)
{
	GPtrArray *units = g_ptr_array_new();

	for (guint i = 0; i < split->members->len; i++) {
		if (!member_at(split, i)->placed)
			g_ptr_array_add(units, member_at(split, i)->unit);
	}
	if (units->len) {
		char *name = l62_unit_driver_name(units);

		g_ptr_array_extend(add_driver(split, name)->units, units, NULL, NULL);
		g_free(name);
	}
	g_ptr_array_unref(units);
}

static void read_members(struct split *split, const GPtrArray *units,
                         const struct l62_scan_units *entries, const struct l62_work *work)
{
	GHashTable *targets = g_hash_table_new(g_str_hash, g_str_equal);

	for (guint i = 0; entries->entries && i < entries->entries->len; i++) {
		const struct l62_entry *entry = g_ptr_array_index(entries->entries, i);

		g_hash_table_insert(targets, entry->source, entry->targets);
	}
	for (guint i = 0; i < units->len; i++) {
		struct member member = {.unit = g_ptr_array_index(units, i)};
		char *facts = l62_work_path(work, member.unit->facts[member.unit->stage]);

		member.targets = g_hash_table_lookup(targets, member.unit->source);
		member.folder = g_path_get_dirname(member.unit->source);
		l62_facts_functions_read(&member.functions, facts);
		g_array_append_val(split->members, member);
		g_free(facts);
	}
	g_hash_table_unref(targets);
}

static guint count_entries(const struct split *split)
{
	guint count = 0;

	for (guint i = 0; i < split->members->len; i++)
		count += member_at(split, i)->functions.driver_entry;
	return count;
}

/* A target of its own does not make two of one DriverEntry. */
GPtrArray *l62_scan_drivers(const GPtrArray *units, const struct l62_scan_units *entries,
                            const struct l62_config *config, const struct l62_work *work)
{
	struct split split = {g_array_new(FALSE, FALSE, sizeof(struct member)),
	                      g_ptr_array_new_with_free_func(free_driver)};

	read_members(&split, units, entries, work);
	configured(&split, config);
	if (split.drivers->len || entries->projects || count_entries(&split) > 1) {
		by_target(&split, entries->projects);
		by_folder(&split);
		by_use(&split);
	}
	rest(&split);
	for (guint i = 0; i < split.members->len; i++) {
		l62_facts_functions_clear(&member_at(&split, i)->functions);
		g_free(member_at(&split, i)->folder);
	}
	g_array_unref(split.members);
	return split.drivers;
}
