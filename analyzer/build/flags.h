/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * What leak62 takes from the compile command of somebody else's build: search
 * folders, definitions, forced includes, language and target.  Nothing else
 * passes, so that a compile database cannot make clang load or run anything.
 */
#ifndef LEAK62_BUILD_FLAGS_H
#define LEAK62_BUILD_FLAGS_H

#include <glib.h>
#include <stdbool.h>

enum l62_language {
	L62_LANGUAGE_BY_NAME, /* the file's suffix decides */
	L62_LANGUAGE_C,
	L62_LANGUAGE_CXX,
	L62_LANGUAGE_OTHER, /* assembler, resources: not for leak62 */
};

struct l62_flags {
	GPtrArray *args;    /* of char: arguments for clang, in the order given */
	GPtrArray *folders; /* of char: the include folders among them, absolute */
	GPtrArray *dropped; /* of char: options that could load or run something */
	char *target;       /* the last target named, or NULL */
	bool m32;           /* a 32-bit variant of the target was asked for */
	bool cl;            /* the command is one of cl.exe or clang-cl */
	enum l62_language language;
};

/* Empty; freed by l62_flags_clear(). */
void l62_flags_init(struct l62_flags *flags);
void l62_flags_clear(struct l62_flags *flags);

/*
 * Filters a whole command line, argv[0] included, into flags (initialised by
 * the caller).  directory (absolute) is where relative paths start.  Paths come
 * out absolute and joined to their option, so that none can be taken for an
 * option of its own.  An argument that is not understood is left out.
 */
void l62_flags_filter(struct l62_flags *flags, const char *directory, const char *const *argv);

/* The language of a file name: by its suffix, as clang and cl.exe see it. */
enum l62_language l62_flags_language(const char *file, bool cl);

#endif
