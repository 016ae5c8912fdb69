-- SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
-- LeakWithOwner: a function frees an object and forgets what a member of it owns.
--
--   disposed   see 26_disposed.sql
--   owned      a member of such a record that some acquiring call fills
--   reported   where neither the function nor whoever it hands the object to names
--              the member at all, and
--                another function that frees such objects releases the member too, or
--                nobody in the driver releases it, and it can have gone nowhere else or
--                the check of slots has seen it stay there;
--              or where they name it, and release it at other times, in a function of
--              the teardown side: the check of slots has seen that no teardown does
--   forgotten  what is not reported here may still be in 70_leak_at_unload.sql, which
--              knows more of the teardown; 70_leak_with_owner.sql writes the findings
--
-- Quiet where the resource is kept in a second place, which may be the owner; where a
-- caller of the function releases the member, or an entry point or a call of the function
-- empties such objects and lets them be (teardown in two steps); where the object may
-- be a new one that another function has just made; and where which function frees an
-- object is said by a pointer, and another one that the pointer may lead to releases the
-- member.
--
-- Kinds that Driver Verifier does not count are reported under their own rule.
--
-- Limits: paths are not asked, so a member that is released under a condition counts
-- as released; two records that hold one part by value share its members.

CREATE TABLE object_part(
  record TEXT NOT NULL,
  part   TEXT NOT NULL,
  PRIMARY KEY(record, part)
) WITHOUT ROWID;
WITH RECURSIVE parts(record, part) AS (
  SELECT record, record FROM disposed
  UNION
  SELECT p.record, n.part FROM parts p JOIN part n ON n.record = p.part
)
INSERT INTO object_part(record, part) SELECT record, part FROM parts;
CREATE INDEX object_part_part ON object_part(part);

-- Members as slots: "T.f", "T.f.Buffer" and "list T.f" are all the field f of T.
CREATE TABLE member_path(
  path   TEXT PRIMARY KEY,
  record TEXT NOT NULL,
  field  TEXT NOT NULL
) WITHOUT ROWID;
WITH based AS (
  SELECT path, iif(path GLOB 'list *', substr(path, 6), path) AS base
  FROM slot
), split AS (
  SELECT path, substr(base, 1, instr(base, '.') - 1) AS record,
         substr(base, instr(base, '.') + 1) AS rest
  FROM based
  WHERE instr(base, '.') > 1 AND base NOT GLOB '::*' AND base NOT GLOB 'list *'
    AND base NOT GLOB 'param [0-9]*'
)
INSERT INTO member_path(path, record, field)
SELECT path, record, rtrim(substr(rest, 1, instr(rest || '.', '.') - 1), '*')
FROM split
WHERE record IN (SELECT part FROM object_part);

-- A field that leads from a list entry to its object is no head of a list.
CREATE TABLE owned(
  site   INTEGER NOT NULL,
  path   TEXT NOT NULL,
  record TEXT NOT NULL,
  field  TEXT NOT NULL,
  noun   TEXT NOT NULL,
  hold   TEXT,                 -- as of member; NULL: only a path has shown it
  file   TEXT NOT NULL,
  line   INTEGER NOT NULL,
  PRIMARY KEY(site, path)
) WITHOUT ROWID;
WITH kept AS (
  SELECT site, path, hold, file, line FROM member
  UNION ALL
  SELECT site, path, NULL, file, line FROM placed
  WHERE path NOT GLOB '*[*]*' AND path NOT GLOB '*param [0-9]*' AND path <> 'return'
)
INSERT INTO owned(site, path, record, field, noun, hold, file, line)
SELECT p.site, p.path, n.record, n.field, k.noun, p.hold, p.file, p.line
FROM kept p
JOIN member_path n ON n.path = p.path
JOIN site s ON s.id = p.site
JOIN kind_info k ON k.kind = s.kind
WHERE k.loss <> 'FAILURE'
  AND NOT EXISTS (SELECT 1 FROM kept o WHERE o.site = p.site AND o.path <> p.path)
  AND NOT EXISTS (SELECT 1 FROM mention m
                  WHERE m.record = n.record AND m.field = n.field AND m.how = 'link')
ON CONFLICT DO NOTHING;

