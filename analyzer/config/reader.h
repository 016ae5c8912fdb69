/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * Shared by the parts that read the project file.
 */
#ifndef LEAK62_CONFIG_READER_H
#define LEAK62_CONFIG_READER_H

#include <yaml.h>

#include "config.h"

struct l62_reader {
	const char *path;
	char *folder; /* of path, absolute */
	yaml_document_t *document;
	struct l62_config *config;
	struct l62_error *err;
};

/* Says that node is wrong: L62_E_FORMAT. */
int l62_reader_refuse(const struct l62_reader *reader, const yaml_node_t *node,
                      const char *format, ...) __attribute__((format(printf, 3, 4)));

const yaml_node_t *l62_reader_node(const struct l62_reader *reader, int index);

/* The text of a scalar that says something; NULL for what is none. */
const char *l62_reader_text(const yaml_node_t *node);

/* An entry of the list resources. */
int l62_reader_resource(struct l62_reader *reader, const yaml_node_t *node);

/* An entry of the list drivers. */
int l62_reader_driver(struct l62_reader *reader, const yaml_node_t *node);

#endif
