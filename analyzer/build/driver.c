/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * Two ways to read driver source:
 *   mingw-w64's DDK headers and leak62's shim: target x86_64-w64-mingw32 with
 *   -fms-compatibility, as drivers lean on MSVC's preprocessor; and
 *   -fgnuc-version, without which these headers do not parse in that mode.
 *   a real WDK: target x86_64-pc-windows-msvc, -fms-compatibility.
 * The order of the search path is: the unit's own folders, the user's, the
 * shim (its headers include_next those of the same name), ddk, mingw-w64.
 */
#include "driver.h"

#include <stdlib.h>
#include <string.h>

#include "toolchain.h"

#define MINGW_TARGET "x86_64-w64-mingw32"

void l62_driver_init(struct l62_driver *driver)
{
	memset(driver, 0, sizeof(*driver));
	driver->wdk = g_ptr_array_new_with_free_func(g_free);
	driver->resources = g_ptr_array_new_with_free_func(g_free);
	l62_flags_init(&driver->extra);
}

void l62_driver_clear(struct l62_driver *driver)
{
	g_free(driver->mingw);
	g_free(driver->shim);
	g_ptr_array_unref(driver->wdk);
	g_ptr_array_unref(driver->resources);
	l62_flags_clear(&driver->extra);
	memset(driver, 0, sizeof(*driver));
}

static bool folder_has(const char *folder, const char *name)
{
	char *path = g_build_filename(folder, name, NULL);
	bool has = g_file_test(path, G_FILE_TEST_IS_REGULAR);

	g_free(path);
	return has;
}

/* Where a cross gcc keeps them: PREFIX/bin/gcc, PREFIX/TARGET/include. */
static char *mingw_beside_gcc(const char *tail)
{
	char *gcc = g_find_program_in_path(MINGW_TARGET "-gcc");
	char *bin, *path;

	if (!gcc)
		return NULL;
	bin = g_path_get_dirname(gcc);
	path = g_build_filename(bin, "..", MINGW_TARGET, tail, NULL);
	g_free(bin);
	g_free(gcc);
	return path;
}

static char *find_mingw(void)
{
	char *const candidates[] = {
	        g_strdup("/usr/share/mingw-w64/include"),
	        mingw_beside_gcc("include"),
	        mingw_beside_gcc("sys-root/mingw/include"),
	        g_strdup("/usr/" MINGW_TARGET "/include"),
	        g_strdup("/usr/" MINGW_TARGET "/sys-root/mingw/include"),
	};
	char *found = NULL;

	for (size_t i = 0; i < G_N_ELEMENTS(candidates); i++) {
		if (!found && candidates[i] && folder_has(candidates[i], "ddk/wdm.h"))
			found = g_canonicalize_filename(candidates[i], "/");
		g_free(candidates[i]);
	}
	return found;
}

/* An installed leak62 has it beside itself, a built one in the source tree. */
static char *find_shim(void)
{
	char *path = l62_toolchain_beside("../share/leak62/shim");

	if (!folder_has(path, "leak62_driver.h")) {
		g_free(path);
		path = g_strdup(LEAK62_SHIM_DIR);
	}
	if (folder_has(path, "leak62_driver.h"))
		return path;
	g_free(path);
	return NULL;
}

int l62_driver_find_headers(struct l62_driver *driver, struct l62_error *err)
{
	driver->mingw = find_mingw();
	if (!driver->mingw)
		return l62_error_set(err, L62_E_USAGE,
		                     "mingw-w64's driver headers (ddk/wdm.h) were not found: "
		                     "install Debian's packages mingw-w64-x86-64-dev and "
		                     "mingw-w64-common, or name a WDK's include folders with "
		                     "--wdk");
	driver->shim = find_shim();
	if (!driver->shim)
		return l62_error_set(err, L62_E_USAGE,
		                     "leak62's own headers (shim/leak62_driver.h) were not "
		                     "found in ../share/leak62 or " LEAK62_SHIM_DIR
		                     ": install leak62 again");
	return L62_OK;
}

