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

-- Flow 0: how it comes into the slot.  Flow 1: what is done with it.
INSERT INTO finding_step(finding, flow, seq, file, line, col, message)
SELECT w.id, 0, 0, s.file, s.line, s.col, t.step
FROM wrong_free w
JOIN site s ON s.id = w.site
JOIN site_text t ON t.site = w.site
UNION ALL
SELECT w.id, 0, 1, p.file, p.line, 1, 'stored in ' || l.text
FROM wrong_free w
JOIN placed p ON p.site = w.site AND p.path = w.path
JOIN slot l ON l.path = w.path
UNION ALL
SELECT w.id, 1, 0, w.file, w.line, 1, l.held || ' goes to ' || w.api
FROM wrong_free w
JOIN slot l ON l.path = w.path;
