-- SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
-- Lists whose end is a pointer to the last link: "*q->last = entry; q->last =
-- &entry->next;".  A store there goes to the list that the end began at, "q->last =
-- &q->first", and not to a slot of its own; where nobody knows what it began at, nothing
-- is said.

CREATE TEMP TABLE list_end AS
SELECT l.slot || '*' AS path, f.target AS first
FROM (SELECT DISTINCT slot FROM points_to WHERE link) l
LEFT JOIN points_to f ON f.slot = l.slot AND NOT f.link;

INSERT OR IGNORE INTO store(site, path, file, line)
SELECT s.site, e.first, s.file, s.line
FROM store s JOIN list_end e ON e.path = s.path AND e.first IS NOT NULL;
DELETE FROM store WHERE path IN (SELECT path FROM list_end);

INSERT OR IGNORE INTO outcome_slot(outcome, site, path)
SELECT o.outcome, o.site, e.first
FROM outcome_slot o JOIN list_end e ON e.path = o.path AND e.first IS NOT NULL;
DELETE FROM outcome_slot WHERE path IN (SELECT path FROM list_end);

DROP TABLE list_end;