/* Folders that hold kernel headers, other than mingw-w64's own. */
static bool has_kernel_headers(const struct l62_driver *driver, const GPtrArray *folders)
{
	static const char *const headers[] = {"wdm.h", "ntddk.h", "ntifs.h"};

	for (guint i = 0; i < folders->len; i++) {
		const char *folder = g_ptr_array_index(folders, i);
		char *above = g_path_get_dirname(folder);
		bool is_mingw = folder_has(above, "_mingw.h");

		g_free(above);
		if (is_mingw || (driver->shim && strcmp(folder, driver->shim) == 0))
			continue;
		for (size_t h = 0; h < G_N_ELEMENTS(headers); h++) {
			if (folder_has(folder, headers[h]))
				return true;
		}
	}
	return false;
}

bool l62_driver_needs_headers(const struct l62_driver *driver, const struct l62_flags *flags)
{
	if (driver->headers == L62_HEADERS_NEVER || driver->wdk->len)
		return false;
	if (driver->headers == L62_HEADERS_ALWAYS || !flags)
		return true;
	return !has_kernel_headers(driver, flags->folders) &&
	       !has_kernel_headers(driver, driver->extra.folders);
}

static bool is_windows(const char *target)
{
	return strstr(target, "windows") || strstr(target, "mingw") || strstr(target, "win32");
}

/* Kernels of today run on x86, x64 and ARM64; mingw-w64's DDK headers do not
 * know the last. */
static const struct processor {
	const char *name, *macros[3]; /* what the WDK's build defines for it */
} x86 = {"i686", {"-D_X86_=1", NULL, NULL}},
  x64 = {"x86_64", {"-D_AMD64_=1", "-DAMD64=1", "-D_WIN64=1"}},
  arm64 = {"aarch64", {"-D_ARM64_=1", "-DARM64=1", "-D_WIN64=1"}};

static const struct processor *processor(const char *target, bool m32, bool mingw)
{
	if (m32 || (*target == 'i' && strstr(target, "86-")))
		return &x86;
	if (!mingw &&
	    (g_str_has_prefix(target, "aarch64") || g_str_has_prefix(target, "arm64")))
		return &arm64;
	return &x64;
}

static void add_all(GPtrArray *out, const char *const *args, size_t count)
{
	for (size_t i = 0; i < count; i++)
		g_ptr_array_add(out, g_strdup(args[i]));
}

static bool same_folder(const char *a, const char *b)
{
	char *real_a = realpath(a, NULL);
	char *real_b = realpath(b, NULL);
	bool same = real_a && real_b && strcmp(real_a, real_b) == 0;

	free(real_a);
	free(real_b);
	return same;
}

/* What does not go with mingw-w64's headers: see the top of this file.  Its own
 * folders would come before the shim. */
static bool spoils_mingw(const struct l62_driver *driver, const char *arg)
{
	const char *path = strchr(arg, '/');
	char *ddk;
	bool own;

	if (*arg != '-' || arg[1] == 'D' || !path)
		return false;
	ddk = g_build_filename(driver->mingw, "ddk", NULL);
	own = same_folder(path, driver->mingw) || same_folder(path, ddk);
	g_free(ddk);
	return own;
}

static void copy_all(GPtrArray *out, const struct l62_driver *driver, const GPtrArray *args,
                     bool mingw)
{
	for (guint i = 0; i < args->len; i++) {
		const char *arg = g_ptr_array_index(args, i);

		if (!mingw || !spoils_mingw(driver, arg))
			g_ptr_array_add(out, g_strdup(arg));
	}
}

static bool names_version(const GPtrArray *args)
{
	static const char *const macros[] = {
	        "-D_WIN32_WINNT=", "-DWINVER=", "-DNTDDI_VERSION="};

	for (guint i = 0; i < args->len; i++) {
		for (size_t m = 0; m < G_N_ELEMENTS(macros); m++) {
			if (g_str_has_prefix(g_ptr_array_index(args, i), macros[m]))
				return true;
		}
	}
	return false;
}

/* What the WDK's build defines for every driver. */
static void add_macros(GPtrArray *out, const struct l62_driver *driver,
                       const struct l62_flags *flags, const struct processor *cpu)
{
	static const char *const windows10[] = {
	        "-D_WIN32_WINNT=0x0A00",
	        "-DWINVER=0x0A00",
	        "-DNTDDI_VERSION=0x0A000000",
	};

	g_ptr_array_add(out, g_strdup("-D_KERNEL_MODE=1"));
	for (size_t i = 0; i < G_N_ELEMENTS(cpu->macros) && cpu->macros[i]; i++)
		g_ptr_array_add(out, g_strdup(cpu->macros[i]));
	if (!names_version(driver->extra.args) && !(flags && names_version(flags->args)))
		add_all(out, windows10, G_N_ELEMENTS(windows10));
}

