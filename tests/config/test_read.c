/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* The project file: what it says, what is refused, what its entries fit. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "config.h"

struct folder {
	char *path, *file;
};

static int set_up(void **state)
{
	struct folder *folder = g_new0(struct folder, 1);

	folder->path = g_dir_make_tmp("leak62-config-XXXXXX", NULL);
	assert_non_null(folder->path);
	folder->file = g_build_filename(folder->path, L62_CONFIG_NAME, NULL);
	*state = folder;
	return 0;
}

static int tear_down(void **state)
{
	struct folder *folder = *state;

	g_unlink(folder->file);
	g_rmdir(folder->path);
	g_free(folder->path);
	g_free(folder->file);
	g_free(folder);
	return 0;
}

static int read_bytes(const struct folder *folder, const char *text, gssize length,
                      struct l62_config **config, struct l62_error *err)
{
	assert_true(g_file_set_contents(folder->file, text, length, NULL));
	return l62_config_read(folder->file, config, err);
}

static struct l62_config *read_good(const struct folder *folder, const char *text)
{
	struct l62_config *config = NULL;
	struct l62_error err = {0};

	if (read_bytes(folder, text, -1, &config, &err) != 0)
		fail_msg("%s", err.text);
	assert_non_null(config);
	return config;
}

static const struct l62_suppress *entry(const struct l62_config *config, guint i)
{
	assert_true(i < config->suppress->len);
	return g_ptr_array_index(config->suppress, i);
}

static void all_keys(void **state)
{
	struct l62_config *config = read_good(*state, "# why\n"
	                                              "suppress:\n"
	                                              "  - rule: LEAK6201\n"
	                                              "    file: src/*.c\n"
	                                              "    function: Read\n"
	                                              "    tag: 'Irp '\n"
	                                              "    variable: ext->Buffer\n"
	                                              "    reason: >\n"
	                                              "      freed by\n"
	                                              "      the port driver\n"
	                                              "\n"
	                                              "  - {rule: LeakAtUnload, reason: x}\n");
	const struct l62_suppress *first = entry(config, 0);

	assert_int_equal(config->suppress->len, 2);
	assert_string_equal(config->path, ((struct folder *)*state)->file);
	assert_int_equal(first->line, 3);
	assert_string_equal(first->rule->name, "LeakOnPath");
	assert_non_null(first->file);
	assert_string_equal(first->function, "Read");
	assert_string_equal(first->tag, "Irp ");
	assert_string_equal(first->variable, "ext->Buffer");
	assert_string_equal(first->reason, "freed by the port driver");
	assert_int_equal(entry(config, 1)->line, 12);
	assert_string_equal(entry(config, 1)->rule->id, "LEAK6202");
	assert_null(entry(config, 1)->file);
	l62_config_free(config);
}

static void nothing_said(void **state)
{
	static const char *const texts[] = {"",
	                                    "# nothing\n",
	                                    "---\n...\n",
	                                    "suppress:\n",
	                                    "suppress: []\n",
	                                    "\357\273\277suppress: []\r\n"};

	for (size_t i = 0; i < G_N_ELEMENTS(texts); i++) {
		struct l62_config *config = read_good(*state, texts[i]);

		assert_int_equal(config->suppress->len, 0);
		l62_config_free(config);
	}
}

/* An anchor shares text, and nothing else. */
static void shared_reason(void **state)
{
	struct l62_config *config = read_good(*state, "suppress:\r\n"
	                                              "- {tag: abcd, reason: &r the same}\r\n"
	                                              "- {tag: efgh, reason: *r}\r\n");

	assert_string_equal(entry(config, 1)->reason, "the same");
	assert_int_equal(entry(config, 1)->line, 3);
	l62_config_free(config);
}

static void drivers(void **state)
{
	const struct folder *folder = *state;
	struct l62_config *config = read_good(folder, "drivers:\n"
	                                              "  - name: one\n"
	                                              "    files: [one/, 'lib/*.c']\n"
	                                              "  - files: two.c\n"
	                                              "    name: two\n");
	struct l62_config_driver *one = g_ptr_array_index(config->drivers, 0);
	struct l62_config_driver *two = g_ptr_array_index(config->drivers, 1);
	static const struct {
		const char *file;
		bool one, two;
	} files[] = {{"one/a.c", true, false}, {"one/sub/a.c", true, false},
	             {"lib/a.c", true, false}, {"lib/sub/a.c", false, false},
	             {"two.c", false, true},   {"one.c", false, false}};

	assert_int_equal(config->drivers->len, 2);
	assert_int_equal(config->suppress->len, 0);
	assert_string_equal(one->name, "one");
	assert_string_equal(two->name, "two");
	assert_int_equal(one->line, 2);
	assert_int_equal(two->line, 4);
	for (size_t i = 0; i < G_N_ELEMENTS(files); i++) {
		g_autofree char *path = g_build_filename(folder->path, files[i].file, NULL);

		assert_int_equal(l62_config_driver_has(one, path), files[i].one);
		assert_int_equal(l62_config_driver_has(two, path), files[i].two);
	}
	l62_config_free(config);
}

