-- SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
-- The story of one finding, which temp.target names (see story.c).
--
--   story_slot   where its resource is kept
--   story_event  what is done there; rank: acquires, stores, copies, releases, losses
--   story_doubt  where the simulation of a slot gave up
--   story_from   the entry points that lead to an event, and their phases:
--                0 load, 1 run, 2 teardown

CREATE TEMP TABLE story_slot(path TEXT PRIMARY KEY, held TEXT NOT NULL, text TEXT NOT NULL);
INSERT INTO story_slot(path, held, text)
SELECT l.path, l.held, l.text
FROM target t JOIN finding f ON f.id = t.finding JOIN slot l ON l.path = f.slot
UNION
SELECT l.path, l.held, l.text
FROM target t
JOIN finding f ON f.id = t.finding
JOIN held_at h ON h.site = f.site
JOIN slot l ON l.path = h.path
WHERE l.path <> 'return' AND l.path NOT GLOB '*param [0-9]*' AND l.path NOT GLOB 'list local *';

-- A slot that nothing acquired was put in directly has no row of its own.
CREATE TEMP VIEW place_text AS
SELECT p.path,
       CASE WHEN l.text IS NOT NULL AND p.path NOT GLOB 'list local *' THEN l.text
            WHEN p.path GLOB '::*'
              THEN 'global ' || substr(p.path, 1 + length(rtrim(p.path, replace(p.path, ':', ''))))
            WHEN p.path GLOB 'list local *'
              THEN 'list ' || substr(p.path, 1 + length(rtrim(p.path, replace(p.path, ':', ''))))
            ELSE p.path END AS text
FROM (SELECT path FROM alias UNION SELECT source FROM alias) p
LEFT JOIN slot l ON l.path = p.path;

CREATE TEMP TABLE story_event(
  id       INTEGER PRIMARY KEY,
  function INTEGER NOT NULL,
  rank     INTEGER NOT NULL,
  file     TEXT NOT NULL,
  line     INTEGER NOT NULL,
  col      INTEGER NOT NULL,
  message  TEXT NOT NULL
);
CREATE TEMP TABLE story_site(site INTEGER PRIMARY KEY);
INSERT INTO story_site(site)
SELECT f.site FROM target t JOIN finding f ON f.id = t.finding
UNION
SELECT h.site
FROM story_slot l
JOIN held_at h ON h.path = l.path
JOIN site s ON s.id = h.site
JOIN kind_info k ON k.kind = s.kind
WHERE k.noun = (SELECT k.noun FROM target t JOIN finding f ON f.id = t.finding
                JOIN site s ON s.id = f.site JOIN kind_info k ON k.kind = s.kind);

INSERT INTO story_event(function, rank, file, line, col, message)
SELECT s.function, 0, s.file, s.line, s.col, f.name || ' acquires ' || t.text
FROM story_site o
JOIN site s ON s.id = o.site
JOIN site_text t ON t.site = s.id
JOIN function f ON f.id = s.function
UNION
SELECT s.function, 1, p.file, p.line, 1, 'stored in ' || l.text
FROM story_site o
JOIN site s ON s.id = o.site
JOIN (SELECT site, path, file, line FROM store
      UNION
      SELECT m.site, m.path, m.file, m.line FROM member m
      WHERE NOT EXISTS (SELECT 1 FROM store w WHERE w.site = m.site AND w.path = m.path)) p
  ON p.site = o.site
JOIN story_slot l ON l.path = p.path
UNION
SELECT a.function, 2, f.file, ifnull(f.line, 1), 1,
       f.name || ' copies the pointer from ' || s.text || ' to ' || d.text
FROM alias a
JOIN function f ON f.id = a.function AND f.file IS NOT NULL
JOIN place_text s ON s.path = a.source
JOIN place_text d ON d.path = a.path
WHERE a.path IN (SELECT path FROM story_slot) OR a.source IN (SELECT path FROM story_slot)
UNION
SELECT c.function, 3, r.file, r.line, 1,
       f.name || ' releases ' || l.held || ' with ' || r.api ||
       iif(c.function = r.function, '', ', for ' || g.name)
