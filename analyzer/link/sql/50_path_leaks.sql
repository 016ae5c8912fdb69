-- SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
-- LeakOnPath and its siblings, LeakInCallback, WrongFree: what the analysis of single
-- functions found.
--
-- One finding for each site, statement that loses it and callee that could have taken
-- it, by its shortest path: each such return or goto has to be corrected.  What is no
-- cause of its own is named beside the finding ("also lost here"):
--
--   same line    two statements of one line, such as those of a macro
--   same label   jumps to one label, if nothing in the function releases it: the code
--                behind the label is what lacks the release
--   behind goto  the exit that a goto leads to, seen on a path of the same decisions
--   next round   in a loop, the same call of the next round overwrites what the way out
--                of the loop loses; the decision about another round may differ
--
-- The message says so where another path of the function releases what is lost.
--
-- A wrong free is the cause of nothing else and has none.  A callback that a function
-- of another file names as well may get something there that it need not free.

-- Steps, counted from the last one back.
CREATE TABLE step_back(
  leak    INTEGER NOT NULL,
  back    INTEGER NOT NULL,
  file    TEXT NOT NULL,
  line    INTEGER NOT NULL,
  message TEXT NOT NULL,
  text    TEXT NOT NULL,
  PRIMARY KEY(leak, back)
) WITHOUT ROWID;
INSERT INTO step_back(leak, back, file, line, message, text)
SELECT t.leak, row_number() OVER (PARTITION BY t.leak ORDER BY t.seq DESC, t.rowid DESC),
       t.file, t.line, t.message,
       t.file || ':' || t.line || ':' || t.col || ' ' || t.message || char(10)
FROM path_step t;

-- Decisions are all steps but the last, a line each; rest is without the last one of
-- them, which is in last_line.
CREATE TABLE exit_way(
  leak      INTEGER PRIMARY KEY,
  rule      TEXT NOT NULL,
  site      INTEGER NOT NULL,
  function  INTEGER NOT NULL,
  file      TEXT NOT NULL,
  line      INTEGER NOT NULL,
  col       INTEGER NOT NULL,
  steps     INTEGER NOT NULL,
  jumps     INTEGER NOT NULL,
  left_by   TEXT NOT NULL,      -- '' or the message up to "leaves it to its caller"; '' too
                                -- if that is what acquires it, called again in a loop
  how       TEXT NOT NULL,      -- "'p' is lost at this 'goto out'"
  own_call  INTEGER NOT NULL,   -- overwritten by the call that acquires it
  decisions TEXT NOT NULL,
  rest      TEXT,
  last_line INTEGER             -- if in the file of the site
);
INSERT INTO exit_way
SELECT p.id, coalesce(u.rule, k.rule), p.site, p.function, p.file, p.line, p.col,
       (SELECT count(*) FROM step_back b WHERE b.leak = p.id),
       ifnull(l.message GLOB '* ''goto *' OR l.message GLOB '* __leave', 0),
       (SELECT iif(instr(x.by, ' from ' || substr(x.by, instr(x.by, ' path: ') + 7)), '', x.by)
        FROM (SELECT substr(p.message, 1, instr(p.message, ' leaves it to its caller, '))
                AS by) x),
       ifnull(l.message, ''),
       ifnull(l.message GLOB '* overwritten here' AND p.file = s.file
              AND p.line <= s.end_line AND p.end_line >= s.line, 0),
       ifnull((SELECT group_concat(d.text, '')
               FROM (SELECT b.text FROM step_back b
                     WHERE b.leak = p.id AND b.back > 1 ORDER BY b.back DESC) d), ''),
       (SELECT group_concat(d.text, '')
        FROM (SELECT b.text FROM step_back b
              WHERE b.leak = p.id AND b.back > 2 ORDER BY b.back DESC) d),
       (SELECT b.line FROM step_back b WHERE b.leak = p.id AND b.back = 2 AND b.file = s.file)
FROM path_leak p
JOIN site s ON s.id = p.site
JOIN kind_info k ON k.kind = s.kind
LEFT JOIN path_rule u ON u.leak = p.id
LEFT JOIN step_back l ON l.leak = p.id AND l.back = 1
WHERE u.callback IS NULL
   OR NOT EXISTS (SELECT 1 FROM call c JOIN function f ON f.id = c.caller
                  WHERE c.callee = u.callback AND f.file <> s.file);
CREATE INDEX exit_way_site ON exit_way(site, file, line);

CREATE TABLE consequence(
  leak  INTEGER PRIMARY KEY,
  cause INTEGER NOT NULL        -- the leak that is shown
);
INSERT INTO consequence(leak, cause)
SELECT leak, cause
FROM (SELECT e.leak, first_value(e.leak) OVER (PARTITION BY e.site, e.function, e.file, e.how
                                               ORDER BY e.line, e.col, e.leak) AS cause
      FROM exit_way e
      WHERE e.jumps AND e.rule <> 'WrongFree'
        AND NOT EXISTS (SELECT 1 FROM site_release r
                        WHERE r.site = e.site AND r.function = e.function))
