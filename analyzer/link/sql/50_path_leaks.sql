-- SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
-- LeakOnPath and its siblings: what the analysis of single functions found.  One
-- finding per site, for the shortest of its paths; it names the other exits.

CREATE TABLE shown_leak(
  id   INTEGER PRIMARY KEY,     -- of the finding
  leak INTEGER NOT NULL
);
WITH ranked AS (
  SELECT p.id, p.file, p.line, p.col,
         row_number() OVER (PARTITION BY p.site
                            ORDER BY (SELECT count(*) FROM path_step t WHERE t.leak = p.id),
                                     p.line, p.id) AS n
  FROM path_leak p
)
INSERT INTO shown_leak(id, leak)
SELECT (SELECT ifnull(max(id), 0) FROM finding)
       + row_number() OVER (ORDER BY file, line, col, id), id
FROM ranked
WHERE n = 1;

INSERT INTO finding(id, rule, site, file, line, col, end_line, end_col, message)
SELECT w.id, k.rule, p.site, p.file, p.line, p.col, p.end_line, p.end_col,
       p.message || ifnull((SELECT CASE count(*) WHEN 1 THEN '; also at line ' ELSE '; also at lines ' END
                                   || group_concat(line, ', ')
                            FROM (SELECT DISTINCT o.line FROM path_leak o
                                  WHERE o.site = p.site AND o.file = p.file AND o.line <> p.line
                                  ORDER BY o.line)), '')
FROM shown_leak w
JOIN path_leak p ON p.id = w.leak
JOIN site s ON s.id = p.site
JOIN kind_info k ON k.kind = s.kind;

INSERT INTO finding_step(finding, flow, seq, file, line, col, message)
SELECT w.id, 0, t.seq, t.file, t.line, t.col, t.message
FROM shown_leak w JOIN path_step t ON t.leak = w.leak;