-- Which members a function releases itself.
CREATE TABLE member_release(
  function INTEGER NOT NULL,
  record   TEXT NOT NULL,
  field    TEXT NOT NULL,
  noun     TEXT NOT NULL,
  origin   INTEGER NOT NULL,   -- rowid of the release
  PRIMARY KEY(record, field, noun, function)
) WITHOUT ROWID;
INSERT INTO member_release(function, record, field, noun, origin)
SELECT c.function, n.record, n.field, k.noun, min(c.origin)
FROM release_closed c
JOIN member_path n ON n.path = c.path
JOIN kind_info k ON k.kind = c.kind
GROUP BY c.function, n.record, n.field, k.noun;

-- Who sees an object that a function frees: the function itself, and whom it is
-- handed to.
CREATE TABLE handed(
  root     INTEGER NOT NULL,
  record   TEXT NOT NULL,
  function INTEGER NOT NULL,
  PRIMARY KEY(root, record, function)
) WITHOUT ROWID;
WITH RECURSIVE seen(root, record, function) AS (
  SELECT function, record, function FROM disposed
  UNION
  SELECT s.root, s.record, h.callee
  FROM seen s
  JOIN object_part o ON o.record = s.record
  JOIN handover h ON h.caller = s.function AND h.record = o.part
)
INSERT INTO handed(root, record, function) SELECT root, record, function FROM seen;

CREATE TABLE forgotten(
  disposed INTEGER NOT NULL,
  site     INTEGER NOT NULL,
  path     TEXT NOT NULL,
  PRIMARY KEY(disposed, path, site)
) WITHOUT ROWID;
INSERT INTO forgotten(disposed, site, path)
SELECT d.id, o.site, o.path
FROM disposed d
JOIN object_part t ON t.record = d.record
JOIN owned o ON o.record = t.part
WHERE (NOT EXISTS (SELECT 1 FROM handed h JOIN mention m ON m.function = h.function
                   WHERE h.root = d.function AND h.record = d.record
                     AND (m.record = o.record AND m.field = o.field AND m.how IS NOT 'link'
                          OR m.field = '*' AND m.record IN (o.record, d.record)))
       OR o.hold IN ('object', 'only') AND o.path IN (SELECT path FROM slot_kept)
          AND EXISTS (SELECT 1 FROM member_release r
                      WHERE r.record = o.record AND r.field = o.field AND r.noun = o.noun)
          AND EXISTS (SELECT 1 FROM reach r WHERE r.side = 'teardown' AND r.function = d.function))
  AND NOT EXISTS (SELECT 1 FROM handed h JOIN function f ON f.id = h.function
                  WHERE h.root = d.function AND h.record = d.record AND f.file IS NULL)
  AND NOT EXISTS (SELECT 1 FROM call c JOIN member_release r ON r.function = c.caller
                  WHERE c.callee = d.function
                    AND r.record = o.record AND r.field = o.field AND r.noun = o.noun)
  -- Objects that name their own disposal: those of one may have the member, those of
  -- another have none.
  AND NOT EXISTS (SELECT 1 FROM routine_in i
                  JOIN routine_in j ON j.slot = i.slot AND j.function <> i.function
                  JOIN slot_call c ON c.slot = i.slot
                  JOIN member_release r ON r.function = j.function
                  WHERE i.function = d.function
                    AND r.record = o.record AND r.field = o.field AND r.noun = o.noun)
  AND NOT EXISTS (SELECT 1 FROM finding f WHERE f.slot = o.path)
  AND o.site NOT IN (SELECT site FROM wrong_release)
  AND NOT EXISTS (SELECT 1 FROM path_leak p WHERE p.site = o.site AND p.function = d.function);

-- Who does something, itself or through what it calls: release a member (empty), free
-- such objects (dispose), fill the member (fill).
CREATE TABLE does(
  what     TEXT NOT NULL,
  record   TEXT NOT NULL,
  field    TEXT NOT NULL,      -- '' of dispose
  noun     TEXT NOT NULL,
  function INTEGER NOT NULL,
  PRIMARY KEY(what, record, field, noun, function)
) WITHOUT ROWID;
WITH RECURSIVE member_of(record, field, noun) AS (
  SELECT DISTINCT o.record, o.field, o.noun
  FROM forgotten g JOIN owned o ON o.site = g.site AND o.path = g.path
), up(what, record, field, noun, function) AS (
  SELECT 'empty', r.record, r.field, r.noun, r.function
  FROM member_of m
  JOIN member_release r ON r.record = m.record AND r.field = m.field AND r.noun = m.noun
  UNION
  SELECT 'fill', o.record, o.field, o.noun, s.function
  FROM member_of m
  JOIN owned o ON o.record = m.record AND o.field = m.field AND o.noun = m.noun
  JOIN site s ON s.id = o.site
  UNION
  SELECT 'dispose', d.record, '', '', d.function
  FROM disposed d
  WHERE d.record IN (SELECT w.record FROM disposed w JOIN forgotten g ON g.disposed = w.id)
  UNION
  SELECT u.what, u.record, u.field, u.noun, c.caller
  FROM up u JOIN call c ON c.callee = u.function AND c.direct
)
INSERT INTO does(what, record, field, noun, function)
SELECT what, record, field, noun, function FROM up;

