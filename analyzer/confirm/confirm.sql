-- SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
-- What runs of the driver say, in its database; made anew by each confirmation.

DROP VIEW IF EXISTS proved;
DROP TABLE IF EXISTS confirmation;
DROP TABLE IF EXISTS unpredicted;

CREATE TABLE confirmation(
  finding  INTEGER PRIMARY KEY REFERENCES finding(id),
  verdict  TEXT NOT NULL,          -- confirmed, refuted, not reached
  evidence TEXT,                   -- what was seen
  replay   TEXT,                   -- the command that shows it
  scenario TEXT                    -- that command's scenario file
);
-- What was left in a run and no finding says.
CREATE TABLE unpredicted(
  kind     TEXT NOT NULL,          -- of resources.def or ledgers.def; WRONG_FREE
  noun     TEXT,
  tag      TEXT,                   -- as WinDbg shows it
  file     TEXT,                   -- of the driver's frame that acquired it
  line     INTEGER NOT NULL,
  function TEXT,
  runs     INTEGER NOT NULL,       -- in how many it was left
  replay   TEXT,
  scenario TEXT
);
-- Findings with their verdicts, for people with a database browser.
CREATE VIEW proved AS
SELECT f.id, f.rule, s.file AS site_file, s.line AS site_line, f.file, f.line,
       ifnull(c.verdict, 'not tried') AS verdict, c.evidence, c.replay, c.scenario
FROM finding f
JOIN site s ON s.id = f.site
LEFT JOIN confirmation c ON c.finding = f.id;
