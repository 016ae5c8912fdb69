-- SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
-- The records whose fields last longer than a function, and how long:
--
--   extension  used as device extension, or a global of the driver is one
--   context    hangs on a global or on memory that lasts as long as the driver
--   file       hangs on a file object: gone when its handle is
--   request    hangs on an IRP: gone when it is completed
--
--   FILE_OBJECT.FsContext --> FCTX.Buffer --> BUFFER.Data      file, all the way
--
-- A record lasts if every object of it that some function acquires is put in a slot
-- that lasts (besides others), and if whatever has it as a part lasts: of a record
-- that is at times a part of something short-lived, nothing can be said.  What is
-- only in a list does not count: its entries come and go one by one.
-- 24_home_step.sql goes from slot to record until there is nothing new.

CREATE TABLE home(
  record TEXT PRIMARY KEY,
  home   TEXT NOT NULL
) WITHOUT ROWID;
INSERT INTO home(record, home) SELECT record, 'extension' FROM extension;
INSERT OR IGNORE INTO home(record, home) VALUES ('DRIVER_OBJECT', 'global');

-- Slots of the system's own records that are the driver's to use.
CREATE TABLE system_slot(
  path TEXT PRIMARY KEY,
  home TEXT NOT NULL
) WITHOUT ROWID;
INSERT INTO system_slot(path, home) VALUES
  ('FILE_OBJECT.FsContext', 'file'),
  ('FILE_OBJECT.FsContext2', 'file'),
  ('IRP.Tail.Overlay.DriverContext', 'request');

-- Where the objects of a record are put: owner is the record that has the slot, ''
-- for a global.  An object that is only returned or passed up is its caller's, which
-- has a site of its own; one that is put nowhere never leaves its function.
CREATE TABLE object_slot(
  record TEXT NOT NULL,
  site   INTEGER NOT NULL,
  path   TEXT NOT NULL,
  owner  TEXT NOT NULL,
  PRIMARY KEY(record, site, path)
) WITHOUT ROWID;
WITH object(record, site) AS (
  SELECT t.record, t.site FROM site_record t JOIN site s ON s.id = t.site
  WHERE s.kind <> 'DEVICE'
), kept(site, path) AS (
  SELECT site, path FROM store
  UNION SELECT site, path FROM outcome_slot
  UNION SELECT site, path FROM member
)
INSERT INTO object_slot(record, site, path, owner)
SELECT o.record, o.site, ifnull(k.path, ''),
       CASE WHEN k.path IS NULL OR k.path GLOB 'list *' THEN 'none'
            WHEN k.path GLOB '::*' THEN ''
            ELSE substr(k.path, 1, instr(k.path, '.') - 1) END
FROM object o LEFT JOIN kept k ON k.site = o.site
WHERE k.path IS NULL OR NOT (k.path = 'return' OR k.path GLOB 'param [0-9]*');
CREATE INDEX part_part ON part(part);
