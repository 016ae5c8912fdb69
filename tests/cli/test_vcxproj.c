/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* Visual Studio projects and solutions: what they compile and how; broken and hostile
 * ones. */
#include "support.h"

#include <string.h>

#include "casepath.h"
#include "database.h"
#include "msbuild.h"
#include "vcxproj.h"
#include "wdk.h"

#define HEAD                                                                                   \
	"<Project xmlns='http://schemas.microsoft.com/developer/msbuild/2003'>"                \
	"<ItemGroup Label='ProjectConfigurations'>"                                            \
	"<ProjectConfiguration Include='Release|ARM64'/>"                                      \
	"<ProjectConfiguration Include='Release|x64'/>"                                        \
	"<ProjectConfiguration Include='Debug|x64'/></ItemGroup>"                              \
	"<Import Project='$(VCTargetsPath)\\Microsoft.Cpp.Default.props'/>"                    \
	"<PropertyGroup><ConfigurationType>Driver</ConfigurationType>"                         \
	"<DriverType>WDM</DriverType>"                                                         \
	"<PlatformToolset>WindowsKernelModeDriver10.0</PlatformToolset></PropertyGroup>"       \
	"<Import Project='$(VCTargetsPath)\\Microsoft.Cpp.props'/>\n"
#define TAIL "<Import Project='$(VCTargetsPath)\\Microsoft.Cpp.targets'/></Project>"
#define SOURCE "<ItemGroup><ClCompile Include='a.c'/></ItemGroup>"

struct reading {
	struct l62_vcxproj *project;
	GPtrArray *notes;
	struct l62_error err;
	int status;
};

static struct reading read_as(void *const *state, const char *text, const char *configuration)
{
	struct reading reading = {.notes = g_ptr_array_new_with_free_func(g_free)};
	struct l62_vcxproj_options options = {.configuration = configuration};
	char *path = scratch_write(state, "Drv.vcxproj", text);

	reading.status =
	        l62_vcxproj_read(path, &options, reading.notes, &reading.project, &reading.err);
	g_free(path);
	return reading;
}

static struct reading read_body(void *const *state, const char *body)
{
	char *text = g_strconcat(HEAD, body, TAIL, NULL);
	struct reading reading = read_as(state, text, NULL);

	g_free(text);
	if (reading.status != L62_OK)
		fail_msg("%s", reading.err.text);
	return reading;
}

static void done(struct reading *reading)
{
	if (reading->status == L62_OK)
		l62_vcxproj_free(reading->project);
	g_ptr_array_unref(reading->notes);
}

static const struct l62_entry *entry(const struct reading *reading, guint i)
{
	assert_true(i < reading->project->entries->len);
	return g_ptr_array_index(reading->project->entries, i);
}

static bool has(const struct reading *reading, guint i, const char *arg)
{
	return g_ptr_array_find_with_equal_func(entry(reading, i)->flags.args, arg, g_str_equal,
	                                        NULL);
}

static bool has_path(void *const *state, const struct reading *reading, guint i,
                     const char *option, const char *name)
{
	char *arg = g_strconcat(option, *state, "/", name, NULL);
	bool found = has(reading, i, arg);

	g_free(arg);
	return found;
}

/* Exactly these sources, by their path in the scratch folder. */
static void sources(void *const *state, const struct reading *reading, const char *const *names)
{
	guint count = g_strv_length((char **)names);

	assert_int_equal(reading->project->entries->len, count);
	for (guint i = 0; i < count; i++) {
		char *path = g_build_filename(*state, names[i], NULL);

		assert_string_equal(entry(reading, i)->source, path);
		g_free(path);
	}
}

static void refused(void *const *state, const char *text, enum l62_code code, const char *words)
{
	struct reading reading = read_as(state, text, NULL);

	assert_int_equal(reading.status, code);
	if (!strstr(reading.err.text, words))
		fail_msg("\"%s\" is not in \"%s\"", words, reading.err.text);
	assert_null(strpbrk(reading.err.text, "\n\r"));
	done(&reading);
}

static void write_file(void *const *state, const char *name, const char *text)
{
	g_free(scratch_write(state, name, text));
}

