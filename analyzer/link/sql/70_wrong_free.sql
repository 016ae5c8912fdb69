-- SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
-- WrongFree: the routine that releases a slot is not the one for what is in it
-- (29_wrong_release.sql).  One finding for a slot and a line, by the slot's first
-- site; what a path has shown at that line is not said again.

CREATE TABLE wrong_free(
  id   INTEGER PRIMARY KEY,     -- of the finding
  site INTEGER NOT NULL,
  path TEXT NOT NULL,
  api  TEXT NOT NULL,
  file TEXT NOT NULL,
  line INTEGER NOT NULL
);
WITH ranked AS (
  SELECT w.site, w.path, w.api, w.file, w.line,
         row_number() OVER (PARTITION BY w.path, w.file, w.line
                            ORDER BY s.file, s.line, s.col, s.id, w.api) AS n
  FROM wrong_release w
  JOIN site s ON s.id = w.site
  WHERE NOT EXISTS (SELECT 1 FROM finding f
                    WHERE f.rule = 'WrongFree' AND f.file = w.file AND f.line = w.line)
)
INSERT INTO wrong_free(id, site, path, api, file, line)
SELECT (SELECT ifnull(max(id), 0) FROM finding)
       + row_number() OVER (ORDER BY file, line, path),
       site, path, api, file, line
FROM ranked WHERE n = 1;

INSERT INTO finding(id, rule, site, slot, file, line, col, end_line, end_col, message)
SELECT w.id, 'WrongFree', w.site, w.path, w.file, w.line, 1, 0, 0,
       'wrong free: ' || t.text || ' stays in ' || l.text || ' and goes to ' || w.api ||
       ', not to ' || y.release
FROM wrong_free w
JOIN site s ON s.id = w.site
JOIN family y ON y.api = s.api AND y.kind = s.kind
JOIN site_text t ON t.site = w.site
JOIN slot l ON l.path = w.path;

-- From the entry point down to the site, into the slot, and to the wrong routine.
WITH RECURSIVE chain(finding, function, depth, parent, line, direct) AS (
  SELECT w.id, r.function, r.depth, r.parent, r.line, r.direct
  FROM wrong_free w
  JOIN site s ON s.id = w.site
  JOIN reach r ON r.side = 'acquire' AND r.function = s.function
  UNION
  SELECT c.finding, r.function, r.depth, r.parent, r.line, r.direct
  FROM chain c JOIN reach r ON r.side = 'acquire' AND r.function = c.parent
)
INSERT INTO finding_step(finding, flow, seq, file, line, col, message)
SELECT c.finding, 0, c.depth, coalesce(p.file, f.file, w.file),
       coalesce(iif(c.depth = 0, f.line, c.line), 1), 1,
       CASE
         WHEN c.depth = 0 THEN t.text
         WHEN c.direct THEN p.name || ' calls ' || f.name
         ELSE p.name || ' hands out ' || f.name || ' as a callback'
       END
FROM chain c
JOIN wrong_free w ON w.id = c.finding
JOIN function f ON f.id = c.function
LEFT JOIN function p ON p.id = c.parent
LEFT JOIN entry_text t ON t.side = 'acquire' AND t.function = c.function;

WITH last(finding, site, seq) AS (
  SELECT w.id, w.site, ifnull(max(r.depth), -1)
  FROM wrong_free w
  JOIN site s ON s.id = w.site
  LEFT JOIN reach r ON r.side = 'acquire' AND r.function = s.function
  GROUP BY w.id, w.site
)
INSERT INTO finding_step(finding, flow, seq, file, line, col, message)
SELECT e.finding, 0, e.seq + 1, s.file, s.line, s.col, t.step
FROM last e
JOIN site s ON s.id = e.site
JOIN site_text t ON t.site = e.site
UNION ALL
SELECT e.finding, 0, e.seq + 2, p.file, p.line, 1, 'stored in ' || l.text
FROM last e
JOIN wrong_free w ON w.id = e.finding
JOIN placed p ON p.site = w.site AND p.path = w.path
JOIN slot l ON l.path = w.path
UNION ALL
SELECT e.finding, 0, e.seq + 3, w.file, w.line, 1, l.held || ' goes to ' || w.api
FROM last e
JOIN wrong_free w ON w.id = e.finding
JOIN slot l ON l.path = w.path;
