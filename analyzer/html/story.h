/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* What the page of a finding says of its slot, and of how to get there. */
#ifndef LEAK62_HTML_STORY_H
#define LEAK62_HTML_STORY_H

#include "panes.h"

/* Appends the life cycle: the drawing, and beside it all events with their entry points. */
void l62_html_story(GString *out, const struct l62_finding *finding,
                    const struct l62_story *story, const struct l62_html_panes *panes);

/* Appends what the path demands of the outside, if the database says it. */
void l62_html_witness(GString *out, const struct l62_finding *finding,
                      const struct l62_html_panes *panes);

#endif
