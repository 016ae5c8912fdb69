/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* The judge and the database of a driver made of hand-written facts. */
#include "support.h"

#include "leak62/judge.h"

/* MyControl loses its MDL at line 58; line 55 frees it, line 56 keeps it on other ways. */
static const char leak[] =
        "INSERT INTO path_leak VALUES(1, 1, '/drv/ioctl.c', 58, 2, 58, 8, 3, 'lost');"
        "INSERT INTO path_step VALUES(1, 0, '/drv/ioctl.c', 50, 2, 'acquired');"
        "INSERT INTO path_step VALUES(1, 1, '/drv/ioctl.c', 58, 2, 'lost at this return');"
        "INSERT INTO site_release VALUES(1, 3, 'IoFreeMdl', '/drv/ioctl.c', 55);"
        "INSERT INTO store VALUES(1, 'DEVICE_EXTENSION.Mdl', '/drv/ioctl.c', 56);";

struct fixture {
	struct driver *driver;
	struct l62_result *result;
	struct l62_judge *judge;
	size_t finding;
};

static int set_up(void **state)
{
	struct fixture *f = g_new0(struct fixture, 1);
	g_autofree char *sql = g_strconcat(base_driver, leak, NULL);

	f->driver = driver_new();
	driver_tu(f->driver, "a.c", sql);
	f->result = driver_link(f->driver);
	f->judge = l62_judge_new(f->result);
	while (f->finding < f->result->findings->len &&
	       g_ptr_array_index(f->result->findings, f->finding) !=
	               (gpointer)only(f->result, "LeakOnPath"))
		f->finding++;
	*state = f;
	return 0;
}

static int tear_down(void **state)
{
	struct fixture *f = *state;

	l62_judge_free(f->judge);
	l62_result_free(f->result);
	driver_free(f->driver);
	g_free(f);
	return 0;
}

static void add(struct fixture *f, uint64_t end, unsigned way)
{
	struct l62_judge_event events[] = {{"/drv/ioctl.c", 50},
	                                   {"/drv/ioctl.c", way},
	                                   {"/drv/ioctl.c", 58},
	                                   {"/drv/entry.c", 40}};
	struct l62_item item = {.sort = L62_ITEM_BLOCK,
	                        .kind = "MDL",
	                        .noun = "MDL",
	                        .size = 64,
	                        .begin = 1,
	                        .end = end,
	                        .place_count = 1,
	                        .places = {{.file = "/drv/ioctl.c", .line = 50}}};
	struct l62_judge_run run = {.ended = true,
	                            .traced = true,
	                            .items = &item,
	                            .item_count = 1,
	                            .events = events,
	                            .event_count = G_N_ELEMENTS(events),
	                            .replay = "leak62 verify it's.sys",
	                            .scenario = "s.json"};

	l62_judge_add(f->judge, &run);
}

static void ways_are_read(void **state)
{
	static const struct {
		unsigned line;
		enum l62_proof_verdict verdict;
	} rows[] = {{55, L62_PROOF_NOT_REACHED},
	            {56, L62_PROOF_NOT_REACHED},
	            {57, L62_PROOF_REFUTED}};
	struct fixture *f = *state;
	struct l62_error err;

	assert_int_equal(l62_judge_read_ways(f->judge, f->driver->database, &err), 0);
	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		add(f, 4, rows[i].line);
		assert_int_equal(l62_judge_proof(f->judge, f->finding).verdict,
		                 rows[i].verdict);
	}
}

/* Line 50 has the one allocation of the driver. */
static void sites_are_counted(void **state)
{
	static const struct l62_judge_event elsewhere[] = {{"/drv/ioctl.c", 49}, {"/drv/x.c", 50}};
	struct l62_judge_run run = {.traced = true, .events = elsewhere, .event_count = 2};
	struct fixture *f = *state;
	struct l62_error err;
	size_t ran;

	assert_int_equal(l62_judge_read_sites(f->judge, f->driver->database, &err), 0);
	l62_judge_add(f->judge, &run);
	assert_int_equal(l62_judge_sites(f->judge, &ran), 1);
	assert_int_equal(ran, 0);
	add(f, 4, 57);
	assert_int_equal(l62_judge_sites(f->judge, &ran), 1);
	assert_int_equal(ran, 1);
	assert_int_equal(l62_judge_read_sites(f->judge, "/nowhere/driver.db", &err), L62_E_IO);
}