FROM story_slot l
JOIN release_closed c ON c.path = l.path
JOIN release r ON r.rowid = c.origin
JOIN function f ON f.id = r.function
JOIN function g ON g.id = c.function
JOIN kind_info k ON k.kind = c.kind
WHERE k.noun IN (SELECT i.noun FROM story_site o JOIN site s ON s.id = o.site
                 JOIN kind_info i ON i.kind = s.kind)
UNION
SELECT d.function, 3, d.file, d.line, d.col,
       f.name || ' releases a ' || d.record || ' with ' || d.api || ' that no slot names'
FROM disposed d
JOIN disposed_unnamed u ON u.function = d.function AND u.record = d.record
JOIN function f ON f.id = d.function
WHERE d.record IN (SELECT r.record FROM story_site o JOIN site_record r ON r.site = o.site)
UNION
SELECT p.function, 4, p.file, p.line, p.col, p.message
FROM target t
JOIN finding f ON f.id = t.finding
JOIN path_leak p ON p.site = f.site
WHERE f.slot IS NULL
ORDER BY 2, 3, 4, 5, 6;

-- What runs is reached from an entry point, by calls or by its address; to register an
-- entry point is not to call it.
CREATE TEMP TABLE story_from(
  event INTEGER NOT NULL,
  phase INTEGER NOT NULL,
  entry INTEGER NOT NULL,
  PRIMARY KEY(event, phase, entry)
);
INSERT INTO story_from(event, phase, entry)
WITH RECURSIVE up(start, function) AS (
  SELECT DISTINCT function, function FROM story_event
  UNION
  SELECT u.start, c.caller FROM up u JOIN call c ON c.callee = u.function
  WHERE c.direct OR u.function NOT IN (SELECT function FROM entry)
), reached(function, entry, phase) AS (
  SELECT u.start, e.function, iif(i.phase = 'LOAD', 0, 1)
  FROM up u JOIN entry e ON e.function = u.function JOIN role_info i ON i.role = e.role
  WHERE i.phase IN ('LOAD', 'RUN')
    AND (e.role <> 'DISPATCH' OR e.major NOT IN (SELECT code FROM major WHERE teardown))
  UNION
  SELECT u.start, s.function, 2
  FROM up u JOIN reach_seed s ON s.function = u.function AND s.side = 'teardown'
)
SELECT DISTINCT v.id, r.phase, r.entry
FROM story_event v JOIN reached r ON r.function = v.function;

-- What the driver does at work is not told again where a routine also tears down.
DELETE FROM story_from
WHERE phase = 2
  AND event IN (SELECT id FROM story_event WHERE rank < 3)
  AND event IN (SELECT event FROM story_from WHERE phase < 2);

-- The last word has the teardown that does nothing about it.
INSERT INTO story_event(function, rank, file, line, col, message)
SELECT DISTINCT t.function, 5, f.file, ifnull(f.line, 1), 1, t.text || ' releases nothing of it'
FROM entry_text t JOIN function f ON f.id = t.function
WHERE t.side = 'teardown' AND f.file IS NOT NULL
  AND EXISTS (SELECT 1 FROM story_slot)
  AND NOT EXISTS (SELECT 1 FROM story_from x JOIN story_event v ON v.id = x.event
                  WHERE x.entry = t.function AND x.phase = 2 AND v.rank = 3);
INSERT INTO story_from(event, phase, entry)
SELECT id, 2, function FROM story_event WHERE rank = 5;

-- With the functions' names as the checker of slots has them.
CREATE TEMP TABLE story_doubt(
  file    TEXT NOT NULL,
  line    INTEGER NOT NULL,
  message TEXT NOT NULL
);
INSERT INTO story_doubt(file, line, message)
SELECT DISTINCT d.file, d.line,
       CASE d.reason
         WHEN 'call' THEN d.function || ' calls code that is not in the files given, with '
                          || 'pointers through which it may free ' || l.held
         WHEN 'release' THEN d.function || ' releases a pointer of which it is not known whether '
                             || 'it is ' || l.held
         ELSE d.function || ' tests data that leak62 does not follow; it may tell whether '
              || l.held || ' is still there'
       END
FROM story_slot l JOIN slot_doubt d ON d.path = l.path;
