/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* What passes from a compile command, and what does not. */
#include "support.h"

#include <string.h>

#include "flags.h"

#define FILTER(flags, ...)                                                                     \
	do {                                                                                   \
		static const char *const argv[] = {__VA_ARGS__, NULL};                         \
		l62_flags_init(flags);                                                         \
		l62_flags_filter(flags, "/d", argv);                                           \
	} while (0)

static void folders_become_absolute(void **state)
{
	struct l62_flags flags;

	(void)state;
	FILTER(&flags, "gcc", "-Iinc", "-I", "../up", "-isystem", "/abs", "-isystem/j",
	       "-iquote", "q", "-idirafter", "after", "-isysroot", "root", "--sysroot=r",
	       "--include-directory=long", "-I.", "-c", "a.c", "-I");
	assert_strings(flags.args, "-I/d/inc", "-I/up", "-isystem/abs", "-isystem/j",
	               "-iquote/d/q", "-idirafter/d/after", "-isysroot/d/root",
	               "--sysroot=/d/r", "-I/d/long", "-I/d", NULL);
	assert_strings(flags.folders, "/d/inc", "/up", "/abs", "/j", "/d/q", "/d/after",
	               "/d/long", "/d", NULL);
	assert_int_equal(flags.dropped->len, 0);
	l62_flags_clear(&flags);
}

/* A folder's name never becomes an option. */
static void folders_are_never_options(void **state)
{
	struct l62_flags flags;

	(void)state;
	FILTER(&flags, "gcc", "-I", "-load", "-isystem", "-fplugin=x.so", "-include", "-load",
	       "-I", "@x", "-imacros", "-Xclang");
	assert_strings(flags.args, "-I/d/-load", "-isystem/d/-fplugin=x.so", "-Xclang",
	               "-include", "-Xclang", "/d/-load", "-I/d/@x", "-Xclang", "-imacros",
	               "-Xclang", "/d/-Xclang", NULL);
	assert_int_equal(flags.dropped->len, 0);
	l62_flags_clear(&flags);
}

static void definitions_are_joined(void **state)
{
	struct l62_flags flags;

	(void)state;
	FILTER(&flags, "cc", "-DA", "-D", "B=1", "-UC", "-U", "D", "-D", "-load",
	       "--define-macro=E=\"x y\"", "-undef");
	assert_strings(flags.args, "-DA", "-DB=1", "-UC", "-UD", "-D-load", "-DE=\"x y\"",
	               "-undef", NULL);
	l62_flags_clear(&flags);
}

static void overlays_pass(void **state)
{
	struct l62_flags flags;

	(void)state;
	FILTER(&flags, "clang", "-ivfsoverlay", "/e.yaml", "--vfsoverlay", "/f.yaml");
	assert_strings(flags.args, "-ivfsoverlay/e.yaml", "-ivfsoverlay/f.yaml", NULL);
	assert_int_equal(flags.dropped->len, 0);
	l62_flags_clear(&flags);
}

static void language_and_target(void **state)
{
	struct l62_flags flags;

	(void)state;
	FILTER(&flags, "/usr/bin/x86_64-w64-mingw32-gcc-12", "-std=c11", "--std=gnu17", "-ansi",
	       "-x", "c++", "-m32", "-fms-extensions", "-fshort-wchar", "-funsigned-char",
	       "-fpack-struct=8");
	assert_strings(flags.args, "-std=c11", "-std=gnu17", "-ansi", "-fms-extensions",
	               "-fshort-wchar", "-funsigned-char", "-fpack-struct=8", NULL);
	assert_string_equal(flags.target, "x86_64-w64-mingw32");
	assert_int_equal(flags.language, L62_LANGUAGE_CXX);
	assert_true(flags.m32);
	assert_false(flags.cl);
	l62_flags_clear(&flags);

	FILTER(&flags, "clang", "-target", "i686-pc-windows-msvc", "-m32", "-m64", "-xnone");
	assert_string_equal(flags.target, "i686-pc-windows-msvc");
	assert_false(flags.m32);
	assert_int_equal(flags.language, L62_LANGUAGE_BY_NAME);
	l62_flags_clear(&flags);

	FILTER(&flags, "clang", "--target=aarch64-windows", "-xassembler-with-cpp");
	assert_string_equal(flags.target, "aarch64-windows");
	assert_int_equal(flags.language, L62_LANGUAGE_OTHER);
	l62_flags_clear(&flags);

	FILTER(&flags, "my-clang");
	assert_null(flags.target);
	l62_flags_clear(&flags);
}

