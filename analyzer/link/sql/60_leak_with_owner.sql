-- SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
-- LeakWithOwner: a function frees an object and forgets what a member of it owns.
--
--   disposed   an object of a driver's record goes, and the function has not just
--              made it: it came from a list, a field or a parameter
--   owned      a member of such a record that some acquiring call fills
--   reported   where neither the function nor whoever it hands the object to names
--              the member at all, and
--                another function that frees such objects releases the member too, or
--                nobody in the driver releases it and nobody else could
--
-- Quiet where a caller of the function releases the member (teardown in two steps).
--
-- Limits: paths are not asked, so a member that is released under a condition counts
-- as released; two records that hold one part by value share its members.

CREATE TABLE disposed(
  id       INTEGER PRIMARY KEY,
  function INTEGER NOT NULL,
  record   TEXT NOT NULL,
  api      TEXT NOT NULL,
  file     TEXT NOT NULL,
  line     INTEGER NOT NULL,
  col      INTEGER NOT NULL,
  end_line INTEGER NOT NULL,
  end_col  INTEGER NOT NULL
);
-- What makes objects, as far as a disposal is concerned: the result or an
-- out-parameter is fresh, or nothing is known of the function.
CREATE TABLE maker(function INTEGER PRIMARY KEY);
INSERT INTO maker(function)
SELECT DISTINCT m.maker
FROM disposal_maker m JOIN function f ON f.id = m.maker
WHERE f.file IS NULL
   OR EXISTS (SELECT 1 FROM outcome o JOIN outcome_slot w ON w.outcome = o.id
              WHERE o.function = f.id AND (w.path = 'return' OR w.path GLOB 'param [0-9]*[*]'))
   OR f.incomplete IS NOT NULL
      AND EXISTS (SELECT 1 FROM site s WHERE s.function = f.id);
INSERT INTO disposed(function, record, api, file, line, col, end_line, end_col)
SELECT d.function, d.record, coalesce(d.api, c.name), d.file, d.line, d.col, d.end_line, d.end_col
FROM disposal d LEFT JOIN function c ON c.id = d.callee
WHERE (d.callee IS NULL
       OR EXISTS (SELECT 1 FROM release_closed r
                  WHERE r.function = d.callee AND r.path = 'param ' || d.idx))
  AND NOT EXISTS (SELECT 1 FROM disposal_maker m JOIN maker k ON k.function = m.maker
                  WHERE m.file = d.file AND m.line = d.line AND m.col = d.col)
ORDER BY d.file, d.line, d.col, d.record;
CREATE INDEX disposed_record ON disposed(record);

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
  FROM (SELECT path FROM placed UNION SELECT path FROM member UNION SELECT path FROM release_closed)
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
  file   TEXT NOT NULL,
  line   INTEGER NOT NULL,
  PRIMARY KEY(site, path)
) WITHOUT ROWID;
INSERT INTO owned(site, path, record, field, noun, file, line)
SELECT p.site, p.path, n.record, n.field, k.noun, p.file, p.line
FROM (SELECT site, path, file, line FROM placed
      UNION ALL SELECT site, path, file, line FROM member) p
JOIN member_path n ON n.path = p.path
JOIN site s ON s.id = p.site
JOIN kind_info k ON k.kind = s.kind
WHERE p.path NOT GLOB '*[*]*' AND k.loss <> 'FAILURE'
  AND NOT EXISTS (SELECT 1 FROM mention m
                  WHERE m.record = n.record AND m.field = n.field AND m.how = 'link')
ON CONFLICT DO NOTHING;

-- Which members a function releases itself.
CREATE TABLE member_release(
  function INTEGER NOT NULL,
  record   TEXT NOT NULL,
  field    TEXT NOT NULL,
  noun     TEXT NOT NULL,
  origin   INTEGER NOT NULL,
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

CREATE TABLE forgotten AS
SELECT d.id AS disposed, d.function, d.record AS object, o.site, o.path, o.record, o.field, o.noun,
       o.file, o.line
FROM disposed d
JOIN object_part t ON t.record = d.record
JOIN owned o ON o.record = t.part
WHERE NOT EXISTS (SELECT 1 FROM handed h JOIN mention m ON m.function = h.function
                  WHERE h.root = d.function AND h.record = d.record
                    AND (m.record = o.record AND m.field = o.field AND m.how IS NOT 'link'
                         OR m.field = '*' AND m.record IN (o.record, d.record)))
  AND NOT EXISTS (SELECT 1 FROM handed h JOIN function f ON f.id = h.function
                  WHERE h.root = d.function AND h.record = d.record AND f.file IS NULL)
  AND NOT EXISTS (SELECT 1 FROM call c JOIN member_release r ON r.function = c.caller
                  WHERE c.callee = d.function
                    AND r.record = o.record AND r.field = o.field AND r.noun = o.noun);

-- Who else frees such objects, and releases the member.
CREATE TABLE better AS
SELECT g.disposed, g.site, g.path, d.function, r.origin
FROM forgotten g
JOIN disposed d ON d.record = g.object AND d.function <> g.function
JOIN handed h ON h.root = d.function AND h.record = d.record
JOIN member_release r ON r.function = h.function
                     AND r.record = g.record AND r.field = g.field AND r.noun = g.noun;
