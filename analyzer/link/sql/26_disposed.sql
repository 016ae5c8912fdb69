-- SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
-- disposed: an object of a driver's record goes, and the function has not just made
-- it: it came from a list, a field or a parameter.

-- What makes objects, as far as a disposal is concerned: the result or an
-- out-parameter is fresh, the function acquires something itself (what it finds or
-- makes is in a list already), or nothing is known of it.
CREATE TABLE maker(function INTEGER PRIMARY KEY);
INSERT INTO maker(function)
SELECT DISTINCT m.maker
FROM disposal_maker m JOIN function f ON f.id = m.maker
WHERE f.file IS NULL
   OR EXISTS (SELECT 1 FROM outcome o JOIN outcome_slot w ON w.outcome = o.id
              WHERE o.function = f.id AND (w.path = 'return' OR w.path GLOB 'param [0-9]*[*]'))
   OR EXISTS (SELECT 1 FROM site s WHERE s.function = f.id);

CREATE TABLE disposed(
  id       INTEGER PRIMARY KEY,
  function INTEGER NOT NULL,
  record   TEXT NOT NULL,
  api      TEXT NOT NULL,
  callee   INTEGER,            -- as in disposal
  idx      INTEGER NOT NULL,
  file     TEXT NOT NULL,
  line     INTEGER NOT NULL,
  col      INTEGER NOT NULL,
  end_line INTEGER NOT NULL,
  end_col  INTEGER NOT NULL
);
INSERT INTO disposed(function, record, api, callee, idx, file, line, col, end_line, end_col)
SELECT d.function, d.record, coalesce(d.api, c.name), d.callee, d.idx,
       d.file, d.line, d.col, d.end_line, d.end_col
FROM disposal d LEFT JOIN function c ON c.id = d.callee
WHERE (d.callee IS NULL
       OR EXISTS (SELECT 1 FROM release_closed r
                  WHERE r.function = d.callee AND r.path = 'param ' || d.idx))
  AND NOT EXISTS (SELECT 1 FROM disposal_maker m JOIN maker k ON k.function = m.maker
                  WHERE m.file = d.file AND m.line = d.line AND m.col = d.col)
ORDER BY d.file, d.line, d.col, d.record;
CREATE INDEX disposed_record ON disposed(record);
