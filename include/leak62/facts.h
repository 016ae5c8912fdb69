/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * The contract between the plugin, which writes one SQLite file of facts per
 * translation unit, and the linker, which reads them.  The tables are in
 * analyzer/facts/schema.sql; this header names what is not a table.
 */
#ifndef LEAK62_FACTS_H
#define LEAK62_FACTS_H

/* Raised with any change of schema.sql.  Also the file's PRAGMA user_version,
 * set last: a file without it was not finished. */
#define L62_FACTS_SCHEMA 8

/* Keys of the meta table. */
#define L62_META_TOOL "tool"        /* leak62's version */
#define L62_META_CLANG "clang"      /* version of the clang that ran */
#define L62_META_COMMAND "command"  /* SHA-256 of the analysis command */
#define L62_META_SOURCE "source"    /* absolute path of the main file */
#define L62_META_STATUS "status"    /* L62_STATUS_* */

#define L62_STATUS_OK "ok"
#define L62_STATUS_FAILED "failed"

#endif
