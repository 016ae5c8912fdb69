-- SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
-- What the database of a driver has beyond the tables of schema.sql.

CREATE TABLE tu(
  id     INTEGER PRIMARY KEY,
  source TEXT NOT NULL UNIQUE,     -- absolute path
  status TEXT NOT NULL,            -- ok, failed
  error  TEXT                      -- failed: first error, "file(line): text"
);

CREATE TABLE finding(
  id       INTEGER PRIMARY KEY,
  rule     TEXT NOT NULL,          -- a name of rules.def
  site     INTEGER NOT NULL REFERENCES site(id),
  slot     TEXT,                   -- access path; NULL for a leak on a path
  file     TEXT NOT NULL,          -- primary location
  line     INTEGER NOT NULL,
  col      INTEGER NOT NULL,
  end_line INTEGER NOT NULL,
  end_col  INTEGER NOT NULL,
  message  TEXT NOT NULL
);
-- flow 0: how the resource was acquired (and, on a path, lost);
-- flow 1 (life-cycle rules): the teardown that misses it.
CREATE TABLE finding_step(
  finding INTEGER NOT NULL REFERENCES finding(id),
  flow    INTEGER NOT NULL,
  seq     INTEGER NOT NULL,
  file    TEXT NOT NULL,
  line    INTEGER NOT NULL,
  col     INTEGER NOT NULL,
  message TEXT NOT NULL
);
-- Places beside the finding.
CREATE TABLE finding_also(
  finding INTEGER NOT NULL REFERENCES finding(id),
  role    TEXT NOT NULL,           -- exit: it is lost here as well, for the same reason
                                   -- fix: here the resource is released on another path
                                   -- teardown: the end of a teardown routine that
                                   -- releases others of the same owner, not this one
  file    TEXT NOT NULL,
  line    INTEGER NOT NULL,
  col     INTEGER NOT NULL,
  message TEXT NOT NULL
);
