/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* An input of libFuzzer as a file of this process's own. */
#ifndef LEAK62_TESTS_FUZZ_INPUT_H
#define LEAK62_TESTS_FUZZ_INPUT_H

#include <stddef.h>
#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Writes size bytes to the file NAME of a folder that goes with the process, and returns
 * its path.  Aborts if it cannot. */
const char *input_file(const char *name, const uint8_t *data, size_t size);

/* The folder. */
const char *input_folder(void);

#endif
