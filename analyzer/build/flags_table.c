/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * The options leak62 knows; everything that is not here is left out.
 *
 * To let an option pass: 1. add a KEEP, FOLDER or FORCED row; 2. make sure that
 * it only changes what the source means; 3. add it to tests/cli/flags_test.c.
 *
 * DROP rows are here for their separate argument alone, which would otherwise
 * be read as an option.  REFUSE rows name what an attacker would try.
 *
 * Tempting rows that are missing: -march and -m<feature> (the target may be
 * replaced, and intrinsics parse without them), -include-pch and -fmodule-file
 * (clang trusts what such a file says), -resource-dir (clang's own headers).
 */
#include "flags_table.h"

#include <glib.h>

/* clang-format off */
#define EXACT L62_FLAG_EXACT
#define JOINED L62_FLAG_JOINED
#define SEPARATE L62_FLAG_SEPARATE
#define EITHER L62_FLAG_EITHER
#define BOTH L62_FLAG_BOTH
#define KEEP(name, form) {name, form, L62_FLAG_KEEP, NULL}
#define DROP(name, form) {name, form, L62_FLAG_DROP, NULL}
#define REFUSE(name, form) {name, form, L62_FLAG_REFUSE, NULL}
#define ROW(name, form, action, spelling) {name, form, L62_FLAG_##action, spelling}

const struct l62_flag_row l62_flag_rows_clang[] = {
	ROW("--", EXACT, END, NULL),
	REFUSE("@", JOINED),

	/* what could load or run something */
	REFUSE("-load", SEPARATE),
	REFUSE("-plugin-arg-", BOTH),
	REFUSE("-plugin", SEPARATE),
	REFUSE("-add-plugin", SEPARATE),
	REFUSE("-fplugin", JOINED),
	REFUSE("-fpass-plugin", JOINED),
	REFUSE("-Xclang=", JOINED),
	REFUSE("-X", BOTH),
	REFUSE("-mllvm=", JOINED),
	REFUSE("-mllvm", SEPARATE),
	REFUSE("-mmlir", SEPARATE),
	REFUSE("-Wp,", JOINED),
	REFUSE("-Wa,", JOINED),
	REFUSE("-Wl,", JOINED),
	REFUSE("-B", EITHER),
	REFUSE("--prefix=", JOINED),
	REFUSE("--prefix", SEPARATE),
	REFUSE("--config=", JOINED),
	REFUSE("--config-", JOINED),
	REFUSE("--config", SEPARATE),
	REFUSE("-specs=", JOINED),
	REFUSE("--specs=", JOINED),
	REFUSE("-specs", SEPARATE),
	REFUSE("--specs", SEPARATE),
	REFUSE("-wrapper", SEPARATE),
	REFUSE("-ccc-", BOTH),
	REFUSE("-cc1", JOINED),
	REFUSE("-fmodule", JOINED),
	REFUSE("-fprebuilt-", JOINED),
	REFUSE("-include-pch", SEPARATE),
	REFUSE("-ast-merge", SEPARATE),

	/* search folders and forced includes */
	ROW("-I", EITHER, FOLDER, "-I"),
	ROW("--include-directory=", JOINED, FOLDER, "-I"),
	ROW("--include-directory", SEPARATE, FOLDER, "-I"),
	ROW("-isystem-after", EITHER, FOLDER, "-idirafter"),
	ROW("-isystem", EITHER, FOLDER, "-isystem"),
	ROW("-cxx-isystem", EITHER, FOLDER, "-cxx-isystem"),
	ROW("-imsvc", EITHER, FOLDER, "-isystem"),
	ROW("-iquote", EITHER, FOLDER, "-iquote"),
	ROW("-idirafter", EITHER, FOLDER, "-idirafter"),
	/* how builds away from Windows find headers whose names differ in case */
	ROW("-ivfsoverlay", EITHER, FOLDER, "-ivfsoverlay"),
	ROW("-vfsoverlay", EITHER, FOLDER, "-ivfsoverlay"),
	ROW("--vfsoverlay", EITHER, FOLDER, "-ivfsoverlay"),
	ROW("-isysroot", EITHER, FOLDER, "-isysroot"),
	ROW("--sysroot=", JOINED, FOLDER, "--sysroot="),
	ROW("--sysroot", SEPARATE, FOLDER, "--sysroot="),
	ROW("-imacros", EITHER, FORCED, "-imacros"),
	ROW("--imacros", EITHER, FORCED, "-imacros"),
	ROW("-include", EITHER, FORCED, "-include"),
	ROW("--include=", JOINED, FORCED, "-include"),
	ROW("--include", SEPARATE, FORCED, "-include"),
	KEEP("-nostdinc", EXACT),
	KEEP("-nostdinc++", EXACT),
	KEEP("-nostdlibinc", EXACT),
	KEEP("-nobuiltininc", EXACT),

	/* definitions */
	KEEP("-D", EITHER),
	ROW("--define-macro=", JOINED, KEEP, "-D"),
	ROW("--define-macro", SEPARATE, KEEP, "-D"),
	KEEP("-U", EITHER),
	ROW("--undefine-macro=", JOINED, KEEP, "-U"),
	ROW("--undefine-macro", SEPARATE, KEEP, "-U"),
	KEEP("-undef", EXACT),

	/* target */
	ROW("--target=", JOINED, TARGET, NULL),
	ROW("-target", SEPARATE, TARGET, NULL),
	ROW("-m32", EXACT, M32, NULL),
	ROW("-m64", EXACT, M64, NULL),

	/* language */
	ROW("-x", EITHER, LANGUAGE, NULL),
	ROW("--language=", JOINED, LANGUAGE, NULL),
	KEEP("-std=", JOINED),
	ROW("--std=", JOINED, KEEP, "-std="),
	ROW("--std", SEPARATE, KEEP, "-std="),
	KEEP("-ansi", EXACT),
	KEEP("-ffreestanding", EXACT),
	KEEP("-fgnu89-inline", EXACT),
	KEEP("-fms-extensions", EXACT),
	KEEP("-fno-ms-extensions", EXACT),
	KEEP("-fms-compatibility", EXACT),
	KEEP("-fno-ms-compatibility", EXACT),
	KEEP("-fms-compatibility-version=", JOINED),
	KEEP("-fmsc-version=", JOINED),
	KEEP("-fdelayed-template-parsing", EXACT),
	KEEP("-fno-delayed-template-parsing", EXACT),
	KEEP("-fdeclspec", EXACT),
	KEEP("-fblocks", EXACT),
	KEEP("-fshort-wchar", EXACT),
	KEEP("-fno-short-wchar", EXACT),
	KEEP("-fshort-enums", EXACT),
	KEEP("-fno-short-enums", EXACT),
	KEEP("-fpack-struct", EXACT),
	KEEP("-fpack-struct=", JOINED),
	KEEP("-fsigned-char", EXACT),
	KEEP("-fno-signed-char", EXACT),
	KEEP("-funsigned-char", EXACT),
	KEEP("-fno-unsigned-char", EXACT),
	KEEP("-fchar8_t", EXACT),
	KEEP("-fno-char8_t", EXACT),
	KEEP("-fexceptions", EXACT),
	KEEP("-fno-exceptions", EXACT),
	KEEP("-frtti", EXACT),
	KEEP("-fno-rtti", EXACT),
	KEEP("-fno-operator-names", EXACT),

	/* options with an argument of their own */
	DROP("-o", SEPARATE),
	DROP("-MF", SEPARATE),
	DROP("-MT", SEPARATE),
	DROP("-MQ", SEPARATE),
	DROP("-MJ", SEPARATE),
	DROP("-arch", SEPARATE),
	DROP("-aux-info", SEPARATE),
	DROP("-dumpbase", SEPARATE),
	DROP("-dumpdir", SEPARATE),
	DROP("-framework", SEPARATE),
	DROP("-iframework", SEPARATE),
	DROP("-iprefix", SEPARATE),
	DROP("-iwithprefixbefore", SEPARATE),
	DROP("-iwithprefix", SEPARATE),
	DROP("-index-store-path", SEPARATE),
	DROP("-resource-dir", SEPARATE),
	DROP("-serialize-diagnostics", SEPARATE),
	DROP("--serialize-diagnostics", SEPARATE),
	DROP("-working-directory", SEPARATE),
	DROP("--param", SEPARATE),
	DROP("-A", SEPARATE),
	DROP("-F", SEPARATE),
	DROP("-G", SEPARATE),
	DROP("-L", SEPARATE),
	DROP("-T", SEPARATE),
	DROP("-e", SEPARATE),
	DROP("-l", SEPARATE),
	DROP("-u", SEPARATE),
	DROP("-z", SEPARATE),
};
const size_t l62_flag_rows_clang_count = G_N_ELEMENTS(l62_flag_rows_clang);

/* What is not here and begins with a dash is looked up in clang's table. */
const struct l62_flag_row l62_flag_rows_cl[] = {
	ROW("link", EXACT, END, NULL),
	ROW("external:I", EITHER, FOLDER, "-isystem"),
	ROW("imsvc", EITHER, FOLDER, "-isystem"),
	ROW("I", EITHER, FOLDER, "-I"),
	ROW("FI", EITHER, FORCED, "-include"),
	ROW("D", EITHER, DEFINE, "-D"),
	ROW("U", EITHER, KEEP, "-U"),
	ROW("X", EXACT, KEEP, "-nostdlibinc"),
	ROW("std:", JOINED, STANDARD, NULL),
	ROW("TC", EXACT, LANGUAGE, "c"),
	ROW("TP", EXACT, LANGUAGE, "c++"),
	ROW("Tc", EITHER, LANGUAGE, "c"),
	ROW("Tp", EITHER, LANGUAGE, "c++"),
	ROW("J", EXACT, KEEP, "-funsigned-char"),
	ROW("GR", EXACT, KEEP, "-frtti"),
	ROW("GR-", EXACT, KEEP, "-fno-rtti"),
	ROW("Zp", EXACT, KEEP, "-fpack-struct=1"),
	ROW("Zp", JOINED, KEEP, "-fpack-struct="),
	ROW("kernel", EXACT, KEEP, "-D_KERNEL_MODE=1"),
	ROW("clang:", JOINED, AS_CLANG, NULL),
	DROP("o", SEPARATE),
};
const size_t l62_flag_rows_cl_count = G_N_ELEMENTS(l62_flag_rows_cl);
/* clang-format on */