/* Target and dialect.  Returns the processor. */
static const struct processor *add_target(GPtrArray *out, const struct l62_driver *driver,
                                          const struct l62_flags *flags, bool mingw)
{
	const char *asked = NULL;
	const struct processor *cpu;
	bool msvc;

	if (flags && flags->target && is_windows(flags->target))
		asked = flags->target;
	cpu = processor(asked ? asked : MINGW_TARGET, flags && flags->m32, mingw);
	msvc = !mingw && (driver->wdk->len || (flags && flags->cl) ||
	                  (asked && !strstr(asked, "mingw") && !strstr(asked, "gnu")));
	g_ptr_array_add(out, g_strdup_printf("--target=%s-%s", cpu->name,
	                                     msvc ? "pc-windows-msvc" : "w64-mingw32"));
	g_ptr_array_add(out, g_strdup("-fms-extensions"));
	if (msvc || mingw)
		g_ptr_array_add(out, g_strdup("-fms-compatibility"));
	if (mingw)
		g_ptr_array_add(out, g_strdup("-fgnuc-version=4.2.1"));
	return cpu;
}

GPtrArray *l62_driver_arguments(const struct l62_driver *driver, const struct l62_flags *flags,
                                enum l62_language language)
{
	/* Drivers lean on what MSVC lets pass; leak62 reports leaks alone. */
	static const char *const lenient[] = {
	        "-w",
	        "-Wno-error=implicit-function-declaration",
	        "-Wno-error=implicit-int",
	        "-Wno-error=int-conversion",
	        "-Wno-error=incompatible-function-pointer-types",
	        "-Wno-invalid-token-paste",
	        "-ferror-limit=20",
	};
	GPtrArray *out = g_ptr_array_new_with_free_func(g_free);
	bool mingw = l62_driver_needs_headers(driver, flags) && driver->mingw;
	bool cxx = language == L62_LANGUAGE_CXX;
	const struct processor *cpu;

	g_ptr_array_add(out, g_strdup("--no-default-config"));
	cpu = add_target(out, driver, flags, mingw);
	if (!flags)
		g_ptr_array_add(out, g_strdup(cxx ? "-std=gnu++17" : "-std=gnu11"));
	if (mingw || driver->wdk->len || !flags)
		add_macros(out, driver, flags, cpu);
	if (mingw) {
		static const char *const force[] = {"-Xclang", "-include", "-Xclang"};

		add_all(out, force, G_N_ELEMENTS(force));
		g_ptr_array_add(out, g_build_filename(driver->shim, "leak62_driver.h", NULL));
	}
	if (flags)
		copy_all(out, driver, flags->args, mingw);
	copy_all(out, driver, driver->extra.args, mingw);
	for (guint i = 0; i < driver->wdk->len; i++) {
		const char *folder = g_ptr_array_index(driver->wdk, i);

		g_ptr_array_add(out, g_strconcat("-isystem", folder, NULL));
	}
	if (mingw) {
		g_ptr_array_add(out, g_strconcat("-isystem", driver->shim, NULL));
		g_ptr_array_add(out, g_strconcat("-isystem", driver->shim, "/case", NULL));
		g_ptr_array_add(out, g_strconcat("-isystem", driver->mingw, "/ddk", NULL));
		g_ptr_array_add(out, g_strconcat("-isystem", driver->mingw, NULL));
	}
	add_all(out, lenient, G_N_ELEMENTS(lenient));
	for (guint i = 0; i < driver->resources->len; i++) {
		static const char *const plugin[] = {"-Xclang", "-plugin-arg-leak62",
		                                     "-Xclang"};

		add_all(out, plugin, G_N_ELEMENTS(plugin));
		g_ptr_array_add(
		        out, g_strconcat("resource=", g_ptr_array_index(driver->resources, i),
		                         NULL));
	}
	g_ptr_array_add(out, g_strdup(cxx ? "-xc++" : "-xc"));
	return out;
}
