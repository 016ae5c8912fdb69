-- SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
-- The slots that live as long as the driver, one of its devices or one of its handles.
--
--   home       global     a variable, or a field of the driver object
--              extension, context, file, request
--                         a field of such a record (23_home.sql), or what the driver
--                         hangs on a file object or an IRP
--              NULL       somewhere else: not the business of these rules
--   owner      what the slots of one flow have in common: '' or the record
--   text       as messages name the slot:     list DEVICE_EXTENSION.Requests,
--              what DEVICE_EXTENSION.Mdl points to
--   held       as messages name its content:  what list DEVICE_EXTENSION.Requests holds

CREATE TABLE slot(
  path  TEXT PRIMARY KEY,
  home  TEXT,
  owner TEXT,
  text  TEXT NOT NULL,
  held  TEXT NOT NULL
) WITHOUT ROWID;

WITH paths AS (
  SELECT path FROM store UNION SELECT path FROM outcome_slot UNION SELECT path FROM release_closed
  UNION SELECT path FROM member
), based AS (
  SELECT path, iif(path GLOB 'list *', 'list ', '') AS list,
         iif(path GLOB 'list *', substr(path, 6), path) AS base
  FROM paths
), named AS (
  -- Of '::file.c:name' the part behind the last colon.
  SELECT path, list, base GLOB '*[*]' AS pointee,
         iif(base GLOB '::*', '', nullif(substr(base, 1, max(instr(base, '.') - 1, 0)), '')) AS record,
         replace(rtrim(iif(base GLOB '::*',
                           'global ' || substr(base, 1 + length(rtrim(base, replace(base, ':', '')))),
                           base), '*'), '*.', '->') AS text
  FROM based
), shown AS (
  SELECT path, list, record,
         iif(pointee, 'what ' || list || text || ' points to', list || text) AS text
  FROM named
)
INSERT INTO slot(path, home, owner, text, held)
SELECT n.path,
       CASE WHEN n.record = '' THEN 'global' ELSE coalesce(y.home, h.home) END,
       n.record, n.text, iif(n.list = '', n.text, 'what ' || n.text || ' holds')
FROM shown n
LEFT JOIN home h ON h.record = n.record
LEFT JOIN system_slot y ON y.path = n.path;

-- Where the resource of a site may be found later: what it was stored in, and what
-- a function left it in.
CREATE TABLE placed(
  site INTEGER NOT NULL,
  path TEXT NOT NULL,
  file TEXT NOT NULL,
  line INTEGER NOT NULL,
  PRIMARY KEY(site, path)
) WITHOUT ROWID;
INSERT INTO placed(site, path, file, line)
SELECT site, path, file, min(line) FROM store GROUP BY site, path;
INSERT OR IGNORE INTO placed(site, path, file, line)
SELECT DISTINCT o.site, o.path, s.file, s.line
FROM outcome_slot o JOIN site s ON s.id = o.site;
CREATE INDEX placed_path ON placed(path);
