/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* See vcxproj_toolset.h. */
#include "vcxproj_toolset.h"

#include <stdlib.h>
#include <string.h>

#include "msbuild_internal.h"

#define FOLDER(name) L62_MSBUILD_TOOLSET "\\" name

static bool is(const char *text, const char *wanted)
{
	return g_ascii_strcasecmp(text, wanted) == 0;
}

static bool begins(const char *text, const char *prefix)
{
	return g_ascii_strncasecmp(text, prefix, strlen(prefix)) == 0;
}

static void set_default(struct l62_msbuild *project, const char *name, const char *value)
{
	if (!*l62_msbuild_property(project, name))
		l62_msbuild_set(project, name, value);
}

void l62_toolset_begin(struct l62_msbuild *project)
{
	/* Folders of the installation: each is recognised by how it begins. */
	static const char *const folders[] = {"VCTargetsPath",
	                                      "UserRootDir",
	                                      "MSBuildExtensionsPath",
	                                      "MSBuildToolsPath",
	                                      "MSBuildBinPath",
	                                      "MSBuildExtensionsPath32",
	                                      "MSBuildExtensionsPath64",
	                                      "DDK_INC_PATH",
	                                      "DDK_LIB_PATH",
	                                      "KM_INC_PATH",
	                                      "SDK_INC_PATH",
	                                      "SDK_LIB_PATH",
	                                      "IFSKIT_INC_PATH",
	                                      "WDK_KM_INC_PATH",
	                                      "WDK_UM_INC_PATH",
	                                      "WDK_UM_LIB_PATH",
	                                      "KIT_SHARED_INC_PATH",
	                                      "KIT_SHARED_INC_PATH_WDK",
	                                      "KIT_SHARED_IncludePath",
	                                      "KMDF_INC_PATH",
	                                      "UMDF_INC_PATH",
	                                      "SPB_INC_PATH",
	                                      "CRT_INC_PATH",
	                                      "UCRT_INC_PATH",
	                                      "WDKContentRoot",
	                                      "WDKContentRoot_INC",
	                                      "KMIncludePath",
	                                      "WindowsSdkDir",
	                                      "WindowsSDK_IncludePath",
	                                      "VC_IncludePath",
	                                      "VCInstallDir",
	                                      "UniversalCRT_IncludePath",
	                                      "VC_SourcePath",
	                                      "NETFXKitsDir",
	                                      "DDK_BIN_PATH",
	                                      "WDKBinRoot",
	                                      "MSBuild_ExecutablePath",
	                                      "CRTPath"};
	static const char *const values[][2] = {
	        {"OS", "Windows_NT"},
	        {"VisualStudioVersion", "17.0"},
	        {"MSBuildToolsVersion", "Current"},
	        {"MSBuildVersion", "17.0"},
	        {"MSBuildAssemblyVersion", "15.1"},
	        {"LatestTargetPlatformVersion", "10.0"},
	        {"DefaultPlatformToolset", "v143"},
	        {"DDKPlatform", "x64"},
	        {"_NT_TARGET_VERSION_WIN7", "0x601"},
	        {"_NT_TARGET_VERSION_WIN8", "0x602"},
	        {"_NT_TARGET_VERSION_WINBLUE", "0x603"},
	        {"_NT_TARGET_VERSION_WIN10", "0xA00"},
	};
	char *name = g_path_get_basename(project->path);
	char *dot = strrchr(name, '.');
	char *folder = g_strconcat(project->folder, "/", NULL);

	for (size_t i = 0; i < G_N_ELEMENTS(folders); i++) {
		char *value = g_strconcat(FOLDER(""), folders[i], NULL);

		l62_msbuild_set(project, folders[i], value);
		g_free(value);
	}
	for (size_t i = 0; i < G_N_ELEMENTS(values); i++)
		l62_msbuild_set(project, values[i][0], values[i][1]);
	l62_msbuild_set(project, "MSBuildProjectDirectory", project->folder);
	l62_msbuild_set(project, "ProjectDir", folder);
	l62_msbuild_set(project, "MSBuildProjectFullPath", project->path);
	l62_msbuild_set(project, "ProjectPath", project->path);
	l62_msbuild_set(project, "MSBuildProjectFile", name);
	l62_msbuild_set(project, "ProjectFileName", name);
	if (dot && dot > name)
		*dot = '\0';
	l62_msbuild_set(project, "MSBuildProjectName", name);
	l62_msbuild_set(project, "ProjectName", name);
	l62_msbuild_set(project, "MSBuildProjectExtension", ".vcxproj");
	l62_msbuild_set(project, "ProjectExt", ".vcxproj");
	g_free(folder);
	g_free(name);
}