WHERE leak <> cause;
INSERT INTO consequence(leak, cause)
SELECT e.leak, min(ifnull(c.cause, g.leak))
FROM exit_way e
JOIN exit_way g ON g.site = e.site AND g.file = e.file AND g.function = e.function
               AND g.line < e.line AND g.decisions = e.decisions
LEFT JOIN consequence c ON c.leak = g.leak
WHERE g.jumps AND NOT e.jumps AND g.rule = e.rule AND e.leak NOT IN (SELECT leak FROM consequence)
GROUP BY e.leak;
-- The decision about another round stands above what the loop does.
INSERT INTO consequence(leak, cause)
SELECT e.leak, min(w.leak)
FROM exit_way e
JOIN site s ON s.id = e.site
JOIN exit_way w ON w.site = e.site AND w.function = e.function AND w.file = e.file
WHERE e.own_call AND NOT w.own_call AND w.rule = e.rule
  AND (substr(e.decisions, 1, length(w.decisions)) = w.decisions
       OR w.last_line <= s.line AND substr(e.decisions, 1, length(w.rest)) = w.rest)
  AND w.leak NOT IN (SELECT leak FROM consequence)
GROUP BY e.leak;

CREATE TABLE shown_leak(
  id   INTEGER PRIMARY KEY,     -- of the finding
  rule TEXT NOT NULL,
  leak INTEGER NOT NULL,
  site INTEGER NOT NULL,
  file TEXT NOT NULL,
  line INTEGER NOT NULL
);
WITH ranked AS (
  SELECT e.leak, e.rule, e.site, e.file, e.line, e.col,
         row_number() OVER (PARTITION BY e.rule, e.site, e.file, e.line, e.left_by
                            ORDER BY e.steps, e.col, e.leak) AS n
  FROM exit_way e
  WHERE e.leak NOT IN (SELECT leak FROM consequence)
)
INSERT INTO shown_leak(id, rule, leak, site, file, line)
SELECT (SELECT ifnull(max(id), 0) FROM finding)
       + row_number() OVER (ORDER BY file, line, col, leak), rule, leak, site, file, line
FROM ranked
WHERE n = 1;

-- A load that fails with what it has put in a slot, whatever became of the slot.
UPDATE shown_leak SET rule = 'LeakOnFailedLoad'
WHERE rule = 'LeakOnPath'
  AND EXISTS (SELECT 1 FROM path_leak p
              JOIN entry e ON e.function = p.function
                          AND e.role IN ('DRIVER_ENTRY', 'ADD_DEVICE')
              JOIN outcome o ON o.function = p.function AND o.result = 'failure'
                            AND o.file = p.file AND o.line = p.line
              WHERE p.id = shown_leak.leak)
  AND EXISTS (SELECT 1 FROM placed q JOIN slot l ON l.path = q.path
              WHERE q.site = shown_leak.site AND l.home IS NOT NULL);
-- A load that deletes its devices as the driver object has them: what a helper that
-- fails leaves there its caller finds.  What the load itself loses its paths show,
-- unless another file deletes the devices.
DELETE FROM shown_leak
WHERE site IN (SELECT id FROM site WHERE kind = 'DEVICE')
  AND EXISTS (SELECT 1 FROM path_leak p
              JOIN function f ON f.id = p.function
              JOIN load_call d ON d.function = p.function
              JOIN load_call u ON u.entry = d.entry
              JOIN release_closed c ON c.function = u.function AND c.kind = 'DEVICE'
              JOIN release r ON r.rowid = c.origin
              WHERE p.id = shown_leak.leak
                AND c.path IN ('DRIVER_OBJECT.DeviceObject', 'DEVICE_OBJECT.NextDevice')
                AND (p.function <> d.entry OR r.file IS NOT f.file));

-- One call that acquires in several ways, by the summary of what it calls: what is
-- said of each of them is the same.
DELETE FROM shown_leak
WHERE EXISTS (SELECT 1
              FROM shown_leak o
              JOIN site a ON a.id = o.site
              JOIN path_leak p ON p.id = o.leak
              JOIN site b ON b.id = shown_leak.site
              JOIN path_leak q ON q.id = shown_leak.leak
              WHERE o.id < shown_leak.id AND o.rule = shown_leak.rule
                AND o.file = shown_leak.file AND o.line = shown_leak.line
                AND a.file = b.file AND a.line = b.line AND a.col = b.col
                AND p.message = q.message);

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
SELECT w.id, w.rule, p.site, p.file, p.line, p.col, p.end_line, p.end_col,
       p.message || iif(r.id IS NULL, '', '; another path ' || t.verb || 's it')
FROM shown_leak w
JOIN path_leak p ON p.id = w.leak
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
JOIN exit_way g ON g.site = w.site AND g.file = w.file AND g.line = w.line AND g.rule = w.rule
LEFT JOIN consequence c ON c.cause = g.leak
JOIN exit_way e ON e.leak IN (g.leak, c.leak)
WHERE (e.file, e.line, e.col) <> (l.file, l.line, l.col);
