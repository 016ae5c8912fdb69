/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * Results of a scan made by hand, for tests that need no compiler.  Strings are
 * not copied: they must outlive the result.
 */
#ifndef LEAK62_TESTS_REPORT_SAMPLE_H
#define LEAK62_TESTS_REPORT_SAMPLE_H

#include "leak62/report.h"

/* A run over two files that found nothing. */
struct l62_result *sample_new(void);
void sample_free(struct l62_result *result);

/* Adds a finding whose primary location is its allocation; of a rule by name. */
struct l62_finding *sample_add(struct l62_result *result, const char *rule,
                               struct l62_location site, const char *function, const char *api,
                               const char *kind, const char *tag);
void sample_step(struct l62_finding *finding, int flow, const char *file, int line,
                 const char *message);
void sample_also(struct l62_finding *finding, enum l62_also_role role, const char *file,
                 int line, const char *message);
/* reason may be NULL. */
void sample_suppress(struct l62_finding *finding, enum l62_suppressor suppressor,
                     const char *file, int line, const char *reason);
void sample_failed(struct l62_result *result, const char *source, const char *error);

/* The three allocations of mydriver, kept and never freed, in file. */
struct l62_result *sample_mydriver(const char *file, const char *driver_file);

/* An IRP lost on a return path, in file. */
struct l62_result *sample_path(const char *file);

/* Options with fixed times; freed with sample_options_clear(). */
struct l62_report_options sample_options(const char *root);
void sample_options_clear(struct l62_report_options *options);

#endif