/* Microsoft.Cpp.props: what is set unless the project did. */
static void set_outputs(struct l62_msbuild *project)
{
	char *folder = g_strdup_printf("%s\\%s\\", l62_msbuild_property(project, "Platform"),
	                               l62_msbuild_property(project, "Configuration"));

	set_default(project, "TargetName", l62_msbuild_property(project, "ProjectName"));
	set_default(project, "ConfigurationName",
	            l62_msbuild_property(project, "Configuration"));
	set_default(project, "PlatformName", l62_msbuild_property(project, "Platform"));
	set_default(project, "PlatformTarget", l62_msbuild_property(project, "Platform"));
	set_default(project, "PlatformShortName", l62_msbuild_property(project, "Platform"));
	set_default(project, "IntDir", folder);
	set_default(project, "OutDir", folder);
	set_default(project, "TargetExt", ".sys");
	g_free(folder);
}

bool l62_toolset_import(struct l62_msbuild *project, const char *path, const char *name,
                        const char **beside)
{
	static const char *const known[] = {"Microsoft.Cpp.",
	                                    "WindowsDriver.",
	                                    "WDKConversion",
	                                    "masm.",
	                                    "marmasm.",
	                                    "PreConfiguration.",
	                                    "Microsoft.Windows.WDK",
	                                    "Microsoft.Windows.SDK"};
	bool own = false;

	*beside = NULL;
	for (size_t i = 0; i < G_N_ELEMENTS(known); i++)
		own = own || begins(name, known[i]);
	if (!own)
		return false;
	/* A copy in the project's tree is the project's. */
	if (!begins(path, L62_MSBUILD_TOOLSET) && g_file_test(path, G_FILE_TEST_EXISTS))
		return false;
	if (is(name, "Microsoft.Cpp.Default.props")) {
		set_default(project, "ConfigurationType", "Application");
		set_default(project, "PlatformToolset",
		            l62_msbuild_property(project, "DefaultPlatformToolset"));
		set_default(project, "ConfigurationName",
		            l62_msbuild_property(project, "Configuration"));
		*beside = "Directory.Build.props";
	} else if (is(name, "Microsoft.Cpp.props")) {
		set_outputs(project);
	} else if (is(name, "Microsoft.Cpp.targets")) {
		set_outputs(project);
		*beside = "Directory.Build.targets";
	}
	return true;
}

enum l62_project_kind l62_toolset_kind(const struct l62_msbuild *project, const char **what)
{
	const char *toolset = l62_msbuild_property(project, "PlatformToolset");
	const char *type = l62_msbuild_property(project, "ConfigurationType");
	const char *driver = l62_msbuild_property(project, "DriverType");
	bool kernel = begins(toolset, "WindowsKernelModeDriver") || is(driver, "WDM") ||
	              is(driver, "KMDF");

	*what = "a kernel driver";
	if (is(driver, "UMDF") || begins(toolset, "WindowsUserModeDriver")) {
		*what = "a UMDF driver";
		return L62_PROJECT_OTHER;
	}
	if (is(type, "Utility") || is(type, "Makefile") || is(driver, "Package")) {
		*what = "a package or a makefile";
		return L62_PROJECT_OTHER;
	}
	if (kernel && is(type, "StaticLibrary")) {
		*what = "a library of kernel drivers";
		return L62_PROJECT_LIBRARY;
	}
	if (is(type, "Driver") || (kernel && is(type, "DynamicLibrary")))
		return L62_PROJECT_DRIVER;
	*what = is(type, "Application")      ? "an application"
	        : is(type, "DynamicLibrary") ? "a DLL of user mode"
	        : is(type, "StaticLibrary")  ? "a library of user mode"
	                                     : "not a driver";
	return L62_PROJECT_OTHER;
}