static void saved_and_read_again(void **state)
{
	struct fixture *f = *state;
	struct l62_item other = {.sort = L62_ITEM_LEDGER,
	                         .ledger = "handle",
	                         .noun = "handle",
	                         .end = L62_ITEM_LEFT,
	                         .place_count = 1,
	                         .places = {{.file = "/drv/entry.c", .line = 12}}};
	struct l62_judge_run run = {.ended = true, .items = &other, .item_count = 1};
	struct l62_result *again;
	const struct l62_proof *proof;
	struct l62_error err;

	add(f, L62_ITEM_LEFT, 57);
	l62_judge_add(f->judge, &run);
	/* Twice: the tables are made anew. */
	for (int i = 0; i < 2; i++)
		assert_int_equal(l62_judge_save(f->judge, f->driver->database, &err), 0);
	assert_int_equal(driver_integer(f->driver, "SELECT count(*) FROM confirmation c JOIN finding f"
	                                " ON f.id = c.finding WHERE f.rule = 'LeakOnPath'"),
	                 1);
	assert_int_equal(driver_integer(f->driver,
	                                "SELECT count(*) FROM unpredicted WHERE kind = "
	                                "'handle' AND file = '/drv/entry.c' AND line = 12"),
	                 1);
	assert_int_equal(driver_integer(f->driver,
	                                "SELECT count(*) FROM proved WHERE verdict = "
	                                "'confirmed' AND site_line = 50 AND line = 58"),
	                 1);
	assert_int_equal(l62_result_load(f->driver->database, &again, &err), 0);
	assert_int_equal(l62_result_load_proofs(again, f->driver->database, &err), 0);
	proof = &only(again, "LeakOnPath")->proof;
	assert_int_equal(proof->verdict, L62_PROOF_CONFIRMED);
	assert_string_equal(proof->text, "left behind: 64 bytes of MDL from ioctl.c(50)");
	assert_string_equal(proof->replay, "leak62 verify it's.sys");
	assert_string_equal(proof->scenario, "s.json");
	l62_result_free(again);
}

static void nothing_was_saved(void **state)
{
	struct fixture *f = *state;
	struct l62_error err;

	assert_int_equal(l62_result_load_proofs(f->result, f->driver->database, &err), 0);
	assert_int_equal(only(f->result, "LeakOnPath")->proof.verdict, L62_PROOF_NONE);
}

static void bad_databases(void **state)
{
	struct fixture *f = *state;
	g_autofree char *path = driver_path(f->driver, "bad.db");
	struct l62_error err;

	assert_int_equal(l62_judge_read_ways(f->judge, path, &err), L62_E_IO);
	assert_int_equal(l62_judge_save(f->judge, path, &err), L62_E_IO);
	assert_true(g_file_set_contents(path, "this is no database", -1, NULL));
	assert_int_equal(l62_judge_read_ways(f->judge, path, &err), L62_E_FORMAT);
	assert_contains(err.text, path);
	assert_int_equal(l62_judge_save(f->judge, path, &err), L62_E_FORMAT);
	assert_contains(err.text, path);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test_setup_teardown(ways_are_read, set_up, tear_down),
	        cmocka_unit_test_setup_teardown(sites_are_counted, set_up, tear_down),
	        cmocka_unit_test_setup_teardown(saved_and_read_again, set_up, tear_down),
	        cmocka_unit_test_setup_teardown(nothing_was_saved, set_up, tear_down),
	        cmocka_unit_test_setup_teardown(bad_databases, set_up, tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
