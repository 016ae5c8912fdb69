-- SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
-- LeakOnPath and its siblings: what the analysis of single functions found.
--
-- One finding for each site and statement that loses it, by its shortest path: each
-- such return or goto has to be corrected.  What is no statement of its own is named
-- beside the finding ("also lost here"):
--
--   same line    two statements of one line, such as those of a macro
--   consequence  the goto and the exit that it leads to, each seen on a path of the
--                same decisions
--
-- The message says so where another path of the function releases what is lost.

CREATE TABLE exit_way AS
SELECT p.id AS leak, p.site, p.function, p.file, p.line, p.col,
       (SELECT count(*) FROM path_step t WHERE t.leak = p.id) AS steps,
       (SELECT t.message FROM path_step t WHERE t.leak = p.id ORDER BY t.seq DESC LIMIT 1)
         GLOB '* goto' AS jumps,
       (SELECT ifnull(group_concat(d.step, char(10)), '')
        FROM (SELECT t.file || ':' || t.line || ':' || t.col || ' ' || t.message AS step
              FROM path_step t
              WHERE t.leak = p.id
                AND t.seq < (SELECT max(l.seq) FROM path_step l WHERE l.leak = p.id)
              ORDER BY t.seq) d) AS decisions
FROM path_leak p;
CREATE INDEX exit_way_site ON exit_way(site, file, line);

CREATE TABLE consequence(
  leak  INTEGER PRIMARY KEY,    -- of the later exit
  cause INTEGER NOT NULL        -- of the goto
);
INSERT INTO consequence(leak, cause)
SELECT e.leak, min(g.leak)
FROM exit_way e
JOIN exit_way g ON g.site = e.site AND g.file = e.file AND g.function = e.function
               AND g.line < e.line AND g.decisions = e.decisions
WHERE g.jumps AND NOT e.jumps
GROUP BY e.leak;

CREATE TABLE shown_leak(
  id   INTEGER PRIMARY KEY,     -- of the finding
  leak INTEGER NOT NULL,
  site INTEGER NOT NULL,
  file TEXT NOT NULL,
  line INTEGER NOT NULL
);
WITH ranked AS (
  SELECT e.leak, e.site, e.file, e.line, e.col,
         row_number() OVER (PARTITION BY e.site, e.file, e.line
                            ORDER BY e.steps, e.col, e.leak) AS n
  FROM exit_way e
  WHERE e.leak NOT IN (SELECT leak FROM consequence)
)
INSERT INTO shown_leak(id, leak, site, file, line)
SELECT (SELECT ifnull(max(id), 0) FROM finding)
       + row_number() OVER (ORDER BY file, line, col, leak), leak, site, file, line
FROM ranked
WHERE n = 1;

-- Where the site is released on another path of the function that loses it: after the
-- exit if possible, for that is the common cleanup, and as near as possible.
CREATE TABLE other_release(
  id   INTEGER PRIMARY KEY,     -- of the finding
  file TEXT NOT NULL,
  line INTEGER NOT NULL
);
INSERT INTO other_release(id, file, line)
SELECT id, file, line
FROM (SELECT w.id, r.file, r.line,
             row_number() OVER (PARTITION BY w.id
                                ORDER BY r.line < w.line, abs(r.line - w.line)) AS n
      FROM shown_leak w
      JOIN site_release r ON r.site = w.site AND r.file = w.file AND r.line <> w.line
      JOIN function f ON f.id = r.function AND f.file = w.file
                     AND w.line BETWEEN f.line AND f.end_line)
WHERE n = 1;

INSERT INTO finding(id, rule, site, file, line, col, end_line, end_col, message)
SELECT w.id, k.rule, p.site, p.file, p.line, p.col, p.end_line, p.end_col,
       p.message || iif(r.id IS NULL, '', '; another path ' || t.verb || 's it')
FROM shown_leak w
JOIN path_leak p ON p.id = w.leak
JOIN site s ON s.id = p.site
JOIN kind_info k ON k.kind = s.kind
JOIN site_text t ON t.site = p.site
LEFT JOIN other_release r ON r.id = w.id;

INSERT INTO finding_step(finding, flow, seq, file, line, col, message)
SELECT w.id, 0, t.seq, t.file, t.line, t.col, t.message
FROM shown_leak w JOIN path_step t ON t.leak = w.leak;

INSERT INTO finding_also(finding, role, file, line, col, message)
SELECT w.id, 'fix', r.file, r.line, 1, t.verb || ' it here as line ' || r.line || ' does'
FROM other_release r
JOIN shown_leak w ON w.id = r.id
JOIN site_text t ON t.site = w.site;

-- One place each, however many paths lead there.
INSERT INTO finding_also(finding, role, file, line, col, message)
SELECT DISTINCT w.id, 'exit', e.file, e.line, e.col, 'also lost here'
FROM shown_leak w
JOIN exit_way l ON l.leak = w.leak
JOIN exit_way g ON g.site = w.site AND g.file = w.file AND g.line = w.line
LEFT JOIN consequence c ON c.cause = g.leak
JOIN exit_way e ON e.leak IN (g.leak, c.leak)
WHERE (e.file, e.line, e.col) <> (l.file, l.line, l.col);