static void flags(void **state)
{
	struct reading reading;

	write_file(state, "Inc/Common.h", "");
	write_file(state, "Main.c", "");
	reading = read_body(
	        state,
	        "<ItemDefinitionGroup><ClCompile>"
	        "<PreprocessorDefinitions>A=1;NAME=\\\"x\\\";%(PreprocessorDefinitions)"
	        "</PreprocessorDefinitions>"
	        "<AdditionalIncludeDirectories>%(AdditionalIncludeDirectories);"
	        "$(DDK_INC_PATH);inc;..\\up</AdditionalIncludeDirectories>"
	        "<ForcedIncludeFiles>inc\\common.h</ForcedIncludeFiles>"
	        "<AdditionalOptions>/D FROM=2 /kernel -fplugin=x %(AdditionalOptions)"
	        "</AdditionalOptions></ClCompile></ItemDefinitionGroup>"
	        "<ItemDefinitionGroup Condition=\"'$(Configuration)'=='Debug'\"><ClCompile>"
	        "<PreprocessorDefinitions>%(PreprocessorDefinitions);B</"
	        "PreprocessorDefinitions>"
	        "</ClCompile></ItemDefinitionGroup>"
	        "<ItemGroup><ClCompile Include='MAIN.c'>"
	        "<UndefinePreprocessorDefinitions>GONE</UndefinePreprocessorDefinitions>"
	        "<PreprocessorDefinitions Condition=\"'$(Platform)'=='ARM64'\">NO"
	        "</PreprocessorDefinitions></ClCompile></ItemGroup>");
	sources(state, &reading, (const char *const[]){"Main.c", NULL});
	assert_true(has(&reading, 0, "-DA=1"));
	assert_true(has(&reading, 0, "-DNAME=\"x\""));
	assert_true(has(&reading, 0, "-DB"));
	assert_true(has(&reading, 0, "-DFROM=2"));
	assert_true(has(&reading, 0, "-UGONE"));
	assert_false(has(&reading, 0, "-DNO"));
	assert_true(has(&reading, 0, "-D_KERNEL_MODE=1"));
	assert_true(has(&reading, 0, "-D_AMD64_=1"));
	assert_true(has_path(state, &reading, 0, "-I", "Inc"));
	assert_true(has_path(state, &reading, 0, "", "Inc/Common.h"));
	assert_int_equal(entry(&reading, 0)->flags.folders->len, 2);
	assert_string_equal(reading.project->configuration, "Debug|x64");
	assert_string_equal(reading.project->name, "Drv");
	assert_int_equal(reading.notes->len, 0);
	done(&reading);
}

static void items(void **state)
{
	static const char *const names[] = {"a.c", "sub/b.c", "sub/deep/c.c", "sub/skip.c",
	                                    NULL};
	struct reading reading;

	for (guint i = 0; names[i]; i++)
		write_file(state, names[i], "");
	write_file(state, "data.txt", "");
	reading =
	        read_body(state, "<ItemGroup><ClCompile Include='*.c;Sub\\**\\*.C' "
	                         "Exclude='sub\\SKIP.c'/><ClCompile Include='data.txt'/>"
	                         "<ClCompile Include='gone.c'/></ItemGroup>"
	                         "<ItemGroup><ClCompile Remove='gone.c'/>"
	                         "<ClCompile Update='A.c'><PreprocessorDefinitions>%(Filename)"
	                         "</PreprocessorDefinitions></ClCompile></ItemGroup>");
	sources(state, &reading, (const char *const[]){"a.c", "sub/b.c", "sub/deep/c.c", NULL});
	assert_true(has(&reading, 0, "-Da"));
	assert_false(has(&reading, 1, "-Da"));
	done(&reading);

	reading = read_body(
	        state,
	        "<ItemGroup><ClCompile Include='a.c'>"
	        "<ExcludedFromBuild Condition=\"'$(Configuration)|$(Platform)'=='Debug|x64'\">"
	        "true</ExcludedFromBuild></ClCompile>"
	        "<ClCompile Include='sub/b.c'><ExcludedFromBuild "
	        "Condition=\"'$(Configuration)'=='Release'\">true</ExcludedFromBuild>"
	        "</ClCompile><ClCompile Include='x.c' Condition=\"!Exists('a.c')\"/>"
	        "</ItemGroup>");
	sources(state, &reading, (const char *const[]){"sub/b.c", NULL});
	done(&reading);
}