static void refused(void **state)
{
	static const struct {
		const char *text;
		int line;
		const char *word;
	} rows[] = {
	        {"supress: []\n", 1, "unknown key 'supress'"},
	        {"suppress: []\nsuppress: []\n", 2, "'suppress' is there twice"},
	        {"? [a]\n: b\n", 1, "unknown key ''"},
	        {"drivers: []\ndrivers: []\n", 2, "'drivers' is there twice"},
	        {"drivers: all\n", 1, "'drivers' must be a list"},
	        {"drivers:\n- a\n", 2, "must be a map with 'name' and 'files'"},
	        {"drivers:\n- name: a\n", 2, "has no 'files'"},
	        {"drivers:\n- name: a\n  files: []\n", 2, "has no 'files'"},
	        {"drivers:\n- files: a.c\n", 2, "has no 'name'"},
	        {"drivers:\n- name: [a]\n  files: a.c\n", 2, "must be the name"},
	        {"drivers:\n- name: a/b\n  files: a.c\n", 2, "must be the name"},
	        {"drivers:\n- name: ..\n  files: a.c\n", 2, "must be the name"},
	        {"drivers:\n- name: a\n  name: b\n  files: a.c\n", 3, "one name and files"},
	        {"drivers:\n- name: a\n  sources: a.c\n", 3, "unexpected key 'sources'"},
	        {"drivers:\n- name: a\n  files: [[a.c]]\n", 3, "must be a text"},
	        {"drivers:\n- name: a\n  files: ['a[.c']\n", 3, "files 'a[.c': "},
	        {"drivers:\n- name: a\n  files: a.c\n- name: a\n  files: b.c\n", 4,
	         "two drivers 'a'"},
	        {"resources: all\n", 1, "'resources' must be a list"},
	        {"resources:\n- Take\n", 2, "must be a map such as"},
	        {"resources:\n- kind: pool\n", 2, "names no routine"},
	        {"resources:\n- acquire: Take\n", 2, "Take has no 'kind'"},
	        {"resources:\n- acquire: Take\n  release: Give\n", 3, "either 'acquire' or"},
	        {"resources:\n- acquire: Take\n  kind: pond\n", 3,
	         "no kind 'pond' here: it can"},
	        {"resources:\n- acquire: Take\n  kind: device\n", 3, "no kind 'device' here"},
	        {"resources:\n- acquire: Take\n  kind: lookaside\n", 3, "no kind 'lookaside'"},
	        {"resources:\n- acquire: Take it\n", 2, "not the name of a routine"},
	        {"resources:\n- release: ExFreePool\n", 2, "leak62 knows ExFreePool"},
	        {"resources:\n- {acquire: A, kind: pool}\n- release: A\n", 3,
	         "A is described in line 2"},
	        {"resources:\n- acquire: A\n  kind: pool\n  size: -1\n", 4, "'-1' is not the"},
	        {"resources:\n- acquire: A\n  kind: pool\n  tag: 64\n", 4, "'64' is not the"},
	        {"resources:\n- acquire: A\n  kind: pool\n  at: first\n", 4, "'first' is not"},
	        {"resources:\n- acquire: A\n  fails: often\n", 3, "'often' is no way to fail"},
	        {"resources:\n- {acquire: A, kind: pool, at: 1, fails: null}\n", 2,
	         "cannot be"},
	        {"resources:\n- {release: A, kind: pool}\n", 2, "which argument is released"},
	        {"resources:\n- {release: A, kind: pool, at: 0, tag: 1}\n", 2,
	         "'tag' is for what acquires"},
	        {"resources:\n- acquire: A\n  owner: b\n", 3, "unknown key 'owner'"},
	        {"resources:\n- acquire: A\n  acquire: B\n", 3, "'acquire' is there twice"},
	        {"resources:\n- acquire: [A]\n", 2, "'acquire' must be a text"},
	        {"- rule: LEAK6201\n", 1, "must be a map"},
	        {"suppress: all\n", 1, "must be a list"},
	        {"suppress:\n  rule: LEAK6201\n", 1, "must be a list"},
	        {"suppress:\n  - LEAK6201\n", 2, "must be a map"},
	        {"suppress:\n- rule: LEAK6201\n  file: a.c\n", 2, "has no 'reason'"},
	        {"suppress:\n- reason: x\n", 2, "would take everything"},
	        {"suppress:\n- {}\n", 2, "has no 'reason'"},
	        {"suppress:\n- rule: LEAK6201\n  reason:\n", 3, "'reason' must be a text"},
	        {"suppress:\n- rule: LEAK6201\n  reason: ' '\n", 3, "'reason' must be a text"},
	        {"suppress:\n- rule: LEAK6201\n  reason: null\n", 3, "must be a text"},
	        {"suppress:\n- rule: [LEAK6201]\n  reason: x\n", 2, "'rule' must be a text"},
	        {"suppress:\n- file: {a: b}\n  reason: x\n", 2, "'file' must be a text"},
	        {"suppress:\n- file: \"a\\0b\"\n  reason: x\n", 2, "'file' must be a text"},
	        {"suppress:\n- rule: LEAK9999\n  reason: x\n", 2, "no rule 'LEAK9999'"},
	        {"suppress:\n- rule: leakonpath\n  reason: x\n", 2, "no rule 'leakonpath'"},
	        {"suppress:\n- tag: abcde\n  reason: x\n", 2, "longer than four"},
	        {"suppress:\n- file: 'a[.c'\n  reason: x\n", 2, "a '[' has no ']'"},
	        {"suppress:\n- tag: a\n  tag: b\n  reason: x\n", 3, "'tag' is there twice"},
	        {"suppress:\n- tag: a\n  resaon: x\n", 3, "unknown key 'resaon'"},
	        {"suppress:\n- <<: {tag: a}\n  reason: x\n", 2, "unknown key '<<'"},
	        {"suppress: []\n---\nsuppress: []\n", 3, "second document"},
	        {"suppress:\n- tag: a\n  reason\n", 3, "not YAML"},
	        {"suppress:\n- tag: a\n reason: x\n", 3, "not YAML"},
	        {"suppress:\n\t- tag: a\n", 2, "not YAML"},
	        {"suppress: [\n", 1, "not YAML"},
	        {"suppress: *none\n", 1, "not YAML"},
	        {"suppress:\n- tag: \377\n", 2, "not YAML"},
	};
	const struct folder *folder = *state;

	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autofree char *place =
		        g_strdup_printf("%s(%d): ", folder->file, rows[i].line);
		struct l62_config *config = (struct l62_config *)1;
		struct l62_error err = {0};

		assert_int_equal(read_bytes(folder, rows[i].text, -1, &config, &err),
		                 L62_E_FORMAT);
		assert_null(config);
		if (!g_str_has_prefix(err.text, place) || !strstr(err.text, rows[i].word) ||
		    strchr(err.text, '\n'))
			fail_msg("%s of: %s", err.text, rows[i].text);
	}
}

