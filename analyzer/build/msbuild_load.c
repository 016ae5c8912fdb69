/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * libxml2 reads the text.  A DOCTYPE ends the reading at once: project files have
 * none, and only there could entities be declared.
 */
#include <libxml/parser.h>
#include <libxml/parserInternals.h>
#include <string.h>

#include "msbuild_internal.h"

enum { BYTES_MOST = 16 << 20 };

struct refusal {
	bool doctype;
	char *text; /* of the first error: the others follow from it */
	int line;
};

static void refuse_doctype(void *context, const xmlChar *name, const xmlChar *external,
                           const xmlChar *system)
{
	xmlParserCtxt *parser = context;
	struct refusal *refusal = parser->_private;

	(void)name;
	(void)external;
	(void)system;
	refusal->doctype = true;
	xmlStopParser(parser);
}

/* In place of libxml2's own, which prints. */
static void keep_error(void *context, xmlErrorPtr error)
{
	struct refusal *refusal = ((xmlParserCtxt *)context)->_private;

	if (refusal->text || error->level < XML_ERR_ERROR)
		return;
	refusal->text = g_strdup(error->message ? error->message : "not known");
	refusal->line = error->line;
}

static int malformed(const char *path, xmlParserCtxt *parser, const struct refusal *refusal,
                     struct l62_error *err)
{
	int status;

	if (refusal->doctype)
		return l62_error_set(err, L62_E_FORMAT,
		                     "%s(%d): a project file has no DOCTYPE: remove it", path,
		                     parser->input ? parser->input->line : 1);
	status = l62_error_set(err, L62_E_FORMAT, "%s(%d): malformed XML: %s", path,
	                       refusal->line ? refusal->line : 1,
	                       refusal->text
	                               ? g_strstrip(g_strdelimit(refusal->text, "\n\r\t", ' '))
	                               : "no element");
	if (err)
		l62_error_clean(err->text);
	return status;
}

static int parse(const char *path, const char *data, size_t length, xmlDoc **document,
                 struct l62_error *err)
{
	struct refusal refusal = {0};
	xmlParserCtxt *parser = xmlNewParserCtxt();
	int status = L62_OK;

	if (!parser)
		return l62_error_set(err, L62_E_INTERNAL, "no memory to read %s", path);
	parser->_private = &refusal;
	parser->sax->internalSubset = refuse_doctype;
	parser->sax->externalSubset = refuse_doctype;
	parser->sax->serror = keep_error;
	*document = xmlCtxtReadMemory(parser, data, (int)length, NULL, NULL,
	                              XML_PARSE_NONET | XML_PARSE_NOCDATA);
	if (!*document || refusal.doctype || !parser->wellFormed)
		status = malformed(path, parser, &refusal, err);
	if (status != L62_OK && *document) {
		xmlFreeDoc(*document);
		*document = NULL;
	}
	xmlFreeParserCtxt(parser);
	g_free(refusal.text);
	return status;
}

int l62_msbuild_load(const char *path, xmlDoc **document, struct l62_error *err)
{
	GError *error = NULL;
	char *data = NULL;
	gsize length = 0;
	xmlNode *root;
	int status;

	*document = NULL;
	if (!g_file_get_contents(path, &data, &length, &error)) {
		status = l62_error_set(err, L62_E_IO, "%s cannot be read: %s", path,
		                       g_strerror(error->code == G_FILE_ERROR_NOENT ? 2 : 5));
		if (error->code != G_FILE_ERROR_NOENT)
			l62_error_set(err, L62_E_IO, "%s", error->message);
		g_error_free(error);
		return status;
	}
	if (length > BYTES_MOST)
		status = l62_error_set(err, L62_E_FORMAT,
		                       "%s has more than 16 MiB: it is no project file", path);
	else
		status = parse(path, data, length, document, err);
	g_free(data);
	if (status != L62_OK)
		return status;
	root = xmlDocGetRootElement(*document);
	if (root && l62_msbuild_is(root, "Project"))
		return L62_OK;
	xmlFreeDoc(*document);
	*document = NULL;
	return l62_error_set(err, L62_E_FORMAT,
	                     "%s is not an MSBuild project: its root is not <Project>", path);
}