/* Each condition with what it is. */
static void conditions(void **state)
{
	static const struct {
		const char *text;
		bool holds;
	} rows[] = {
	        {"'$(Configuration)' == 'debug'", true},
	        {"'$(Configuration)'!='Debug'", false},
	        {"'$(X)'=='' and '$(Platform)'=='x64'", true},
	        {"'$(X)'!='' or '$(Platform)'=='x64'", true},
	        {"false or true and false", false},
	        {"(true or false) and false", false},
	        {"!('a'=='b')", true},
	        {"Exists('a.c')", true},
	        {"exists('A.C') and !EXISTS('b.c')", true},
	        {"10.0 &gt;= 9", true},
	        {"'2' &lt; '10'", true},
	        {"HasTrailingSlash('a\\')", true},
	        {"'$(Configuration.ToLower())'=='debug'", true},
	        {"'$(Configuration.Replace('bug','x'))'=='Dex'", true},
	        {"$(Configuration.StartsWith('De'))", true},
	        {"'$([System.IO.Path]::GetFileName('c:\\x\\y.h'))'=='y.h'", true},
	        {"$([MSBuild]::VersionGreaterThan('10.0.2','10.0.10'))", false},
	        {"'$([MSBuild]::GetDirectoryNameOfFileAbove('$(ProjectDir)','a.c'))\\'!=''",
	         true},
	        {"'$(MSBuildThisFileName)'=='Drv'", true},
	};

	write_file(state, "a.c", "");
	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		char *body = g_strdup_printf(
		        "<PropertyGroup Condition=\"%s\"><Held>yes</Held></PropertyGroup>"
		        "<ItemDefinitionGroup><ClCompile><PreprocessorDefinitions>HELD_$(Held)"
		        "</PreprocessorDefinitions></ClCompile></ItemDefinitionGroup>" SOURCE,
		        rows[i].text);
		struct reading reading = read_body(state, body);

		if (has(&reading, 0, "-DHELD_yes") != rows[i].holds || reading.notes->len)
			fail_msg("%s: %s", rows[i].text,
			         reading.notes->len ? (char *)reading.notes->pdata[0]
			                            : "wrong");
		done(&reading);
		g_free(body);
	}
}

/* What is not understood is said once, with its line, and does not hold. */
static void not_understood(void **state)
{
	struct reading reading = read_body(
	        state, "<PropertyGroup Condition=\"'a' ~ 'b'\"><X>1</X></PropertyGroup>"
	               "<PropertyGroup><Y>$([Some.Type]::Do('1'))</Y></PropertyGroup>"
	               "<Import Project='gone.props'/><Import Project='gone.props'/>"
	               "<Import Project='none.props' Condition=\"Exists('none.props')\"/>"
	               "<ItemDefinitionGroup><ClCompile><PreprocessorDefinitions>X$(X)Y$(Y)"
	               "</PreprocessorDefinitions></ClCompile></ItemDefinitionGroup>" SOURCE);

	assert_int_equal(reading.notes->len, 3);
	assert_non_null(strstr(reading.notes->pdata[0], "(2): the condition \"'a' ~ 'b'\""));
	assert_non_null(strstr(reading.notes->pdata[1], "Some.Type"));
	assert_non_null(strstr(reading.notes->pdata[2], "gone.props, which is not there"));
	assert_true(has(&reading, 0, "-DXY"));
	done(&reading);
}

static void imports(void **state)
{
	struct reading reading;

	write_file(state, "Directory.Build.props",
	           "<Project><PropertyGroup><FromTop>top</FromTop></PropertyGroup></Project>");
	write_file(state, "Sheets/Common.props",
	           "<Project><PropertyGroup><TargetName>other</TargetName>"
	           "<Here>$(MSBuildThisFileDirectory)inc</Here></PropertyGroup>"
	           "<Import Project='more.props'/></Project>");
	write_file(
	        state, "Sheets/more.props",
	        "<Project><ItemDefinitionGroup><ClCompile><AdditionalIncludeDirectories>"
	        "$(Here);mine</AdditionalIncludeDirectories><PreprocessorDefinitions>$(FromTop)"
	        "</PreprocessorDefinitions></ClCompile></ItemDefinitionGroup></Project>");
	reading = read_body(state,
	                    "<ImportGroup Label='PropertySheets'>"
	                    "<Import Project='sheets\\common.PROPS'/></ImportGroup>" SOURCE);
	assert_string_equal(reading.project->name, "other");
	assert_true(has(&reading, 0, "-Dtop"));
	assert_true(has_path(state, &reading, 0, "-I", "Sheets/inc"));
	assert_true(has_path(state, &reading, 0, "-I", "mine"));
	assert_int_equal(reading.notes->len, 0);
	done(&reading);

	write_file(state, "loop.props", "<Project>\n<Import Project='pool.props'/></Project>");
	write_file(state, "pool.props", "<Project><Import Project='loop.props'/></Project>");
	refused(state, HEAD "<Import Project='loop.props'/>" SOURCE TAIL, L62_E_FORMAT,
	        "must not go in a circle");
	write_file(state, "bad.props", "<Project>\n<A></Project>");
	refused(state, HEAD "<Import Project='bad.props'/>" SOURCE TAIL, L62_E_FORMAT,
	        "bad.props(2): malformed XML");
}

