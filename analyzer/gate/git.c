/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* See git.h. */
#include "git.h"

#include <glib/gstdio.h>
#include <string.h>

/* Runs git in top.  Returns whether it ended well; *out and *said (may be NULL), new
 * strings, receive what it printed. */
static bool run(const char *top, char **env, const char *const *args, GString **out,
                char **said, struct l62_error *err)
{
	g_autoptr(GPtrArray) argv = g_ptr_array_new();
	g_autoptr(GError) error = NULL;
	g_auto(GStrv) own = env ? NULL : g_get_environ();
	g_autofree char *text = NULL, *complaint = NULL;
	int status = 0;

	/* Another git may be at work here; this one only asks. */
	if (!env) {
		own = g_environ_setenv(own, "LC_ALL", "C", TRUE);
		env = own = g_environ_setenv(own, "GIT_OPTIONAL_LOCKS", "0", TRUE);
	}
	g_ptr_array_add(argv, (gpointer) "git");
	g_ptr_array_add(argv, (gpointer) "-c");
	g_ptr_array_add(argv, (gpointer) "core.quotePath=false");
	for (; *args; args++)
		g_ptr_array_add(argv, (gpointer)*args);
	g_ptr_array_add(argv, NULL);
	if (!g_spawn_sync(top, (char **)argv->pdata, env, G_SPAWN_SEARCH_PATH_FROM_ENVP, NULL,
	                  NULL, &text, &complaint, &status, &error)) {
		l62_error_set(err, L62_E_USAGE,
		              "git could not be started: %s: install Debian's package git",
		              error->message);
		return false;
	}
	if (out)
		*out = g_string_new(text);
	g_strchomp(complaint);
	if (!g_spawn_check_wait_status(status, NULL)) {
		l62_error_set(err, L62_E_IO, "git failed in %s: %s", top,
		              *complaint ? complaint : "it did not say why");
		l62_error_clean(err->text);
		if (out)
			g_string_free(g_steal_pointer(out), TRUE);
		if (said)
			*said = g_steal_pointer(&complaint);
		return false;
	}
	return true;
}

/* One line of what it prints; NULL if it fails or prints nothing. */
static char *line(const char *top, const char *const *args)
{
	struct l62_error err;
	GString *out = NULL;
	char *text;

	if (!run(top, NULL, args, &out, NULL, &err))
		return NULL;
	text = g_strchomp(g_string_free(out, FALSE));
	if (!*text)
		g_clear_pointer(&text, g_free);
	return text;
}

int l62_git_top(const char *folder, char **top, struct l62_error *err)
{
	static const char *const args[] = {"rev-parse", "--show-toplevel", NULL};
	g_autofree char *said = NULL;
	GString *out = NULL;

	if (!run(folder, NULL, args, &out, &said, err)) {
		if (said && strstr(said, "not a git repository"))
			return l62_error_set(err, L62_E_USAGE,
			                     "%s is not in a git work tree: go to one, or "
			                     "compare with a file (--baseline FILE)",
			                     folder);
		return err->code;
	}
	*top = g_strchomp(g_string_free(out, FALSE));
	return L62_OK;
}

int l62_git_merge_base(const char *top, const char *revision, char **commit,
                       struct l62_error *err)
{
	g_autofree char *name = g_strconcat(revision, "^{commit}", NULL);
	const char *const find[] = {"rev-parse", "--verify", "--quiet", name, NULL};
	g_autofree char *found = *revision == '-' ? NULL : line(top, find);
	const char *const base[] = {"merge-base", found, "HEAD", NULL};
	static const char *const head[] = {"rev-parse", "--verify", "--quiet", "HEAD", NULL};
	static const char *const shallow[] = {"rev-parse", "--is-shallow-repository", NULL};
	g_autofree char *tip = NULL, *is_shallow = NULL;

	is_shallow = line(top, shallow);
	/* What CI calls checkout leaves out other branches and all that is older. */
	if (!found && g_strcmp0(is_shallow, "true") == 0)
		return l62_error_set(err, L62_E_USAGE,
		                     "'%s' is no revision that %s holds, for it is a shallow "
		                     "clone: clone with all of the history (fetch-depth: 0), "
		                     "or run git fetch --unshallow origin "
		                     "'+refs/heads/*:refs/remotes/origin/*'",
		                     revision, top);
	if (!found)
		return l62_error_set(err, L62_E_USAGE,
		                     "'%s' is no revision of the repository %s: see git "
		                     "branch -a, or fetch it first",
		                     revision, top);
	tip = line(top, head);
	if (!tip)
		return l62_error_set(err, L62_E_USAGE, "the repository %s has no commit yet",
		                     top);
	*commit = line(top, base);
	if (*commit)
		return L62_OK;
	if (g_strcmp0(is_shallow, "true") == 0)
		return l62_error_set(err, L62_E_USAGE,
		                     "%s is a shallow clone that does not hold where HEAD and "
		                     "'%s' part: run git fetch --unshallow, or clone with all "
		                     "of the history (fetch-depth: 0)",
		                     top, revision);
	return l62_error_set(err, L62_E_USAGE,
	                     "HEAD and '%s' have no commit in common in %s: name another "
	                     "revision",
	                     revision, top);
}