/* What cannot load or run anything goes without a word. */
static void harmless_options_vanish(void **state)
{
	struct l62_flags flags;

	(void)state;
	FILTER(&flags, "gcc", "-O2", "-g", "-Wall", "-Werror", "-c", "-o", "-DNOT_A_MACRO",
	       "-MD", "-MF", "-INOT_A_FOLDER", "-MT", "x", "-pipe", "-fno-builtin",
	       "-march=native", "-lfoo", "-Lx", "--param", "-DNO", "-save-temps", "a.c", "b.o",
	       "-", "");
	assert_int_equal(flags.args->len, 0);
	assert_int_equal(flags.dropped->len, 0);
	l62_flags_clear(&flags);
}

static void dangerous_options_are_named(void **state)
{
	struct l62_flags flags;

	(void)state;
	FILTER(&flags, "clang", "-load", "e.so", "-Xclang", "-load", "-Xclang", "e.so",
	       "-fplugin=e.so", "-fplugin-arg-e-x", "-fpass-plugin=e.so", "-mllvm",
	       "-load=e.so", "-Xpreprocessor", "-DX", "-Wp,-DY", "-Wa,x", "-Wl,x", "-Bdir",
	       "-B", "dir", "--config", "e.cfg", "--config=e.cfg", "@e.rsp", "-specs=e",
	       "--specs=e", "-wrapper", "sh,-c", "-fmodule-map-file=e", "-fmodules",
	       "-fprebuilt-module-path=e", "-include-pch", "e.pch", "-add-plugin", "e",
	       "-ccc-gcc-name", "e", "-cc1", "-Xclang=-load", "-Xlinker", "x", "-DLAST",
	       "-load");
	assert_strings(flags.args, "-DLAST", NULL);
	assert_strings(flags.dropped, "-load e.so", "-Xclang -load", "-Xclang e.so",
	               "-fplugin=e.so", "-fplugin-arg-e-x", "-fpass-plugin=e.so",
	               "-mllvm -load=e.so", "-Xpreprocessor -DX", "-Wp,-DY", "-Wa,x", "-Wl,x",
	               "-Bdir", "-B dir", "--config e.cfg", "--config=e.cfg", "@e.rsp",
	               "-specs=e", "--specs=e", "-wrapper sh,-c", "-fmodule-map-file=e",
	               "-fmodules", "-fprebuilt-module-path=e", "-include-pch e.pch",
	               "-add-plugin e", "-ccc-gcc-name e", "-cc1", "-Xclang=-load",
	               "-Xlinker x", "-load", NULL);
	l62_flags_clear(&flags);
}

static void nothing_after_two_dashes(void **state)
{
	struct l62_flags flags;

	(void)state;
	FILTER(&flags, "clang", "-DA", "--", "-DB", "-load");
	assert_strings(flags.args, "-DA", NULL);
	assert_int_equal(flags.dropped->len, 0);
	l62_flags_clear(&flags);
}

static void cl_is_translated(void **state)
{
	struct l62_flags flags;

	(void)state;
	FILTER(&flags, "C:\\VS\\bin\\CL.EXE", "/nologo", "/Iinc\\sub", "/I", "..\\up", "-Idash",
	       "/external:I", "wdk", "/external:Iwdk2", "-imsvc", "sys", "/DA", "/D", "B=2",
	       "/DC#3", "-DD", "/UE", "/FIpre.h", "/std:c11", "/std:clatest", "/std:c++latest",
	       "/J", "/GR-", "/Zp8", "/X", "/kernel", "/GS-", "/W4", "/Fo:x\\", "/c", "a.c");
	assert_true(flags.cl);
	assert_strings(flags.args, "-I/d/inc/sub", "-I/up", "-I/d/dash", "-isystem/d/wdk",
	               "-isystem/d/wdk2", "-isystem/d/sys", "-DA", "-DB=2", "-DC=3", "-DD",
	               "-UE", "-Xclang", "-include", "-Xclang", "pre.h", "-std=gnu11",
	               "-std=gnu2x", "-std=gnu++2b", "-funsigned-char", "-fno-rtti",
	               "-fpack-struct=8", "-nostdlibinc", "-D_KERNEL_MODE=1", NULL);
	assert_int_equal(flags.dropped->len, 0);
	l62_flags_clear(&flags);
}