DELETE FROM forgotten
WHERE path NOT IN (SELECT path FROM slot_kept)
  AND EXISTS (
    SELECT 1
    FROM owned o
    JOIN disposed d ON d.id = forgotten.disposed
    JOIN does e ON e.what = 'empty'
               AND e.record = o.record AND e.field = o.field AND e.noun = o.noun
    WHERE o.site = forgotten.site AND o.path = forgotten.path
      AND NOT EXISTS (SELECT 1 FROM does f
                      WHERE f.function = e.function
                        AND (f.what = 'dispose' AND f.record = d.record
                             OR f.what = 'fill' AND f.record = o.record AND f.field = o.field
                                AND f.noun = o.noun))
      AND (EXISTS (SELECT 1 FROM call c
                   WHERE c.caller = d.function AND c.callee = e.function AND c.direct)
           OR EXISTS (SELECT 1 FROM reach_seed r
                      WHERE r.side = 'teardown' AND r.function = e.function)));

-- Who else frees such objects, and releases the member: one that does both itself
-- before one that leaves it to another function.
CREATE TABLE better(
  disposed INTEGER NOT NULL,
  path     TEXT NOT NULL,
  function INTEGER NOT NULL,
  origin   INTEGER NOT NULL,
  PRIMARY KEY(disposed, path)
) WITHOUT ROWID;
WITH ranked AS (
  SELECT g.disposed, g.path, d.function, r.origin,
         row_number() OVER (PARTITION BY g.disposed, g.path
                            ORDER BY e.function <> d.function, f.key, d.id, r.origin) AS n
  FROM forgotten g
  JOIN disposed was ON was.id = g.disposed
  JOIN owned o ON o.site = g.site AND o.path = g.path
  JOIN disposed d ON d.record = was.record AND d.function <> was.function
  JOIN handed h ON h.root = d.function AND h.record = d.record
  JOIN member_release r ON r.function = h.function
                       AND r.record = o.record AND r.field = o.field AND r.noun = o.noun
  JOIN release e ON e.rowid = r.origin
  JOIN function f ON f.id = d.function
)
INSERT INTO better(disposed, path, function, origin)
SELECT disposed, path, function, origin FROM ranked WHERE n = 1;

-- One finding for a member and a function that forgets it.
CREATE TABLE owner_leak(
  id       INTEGER PRIMARY KEY,   -- of the finding
  disposed INTEGER NOT NULL,
  site     INTEGER NOT NULL,
  path     TEXT NOT NULL
);
WITH lost AS (
  SELECT g.disposed, g.site, g.path, d.file, d.line, d.col,
         row_number() OVER (PARTITION BY d.function, d.record, g.path
                            ORDER BY d.id, o.hold IS NULL, s.file, s.line, s.col, s.id) AS n
  FROM forgotten g
  JOIN disposed d ON d.id = g.disposed
  JOIN owned o ON o.site = g.site AND o.path = g.path
  JOIN site s ON s.id = g.site
  WHERE EXISTS (SELECT 1 FROM better b WHERE b.disposed = g.disposed AND b.path = g.path)
     OR o.hold IN ('object', 'only') AND g.path IN (SELECT path FROM slot_kept)
     OR o.hold IN ('object', 'only')
        AND NOT EXISTS (SELECT 1 FROM member_release r
                        WHERE r.record = o.record AND r.field = o.field AND r.noun = o.noun)
        AND (o.hold = 'object'
             OR NOT EXISTS (SELECT 1 FROM mention m
                            WHERE m.record = o.record
                              AND (m.field = o.field AND m.how = 'moved' OR m.field = '*')))
)
INSERT INTO owner_leak(id, disposed, site, path)
SELECT (SELECT ifnull(max(id), 0) FROM finding)
       + row_number() OVER (ORDER BY file, line, col, path),
       disposed, site, path
FROM lost WHERE n = 1;