static void resources(void **state)
{
	static const char *const rows[] = {
	        "acquire Take POOL -1 0 1 NULL",      "release Give POOL 2 -1 -1 NEVER",
	        "acquire Open HANDLE 1 -1 -1 STATUS", "acquire Make MDL -1 -1 -1 NEVER",
	        "acquire Try POOL 0 -1 -1 BOOLEAN",   "acquire New POOL -1 -1 -1 NULL"};
	struct l62_config *config =
	        read_good(*state, "resources:\n"
	                          "- {acquire: Take, kind: POOL, at: return, size: 0, tag: 1}\n"
	                          "- {release: Give, kind: pool, at: 2}\n"
	                          "- {acquire: Open, kind: handle, at: 1}\n"
	                          "- {acquire: Make, kind: Mdl, fails: never}\n"
	                          "- {acquire: Try, kind: pool, at: 0, fails: boolean}\n"
	                          "- {acquire: New, kind: pool, fails: null}\n");

	assert_int_equal(config->resources->len, G_N_ELEMENTS(rows));
	for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
		const struct l62_config_resource *resource =
		        g_ptr_array_index(config->resources, i);
		g_autofree char *row = l62_config_resource_row(resource);

		assert_string_equal(row, rows[i]);
		assert_int_equal(resource->line, i + 2);
	}
	l62_config_free(config);
}