char *l62_git_last_change(const char *top, const char *path)
{
	const char *const log[] = {"log", "-1", "--format=%H", "--", path, NULL};
	static const char *const head[] = {"rev-parse", "--verify", "--quiet", "HEAD", NULL};
	char *commit = path ? line(top, log) : NULL;

	return commit ? commit : line(top, head);
}

/* A path as git prints it: with a quote at its start where it holds odd characters. */
static char *unquote(const char *path)
{
	size_t length = strlen(path);
	g_autofree char *inner = NULL;

	if (length < 2 || *path != '"' || path[length - 1] != '"')
		return g_strdup(path);
	inner = g_strndup(path + 1, length - 2);
	return g_strcompress(inner);
}

/* The lines of `git diff --name-status`, each split into its letters and paths. */
static int status_lines(const char *top, const char *commit, const char *filter, char ***lines,
                        struct l62_error *err)
{
	const char *const args[] = {
	        "diff", "--no-ext-diff", "--no-color", "-M", "--name-status",
	        filter, commit,          "--",         NULL};
	GString *out = NULL;

	if (!run(top, NULL, args, &out, NULL, err))
		return err->code;
	*lines = g_strsplit(out->str, "\n", -1);
	g_string_free(out, TRUE);
	return L62_OK;
}

int l62_git_renamed(const char *top, const char *commit, GHashTable **renamed,
                    struct l62_error *err)
{
	g_auto(GStrv) lines = NULL;
	int status = status_lines(top, commit, "--diff-filter=R", &lines, err);

	if (status != L62_OK)
		return status;
	*renamed = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
	for (char **one = lines; *one; one++) {
		g_auto(GStrv) parts = g_strsplit(*one, "\t", 3);

		if (g_strv_length(parts) == 3)
			g_hash_table_insert(*renamed, unquote(parts[1]), unquote(parts[2]));
	}
	return L62_OK;
}

int l62_git_deleted(const char *top, const char *commit, GPtrArray **deleted,
                    struct l62_error *err)
{
	g_auto(GStrv) lines = NULL;
	int status = status_lines(top, commit, "--diff-filter=D", &lines, err);

	if (status != L62_OK)
		return status;
	*deleted = g_ptr_array_new_with_free_func(g_free);
	for (char **one = lines; *one; one++) {
		g_auto(GStrv) parts = g_strsplit(*one, "\t", 2);

		if (g_strv_length(parts) == 2)
			g_ptr_array_add(*deleted, unquote(parts[1]));
	}
	return L62_OK;
}

bool l62_git_ignores(const char *top, const char *path)
{
	const char *const args[] = {"check-ignore", "--", path, NULL};
	g_autofree char *found = line(top, args);

	return found != NULL;
}

int l62_git_diff(const char *top, const char *commit, GString **text, struct l62_error *err)
{
	const char *const args[] = {"diff",
	                            "--no-ext-diff",
	                            "--no-color",
	                            "-M",
	                            "-U0",
	                            "--src-prefix=a/",
	                            "--dst-prefix=b/",
	                            "--no-textconv",
	                            commit,
	                            "--",
	                            NULL};

	return run(top, NULL, args, text, NULL, err) ? L62_OK : (int)err->code;
}

/* Through an index of its own: a work tree of git's would be left behind, and known to
 * the repository, where leak62 is killed. */
int l62_git_export(const char *top, const char *commit, const char *folder,
                   struct l62_error *err)
{
	g_autofree char *index = g_strconcat(folder, ".index", NULL);
	g_autofree char *prefix = g_strconcat("--prefix=", folder, "/", NULL);
	const char *const read[] = {"read-tree", commit, NULL};
	const char *const write[] = {"checkout-index", "--all", "--quiet", prefix, NULL};
	g_auto(GStrv) env = g_environ_setenv(g_get_environ(), "GIT_INDEX_FILE", index, TRUE);
	bool done;

	env = g_environ_setenv(env, "LC_ALL", "C", TRUE);
	done = run(top, env, read, NULL, NULL, err) && run(top, env, write, NULL, NULL, err);
	g_unlink(index);
	return done ? L62_OK : (int)err->code;
}
