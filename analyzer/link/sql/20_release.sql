-- SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
-- What a function releases by itself or through the functions it calls.
--
-- A release of something of a parameter is a release in each caller of what is
-- passed there; 21_release_step.sql carries it up, call by call.  origin is the
-- release row it comes from.

CREATE TABLE release_closed(
  function INTEGER NOT NULL,
  kind     TEXT NOT NULL,
  path     TEXT NOT NULL,
  origin   INTEGER NOT NULL,
  depth    INTEGER NOT NULL,
  -- The parts of "list param N<suffix>"; param is NULL for a slot.
  list   TEXT AS (iif(path GLOB 'list *', 'list ', '')),
  param  INTEGER AS (iif(substr(path, 1 + length(list)) GLOB 'param [0-9]*',
                         CAST(substr(path, 7 + length(list)) AS INTEGER), NULL)),
  suffix TEXT AS (substr(path, 7 + length(list) + length(param))),
  PRIMARY KEY(function, kind, path)
) WITHOUT ROWID;
CREATE INDEX release_closed_depth ON release_closed(depth);
CREATE INDEX release_closed_path ON release_closed(path);

INSERT INTO release_closed(function, kind, path, origin, depth)
SELECT function, kind, path, min(rowid), 0 FROM release GROUP BY function, kind, path;