static void configurations(void **state)
{
	struct reading reading = read_as(state, HEAD SOURCE TAIL, "Release");

	assert_int_equal(reading.status, L62_OK);
	assert_string_equal(reading.project->configuration, "Release|x64");
	done(&reading);
	reading = read_as(state, HEAD SOURCE TAIL, "release|arm64");
	assert_int_equal(reading.status, L62_OK);
	assert_string_equal(entry(&reading, 0)->flags.target, "aarch64-pc-windows-msvc");
	assert_false(has(&reading, 0, "-D_AMD64_=1"));
	done(&reading);
	reading = read_as(state, HEAD SOURCE TAIL, "Fast|x64");
	assert_int_equal(reading.status, L62_E_USAGE);
	assert_non_null(strstr(reading.err.text, "choose one of Release|ARM64, Release|x64"));
	done(&reading);
}

static void kinds(void **state)
{
	static const struct {
		const char *properties;
		enum l62_project_kind kind;
		const char *what;
	} rows[] = {
	        {"<DriverType>KMDF</DriverType>", L62_PROJECT_DRIVER, "a kernel driver"},
	        {"<DriverType>UMDF</DriverType>", L62_PROJECT_OTHER, "a UMDF driver"},
	        {"<ConfigurationType>StaticLibrary</ConfigurationType>", L62_PROJECT_LIBRARY,
	         "a library of kernel drivers"},
	        {"<ConfigurationType>Application</ConfigurationType>", L62_PROJECT_OTHER,
	         "an application"},
	};

	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		char *body = g_strconcat("<PropertyGroup>", rows[i].properties,
		                         "</PropertyGroup>" SOURCE, NULL);
		struct reading reading = read_body(state, body);

		assert_int_equal(reading.project->kind, rows[i].kind);
		assert_string_equal(reading.project->what, rows[i].what);
		if (i == 0)
			assert_true(has(&reading, 0, "-DKMDF_VERSION_MINOR=15"));
		assert_int_equal(reading.project->entries->len,
		                 rows[i].kind == L62_PROJECT_OTHER ? 0 : 1);
		done(&reading);
		g_free(body);
	}
}

static void versions(void **state)
{
	struct reading reading = read_body(state, "<PropertyGroup><TargetVersion>Windows7</"
	                                          "TargetVersion></PropertyGroup>" SOURCE);

	assert_true(has(&reading, 0, "-D_WIN32_WINNT=0x0601"));
	assert_true(has(&reading, 0, "-DNTDDI_VERSION=0x06010000"));
	done(&reading);
}

static void hostile(void **state)
{
	GString *text = g_string_new(HEAD "<PropertyGroup><A0>0123456789</A0>");

	refused(state, "", L62_E_FORMAT, "malformed XML");
	refused(state, "<Project>\n<ItemGroup></Project>", L62_E_FORMAT, "Drv.vcxproj(2)");
	refused(state, "<html/>", L62_E_FORMAT, "its root is not <Project>");
	refused(state, "<Project/>", L62_E_FORMAT, "no ProjectConfiguration");
	refused(state, HEAD TAIL, L62_E_FORMAT, "no C or C++ source for Debug|x64");
	refused(state,
	        "<!DOCTYPE Project [<!ENTITY a 'aaaaaaaa'><!ENTITY b '&a;&a;&a;&a;'>]>\n"
	        "<Project><A>&b;</A></Project>",
	        L62_E_FORMAT, "no DOCTYPE");
	refused(state, "<!DOCTYPE Project SYSTEM 'file:///etc/passwd'><Project/>", L62_E_FORMAT,
	        "no DOCTYPE");
	for (int i = 1; i < 40; i++)
		g_string_append_printf(text, "<A%d>$(A%d)$(A%d)</A%d>", i, i - 1, i - 1, i);
	g_string_append(text, "</PropertyGroup>" SOURCE TAIL);
	refused(state, text->str, L62_E_FORMAT, "grow without end");
	g_string_truncate(text, 0);
	for (int i = 0; i < 5000; i++)
		g_string_append(text, "<Project>");
	refused(state, text->str, L62_E_FORMAT, "malformed XML");
	g_string_free(text, TRUE);
}

