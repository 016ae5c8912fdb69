-- SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
-- Objects that a function disposes of and that no access path names: the result of
-- a lookup ("e = Find(list)"), or the context that a callback got.
--
--   param   NULL: no path names it in this function; else it came as that parameter
--
-- 28_disposed_unnamed_step.sql walks up to the callers that pass it.  Of a function
-- that makes such objects it is the one that it has made.

CREATE TABLE disposed_unnamed(
  function INTEGER NOT NULL,
  record   TEXT NOT NULL,
  param    INTEGER,
  depth    INTEGER NOT NULL
);
CREATE UNIQUE INDEX disposed_unnamed_once
  ON disposed_unnamed(function, record, ifnull(param, -1));
CREATE INDEX disposed_unnamed_depth ON disposed_unnamed(depth);

-- Who makes objects of a record: acquires one, or gets one as a result.
CREATE TABLE record_maker(
  function INTEGER NOT NULL,
  record   TEXT NOT NULL,
  PRIMARY KEY(function, record)
) WITHOUT ROWID;
INSERT INTO record_maker(function, record)
SELECT DISTINCT s.function, t.record FROM site_record t JOIN site s ON s.id = t.site;
INSERT OR IGNORE INTO record_maker(function, record)
SELECT c.caller, t.record
FROM site_record t
JOIN outcome_slot w ON w.site = t.site AND w.path = 'return'
JOIN outcome o ON o.id = w.outcome
JOIN call c ON c.callee = o.function AND c.direct;

WITH origin(function, record, path) AS (
  SELECT d.function, d.record, r.path
  FROM disposed d
  LEFT JOIN release r ON r.function = d.function AND r.file = d.file AND r.line = d.line
  WHERE d.callee IS NULL
  UNION
  SELECT d.function, d.record, a.path
  FROM disposed d
  LEFT JOIN call_arg a ON a.caller = d.function AND a.callee = d.callee AND a.idx = d.idx
  WHERE d.callee IS NOT NULL
)
INSERT INTO disposed_unnamed(function, record, param, depth)
SELECT DISTINCT function, record,
       iif(path IS NULL, NULL, CAST(substr(path, 7) AS INTEGER)), 0
FROM origin
WHERE (path IS NULL AND (function, record) NOT IN (SELECT function, record FROM record_maker)
       OR path GLOB 'param [0-9]*' AND path NOT GLOB '*[*.]*');