/* No prefix of a file, and no file with one byte changed, does harm. */
static void damaged(void **state)
{
	static const char text[] =
	        "suppress:\n- rule: LEAK6201\n  file: 'a[b]/*.c'\n"
	        "  tag: &t abcd\n  reason: |\n    a\n    b\n- {variable: *t, "
	        "reason: \"\\u00e4\"}\n";

	for (size_t i = 0; i < sizeof text; i++) {
		g_autofree char *changed = g_strdup(text);
		struct l62_config *config;
		struct l62_error err;

		if (read_bytes(*state, text, (gssize)i, &config, &err) == 0)
			l62_config_free(config);
		else
			assert_null(config);
		for (int byte = 0; byte < 256; byte += 15) {
			changed[i] = (char)byte;
			if (read_bytes(*state, changed, sizeof text - 1, &config, &err) == 0)
				l62_config_free(config);
			else
				assert_null(config);
		}
	}
}

static void unreadable(void **state)
{
	const struct folder *folder = *state;
	struct l62_config *config = NULL;
	struct l62_error err = {0};

	assert_int_equal(l62_config_read(folder->file, &config, &err), L62_E_IO);
	assert_non_null(strstr(err.text, folder->file));
	assert_int_equal(l62_config_read(folder->path, &config, &err), L62_E_IO);
	assert_non_null(strstr(err.text, "not a file"));
	assert_int_equal(mkfifo(folder->file, 0600), 0);
	assert_int_equal(l62_config_read(folder->file, &config, &err), L62_E_IO);
	assert_null(config);
}

static void found_in_order(void **state)
{
	const struct folder *folder = *state;
	const char *const folders[] = {"/nonexistent", folder->path, NULL};
	g_autofree char *found = NULL;

	assert_null(l62_config_find(folders));
	assert_true(g_file_set_contents(folder->file, "", 0, NULL));
	found = l62_config_find(folders);
	assert_string_equal(found, folder->file);
}

static void all_must_fit(void **state)
{
	const struct folder *folder = *state;
	struct l62_config *config =
	        read_good(folder, "suppress:\n"
	                          "- {rule: LeakOnPath, file: '*.c', function: F, tag: Irp,"
	                          " variable: p, reason: x}\n"
	                          "- {file: 'inc/*.h', reason: x}\n"
	                          "- {tag: '1234', reason: x}\n");
	g_autofree char *source = g_build_filename(folder->path, "a.c", NULL);
	g_autofree char *header = g_build_filename(folder->path, "inc", "a.h", NULL);
	const struct l62_finding good = {
	        .rule = l62_rule_by_name("LeakOnPath"),
	        .at = {.file = source, .line = 2},
	        .site = {.file = source, .line = 1},
	        .function = "F",
	        .tag = "Irp ",
	        .variable = "p",
	};
	const struct l62_suppress *full = entry(config, 0);
	struct l62_finding finding = good;

	assert_true(l62_suppress_matches(full, &finding));
	finding.rule = l62_rule_by_name("LeakAtUnload");
	assert_false(l62_suppress_matches(full, &finding));
	finding = good;
	finding.at.file = finding.site.file = header;
	assert_false(l62_suppress_matches(full, &finding));
	assert_true(l62_suppress_matches(entry(config, 1), &finding));
	finding.at.file = source;
	assert_true(l62_suppress_matches(full, &finding));
	assert_true(l62_suppress_matches(entry(config, 1), &finding));
	finding = good;
	finding.function = "FF";
	assert_false(l62_suppress_matches(full, &finding));
	finding = good;
	finding.tag = "Irpx";
	assert_false(l62_suppress_matches(full, &finding));
	finding.tag = "Ir";
	assert_false(l62_suppress_matches(full, &finding));
	finding.tag = NULL;
	assert_false(l62_suppress_matches(full, &finding));
	finding = good;
	finding.variable = NULL;
	assert_false(l62_suppress_matches(full, &finding));
	finding.tag = "1234";
	assert_true(l62_suppress_matches(entry(config, 2), &finding));
	l62_config_free(config);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test_setup_teardown(all_keys, set_up, tear_down),
	        cmocka_unit_test_setup_teardown(nothing_said, set_up, tear_down),
	        cmocka_unit_test_setup_teardown(shared_reason, set_up, tear_down),
	        cmocka_unit_test_setup_teardown(drivers, set_up, tear_down),
	        cmocka_unit_test_setup_teardown(refused, set_up, tear_down),
	        cmocka_unit_test_setup_teardown(resources, set_up, tear_down),
	        cmocka_unit_test_setup_teardown(damaged, set_up, tear_down),
	        cmocka_unit_test_setup_teardown(unreadable, set_up, tear_down),
	        cmocka_unit_test_setup_teardown(found_in_order, set_up, tear_down),
	        cmocka_unit_test_setup_teardown(all_must_fit, set_up, tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