static void solution(void **state)
{
	GPtrArray *notes = g_ptr_array_new_with_free_func(g_free), *projects;
	struct l62_error err;
	char *path, *expected;

	write_file(state, "Sub/One.vcxproj", "<Project/>");
	path = scratch_write(
	        state, "all.sln",
	        "\xef\xbb\xbf\r\nMicrosoft Visual Studio Solution File, Format Version "
	        "12.00\r\n"
	        "Project(\"{2150E333-8FDC-42A3-9474-1A3956D46DE8}\") = \"Folder\", \"Folder\", "
	        "\"{1}\"\r\nEndProject\r\n"
	        "Project(\"{8BC9CEB8-8B4A-11D0-8D11-00A0C91BC942}\") = \"one\", "
	        "\"sub\\one.VCXPROJ\", \"{2}\"\r\nEndProject\r\n"
	        "Project(\"{8BC9CEB8-8B4A-11D0-8D11-00A0C91BC942}\") = \"two\", "
	        "\"two.vcxproj\", \"{3}\"\r\nEndProject\r\n");
	assert_int_equal(l62_solution_read(path, notes, &projects, &err), L62_OK);
	expected = g_build_filename(*state, "Sub/One.vcxproj", NULL);
	assert_strings(projects, expected, NULL);
	assert_int_equal(notes->len, 1);
	assert_non_null(strstr(notes->pdata[0], "two.vcxproj is not there"));
	g_ptr_array_unref(projects);
	g_free(expected);
	g_free(path);
	path = scratch_write(state, "no.sln", "nothing\n");
	assert_int_equal(l62_solution_read(path, notes, &projects, &err), L62_E_FORMAT);
	assert_non_null(strstr(err.text, "is not a Visual Studio solution"));
	g_free(path);
	g_ptr_array_unref(notes);
}

static void wdk(void **state)
{
	static const char *const headers[] = {"old/Include/10.0.22621.0/km/wdm.h",
	                                      "k/c/Include/10.0.9600.0/km/wdm.h",
	                                      "k/c/Include/10.0.26100.0/km/Wdm.h",
	                                      "k/c/Include/10.0.26100.0/shared/ntdef.h",
	                                      "k/c/Include/wdf/kmdf/1.9/wdf.h",
	                                      "k/c/Include/wdf/kmdf/1.33/wdf.h",
	                                      "sdk/c/Include/10.0.26100.0/ucrt/string.h"};
	static const char *const expected[] = {
	        "k/c/Include/10.0.26100.0/km", "k/c/Include/10.0.26100.0/shared",
	        "sdk/c/Include/10.0.26100.0/ucrt", "k/c/Include/wdf/kmdf/1.33"};
	GPtrArray *folders = g_ptr_array_new_with_free_func(g_free);
	struct l62_error err;
	char *path;

	for (size_t i = 0; i < G_N_ELEMENTS(headers); i++)
		write_file(state, headers[i], "");
	assert_int_equal(l62_wdk_folders(*state, folders, &err), L62_OK);
	assert_int_equal(folders->len, G_N_ELEMENTS(expected));
	for (size_t i = 0; i < G_N_ELEMENTS(expected); i++) {
		path = g_build_filename(*state, expected[i], NULL);
		assert_string_equal(folders->pdata[i], path);
		g_free(path);
	}
	path = g_build_filename(*state, "sdk", NULL);
	assert_int_equal(l62_wdk_folders(path, folders, &err), L62_E_USAGE);
	assert_non_null(strstr(err.text, "holds no kernel headers"));
	g_free(path);
	g_ptr_array_unref(folders);
}

static void overlay(void **state)
{
	GPtrArray *folders = g_ptr_array_new_with_free_func(g_free);
	GPtrArray *flat = g_ptr_array_new();
	GString *text;

	write_file(state, "it's/Head.h", "");
	write_file(state, "it's/x.obj", "");
	g_ptr_array_add(folders, g_strdup(*state));
	text = l62_casepath_overlay(folders, flat);
	assert_non_null(text);
	assert_non_null(strstr(text->str, "/it''s/Head.h'"));
	assert_null(strstr(text->str, "x.obj"));
	g_string_free(text, TRUE);
	g_ptr_array_add(flat, *state);
	g_ptr_array_set_size(folders, 0);
	assert_null(l62_casepath_overlay(folders, flat));
	g_ptr_array_unref(flat);
	g_ptr_array_unref(folders);
}

#define SCRATCH(test) cmocka_unit_test_setup_teardown(test, scratch_setup, scratch_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
	        SCRATCH(flags),
	        SCRATCH(items),
	        SCRATCH(conditions),
	        SCRATCH(imports),
	        SCRATCH(not_understood),
	        SCRATCH(configurations),
	        SCRATCH(kinds),
	        SCRATCH(versions),
	        SCRATCH(hostile),
	        SCRATCH(solution),
	        SCRATCH(wdk),
	        SCRATCH(overlay),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
