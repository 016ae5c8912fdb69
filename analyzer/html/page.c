/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * The frame of a page.  Its policy lets only the page's own style and script take effect,
 * which are named by their hashes, and lets it load nothing.
 */
#include "page.h"

#include "put.h"

extern const char l62_html_style[];
extern const char l62_html_script[];

static void put_hash(GString *page, const char *directive, const char *text)
{
	g_autoptr(GChecksum) sum = g_checksum_new(G_CHECKSUM_SHA256);
	guint8 digest[32];
	gsize length = sizeof digest;
	g_autofree char *base64 = NULL;

	g_checksum_update(sum, (const guchar *)text, -1);
	g_checksum_get_digest(sum, digest, &length);
	base64 = g_base64_encode(digest, length);
	g_string_append_printf(page, "; %s 'sha256-%s'", directive, base64);
}

GString *l62_html_page_start(const char *title, const char *body_class, const char *up,
                             const char *up_text)
{
	GString *page = g_string_new("<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n"
	                             "<meta charset=\"utf-8\">\n"
	                             "<meta http-equiv=\"Content-Security-Policy\" "
	                             "content=\"default-src 'none'; img-src data:");

	put_hash(page, "style-src", l62_html_style);
	put_hash(page, "script-src", l62_html_script);
	g_string_append(page, "; base-uri 'none'; form-action 'none'\">\n"
	                      "<meta name=\"viewport\" content=\"width=device-width, "
	                      "initial-scale=1\">\n"
	                      "<meta name=\"generator\" content=\"leak62\">\n"
	                      "<meta name=\"color-scheme\" content=\"light dark\">\n"
	                      "<link rel=\"icon\" href=\"data:,\">\n");
	l62_html_put(page, "<title>%s</title>\n<style>", title);
	g_string_append(page, l62_html_style);
	l62_html_put(page,
	             "</style>\n</head>\n<body class=\"%s\">\n"
	             "<a class=\"skip\" href=\"#content\">Skip to the content</a>\n"
	             "<header class=\"bar\"><span class=\"brand\">leak62</span>",
	             body_class);
	if (up)
		l62_html_put(page,
		             "<nav aria-label=\"Up\"><a rel=\"up\" href=\"%s\">%s</a></nav>",
		             up, up_text);
	g_string_append(page, "</header>\n<main id=\"content\" tabindex=\"-1\">\n");
	return page;
}

void l62_html_page_end(GString *page, const struct l62_html_book *book, const char *keys)
{
	g_string_append(page, "</main>\n<footer>\n");
	if (keys)
		g_string_append_printf(page, "<p class=\"keys\">%s</p>\n", keys);
	l62_html_put(page, "<p>leak62 %s</p>\n</footer>\n<script>", book->report->version);
	g_string_append(page, l62_html_script);
	g_string_append(page, "</script>\n</body>\n</html>\n");
}

const char *l62_html_act_class(enum l62_story_act act)
{
	static const char *const classes[] = {
	        [L62_ACT_ACQUIRE] = "acquire", [L62_ACT_STORE] = "store",
	        [L62_ACT_COPY] = "store",      [L62_ACT_RELEASE] = "release",
	        [L62_ACT_LOSE] = "lose",       [L62_ACT_NOTHING] = "nothing",
	};

	return classes[act];
}

const char *l62_html_phase_name(enum l62_phase phase)
{
	static const char *const names[] = {
	        [L62_PHASE_LOAD] = "Load",
	        [L62_PHASE_RUN] = "Dispatch",
	        [L62_PHASE_TEARDOWN] = "Unload",
	        [L62_PHASE_NOWHERE] = "Reached from no entry point",
	};

	return names[phase];
}
