/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* What the files of the evaluation share.  See msbuild.h. */
#ifndef LEAK62_BUILD_MSBUILD_INTERNAL_H
#define LEAK62_BUILD_MSBUILD_INTERNAL_H

#include <libxml/tree.h>

#include "msbuild.h"

/* An element that is evaluated after all properties are known. */
struct l62_msbuild_place {
	xmlNode *node;
	char *file;
};

struct l62_msbuild_typed {
	char *type; /* lower case */
	struct l62_msbuild_item item;
};

struct l62_msbuild {
	char *path, *folder;
	GHashTable *globals;     /* lower-case name -> value; borrowed */
	GHashTable *properties;  /* the same */
	GHashTable *definitions; /* lower-case item type -> metadata */
	GPtrArray *items;        /* of struct l62_msbuild_typed */
	GPtrArray *notes;        /* of char; borrowed */
	GHashTable *said;        /* notes that were given */
	GPtrArray *documents;    /* of xmlDoc */
	GPtrArray *open;         /* of char: the files being read, outermost first */
	GHashTable *imported;    /* all files read */
	GArray *definition_groups, *item_groups; /* of struct l62_msbuild_place */
	const char *file;                        /* the one being read */
	size_t spent;                            /* bytes that expansion has made */
	size_t depth;                            /* of functions within functions */
	int status;                              /* the first failure stays */
	struct l62_error err;
};

/* The file at path as a tree, to be freed with xmlFreeDoc(): no network, no DTD, no
 * entities of its own.  L62_E_IO, L62_E_FORMAT. */
int l62_msbuild_load(const char *path, xmlDoc **document, struct l62_error *err);

/* Records the first failure of the evaluation. */
void l62_msbuild_fail(struct l62_msbuild *project, enum l62_code code, const char *format, ...)
        G_GNUC_PRINTF(3, 4);
/* Adds a note unless it was given before; takes text over. */
void l62_msbuild_note(struct l62_msbuild *project, char *text);

void l62_msbuild_set(struct l62_msbuild *project, const char *name, const char *value);

/* text with $(...) and, if metadata is not NULL, %(...) replaced.  Never NULL; free
 * with g_free(). */
char *l62_msbuild_expand(struct l62_msbuild *project, const char *text, GHashTable *metadata);

/* A call in a property function: type is "" for a method of the string self.  NULL if it
 * is none of those that are known.  args: NULL-terminated. */
char *l62_msbuild_call(struct l62_msbuild *project, const char *type, const char *self,
                       const char *member, char **args);

/* Whether a condition (NULL: none) holds.  metadata as above. */
bool l62_msbuild_condition(struct l62_msbuild *project, const char *condition,
                           GHashTable *metadata, long line);

/* Whether path, relative to the project's folder, is there. */
bool l62_msbuild_exists(const struct l62_msbuild *project, const char *path);

/* ItemGroup elements, and what in them is for items. */
void l62_msbuild_item_group(struct l62_msbuild *project, xmlNode *group);
/* Children of node as metadata. */
void l62_msbuild_metadata(struct l62_msbuild *project, xmlNode *node, GHashTable *metadata);
/* Copies metadata. */
GHashTable *l62_msbuild_copy(GHashTable *metadata);
/* An attribute (its name in any case of the first letter does not matter to MSBuild, the
 * rest does), or NULL; free with xmlFree(). */
char *l62_msbuild_attribute(xmlNode *node, const char *name);
/* Whether node is an element called name. */
bool l62_msbuild_is(const xmlNode *node, const char *name);

/* What pattern (with * ? **) names, relative to folder, as it would be written; of
 * char. */
GPtrArray *l62_msbuild_glob(const char *pattern, const char *folder);
bool l62_msbuild_matches(const char *pattern, const char *path);

#endif