static void cl_language(void **state)
{
	struct l62_flags flags;

	(void)state;
	FILTER(&flags, "cl", "/TP", "a.c");
	assert_int_equal(flags.language, L62_LANGUAGE_CXX);
	l62_flags_clear(&flags);
	FILTER(&flags, "clang-cl-19.exe", "/Tc", "a.cpp");
	assert_int_equal(flags.language, L62_LANGUAGE_C);
	l62_flags_clear(&flags);
	FILTER(&flags, "clang", "--driver-mode=cl", "/TC", "a.cpp");
	assert_true(flags.cl);
	assert_int_equal(flags.language, L62_LANGUAGE_C);
	l62_flags_clear(&flags);
}

static void cl_hides_nothing(void **state)
{
	struct l62_flags flags;

	(void)state;
	FILTER(&flags, "clang-cl", "/clang:-fplugin=e.so", "/clang:-DOK", "-Xclang", "-load",
	       "-fplugin=e.so", "-mllvm", "x", "@e.rsp", "--target=x86_64-pc-windows-msvc",
	       "-load", "e.so", "/link", "-DNO", "-load");
	assert_strings(flags.args, "-DOK", NULL);
	assert_strings(flags.dropped, "-fplugin=e.so", "-Xclang -load", "-fplugin=e.so",
	               "-mllvm x", "@e.rsp", "-load e.so", NULL);
	assert_string_equal(flags.target, "x86_64-pc-windows-msvc");
	l62_flags_clear(&flags);
}

static void forced_include_that_exists(void **state)
{
	char *header = scratch_write(state, "pre.h", "");
	const char *const argv[] = {"gcc", "-include", "pre.h", "-imacros", "none.h", NULL};
	struct l62_flags flags;

	l62_flags_init(&flags);
	l62_flags_filter(&flags, *state, argv);
	assert_strings(flags.args, "-Xclang", "-include", "-Xclang", header, "-Xclang",
	               "-imacros", "-Xclang", "none.h", NULL);
	l62_flags_clear(&flags);
	g_free(header);
}

static void language_by_suffix(void **state)
{
	(void)state;
	assert_int_equal(l62_flags_language("/a/b.c", false), L62_LANGUAGE_C);
	assert_int_equal(l62_flags_language("/a/b.C", false), L62_LANGUAGE_CXX);
	assert_int_equal(l62_flags_language("/a/B.C", true), L62_LANGUAGE_C);
	assert_int_equal(l62_flags_language("/a/b.cpp", false), L62_LANGUAGE_CXX);
	assert_int_equal(l62_flags_language("/a/b.cxx", true), L62_LANGUAGE_CXX);
	assert_int_equal(l62_flags_language("/a/b.asm", true), L62_LANGUAGE_OTHER);
	assert_int_equal(l62_flags_language("/a/b.S", false), L62_LANGUAGE_OTHER);
	assert_int_equal(l62_flags_language("/a/b.rc", true), L62_LANGUAGE_OTHER);
	assert_int_equal(l62_flags_language("/a.c/b", false), L62_LANGUAGE_OTHER);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(folders_become_absolute),
	        cmocka_unit_test(folders_are_never_options),
	        cmocka_unit_test(definitions_are_joined),
	        cmocka_unit_test(overlays_pass),
	        cmocka_unit_test(language_and_target),
	        cmocka_unit_test(harmless_options_vanish),
	        cmocka_unit_test(dangerous_options_are_named),
	        cmocka_unit_test(nothing_after_two_dashes),
	        cmocka_unit_test(cl_is_translated),
	        cmocka_unit_test(cl_language),
	        cmocka_unit_test(cl_hides_nothing),
	        cmocka_unit_test_setup_teardown(forced_include_that_exists, scratch_setup,
	                                        scratch_teardown),
	        cmocka_unit_test(language_by_suffix),
	};

	return cmocka_run_group_tests_name("flags", tests, NULL, NULL);
}