/* The Windows that is the oldest the driver runs on, as _WIN32_WINNT. */
static unsigned long oldest_windows(const struct l62_msbuild *project)
{
	static const struct {
		const char *name;
		unsigned long version;
	} targets[] = {{"Windows7", 0x0601},    {"Win7", 0x0601},        {"Windows8", 0x0602},
	               {"Win8", 0x0602},        {"WindowsV6.3", 0x0603}, {"Windows8.1", 0x0603},
	               {"WindowsV6.0", 0x0600}, {"Vista", 0x0600}};
	const char *own = l62_msbuild_property(project, "_NT_TARGET_VERSION");
	const char *target = l62_msbuild_property(project, "TargetVersion");
	unsigned long version = strtoul(own, NULL, 0);

	if (version >= 0x0500 && version <= 0xffff)
		return version;
	for (size_t i = 0; i < G_N_ELEMENTS(targets); i++) {
		if (is(target, targets[i].name))
			return targets[i].version;
	}
	return 0x0A00;
}

static void add_framework(const struct l62_msbuild *project, GPtrArray *macros,
                          unsigned long windows)
{
	const char *major = l62_msbuild_property(project, "KMDF_VERSION_MAJOR");
	const char *minor = l62_msbuild_property(project, "KMDF_VERSION_MINOR");
	/* The framework that came with each Windows. */
	const char *usual = windows >= 0x0A00   ? "15"
	                    : windows >= 0x0603 ? "13"
	                    : windows >= 0x0602 ? "11"
	                                        : "9";

	g_ptr_array_add(macros, g_strconcat("KMDF_VERSION_MAJOR=", *major ? major : "1", NULL));
	g_ptr_array_add(macros,
	                g_strconcat("KMDF_VERSION_MINOR=", *minor ? minor : usual, NULL));
}

GPtrArray *l62_toolset_macros(const struct l62_msbuild *project, bool wdk)
{
	/* Of the headers of a WDK of today everything is wanted that is declared. */
	enum { NTDDI_NEWEST = 0x10 };
	GPtrArray *macros = g_ptr_array_new_with_free_func(g_free);
	unsigned long windows = oldest_windows(project);
	unsigned long minor = wdk && windows >= 0x0A00 ? NTDDI_NEWEST : 0;

	g_ptr_array_add(macros, g_strdup("_KERNEL_MODE=1"));
	g_ptr_array_add(macros, g_strdup("WINNT=1"));
	g_ptr_array_add(macros, g_strdup("DEPRECATE_DDK_FUNCTIONS=1"));
	g_ptr_array_add(macros, g_strdup_printf("_WIN32_WINNT=0x%04lX", windows));
	g_ptr_array_add(macros, g_strdup_printf("WINVER=0x%04lX", windows));
	g_ptr_array_add(macros,
	                g_strdup_printf("NTDDI_VERSION=0x%08lX", windows << 16 | minor));
	if (is(l62_msbuild_property(project, "Platform"), "x64")) {
		g_ptr_array_add(macros, g_strdup("_WIN64=1"));
		g_ptr_array_add(macros, g_strdup("_AMD64_=1"));
		g_ptr_array_add(macros, g_strdup("AMD64=1"));
	} else if (is(l62_msbuild_property(project, "Platform"), "Win32")) {
		g_ptr_array_add(macros, g_strdup("_X86_=1"));
	}
	if (is(l62_msbuild_property(project, "UseDebugLibraries"), "true"))
		g_ptr_array_add(macros, g_strdup("DBG=1"));
	if (is(l62_msbuild_property(project, "CharacterSet"), "Unicode")) {
		g_ptr_array_add(macros, g_strdup("_UNICODE"));
		g_ptr_array_add(macros, g_strdup("UNICODE"));
	}
	if (is(l62_msbuild_property(project, "DriverType"), "KMDF"))
		add_framework(project, macros, windows);
	return macros;
}
