/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * Paths as people read them and as URIs.  Paths are absolute; they are compared
 * by name ("." and ".." resolved), symbolic links are not followed.  All strings
 * returned are new ones.
 */
#ifndef LEAK62_REPORT_PATHS_H
#define LEAK62_REPORT_PATHS_H

/* path relative to the folder base, or NULL when it is not below it. */
char *l62_path_below(const char *base, const char *path);

/* Relative to cwd when below it, else absolute. */
char *l62_path_shown(const char *path, const char *cwd);

/* URI reference of a relative path. */
char *l62_path_uri_reference(const char *relative);

/* file:// URI of an absolute path. */
char *l62_path_uri(const char *path);

/* The same for a folder, ending in '/'. */
char *l62_path_uri_folder(const char *path);

/* Splits "file(line): text".  *file is NULL, and *line 0, when text has no such
 * start or the file is not absolute.  Returns the rest of text, not a copy. */
const char *l62_path_split_error(const char *text, char **file, int *line);

#endif
