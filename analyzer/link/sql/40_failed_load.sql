-- SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
-- LeakOnFailedLoad: DriverEntry or AddDevice returns a failure status and leaves a
-- resource in a slot.  After DriverEntry no teardown routine runs at all; after
-- AddDevice none runs for its device, so only fields of the extension count there.
--
-- One finding per site, at the first failing exit.  An exit is believed only as far
-- as the analysis could see: where the routine calls, however deep, a function of
-- another file that releases the slot, nothing is said.  How far a loop has emptied a
-- list paths do not show: of a list that the teardown empties, or the routine itself, the
-- simulation of slots says at which exits something is in it.

CREATE TABLE load_call(
  entry    INTEGER NOT NULL,
  function INTEGER NOT NULL,
  PRIMARY KEY(entry, function)
) WITHOUT ROWID;
WITH RECURSIVE called(entry, function) AS (
  SELECT function, function FROM entry WHERE role IN ('DRIVER_ENTRY', 'ADD_DEVICE')
  UNION
  SELECT p.entry, c.callee FROM called p JOIN call c ON c.caller = p.function
  WHERE c.direct
)
INSERT INTO load_call(entry, function) SELECT entry, function FROM called;

-- Lists of which the routine or whom it calls releases entries, and records of which
-- it releases objects that it has found.
CREATE TABLE emptied(entry INTEGER NOT NULL, path TEXT, record TEXT);
INSERT INTO emptied(entry, path)
SELECT DISTINCT d.entry, c.path
FROM load_call d JOIN release_closed c ON c.function = d.function
WHERE c.path GLOB 'list *';
INSERT INTO emptied(entry, record)
SELECT DISTINCT d.entry, g.record
FROM load_call d JOIN disposed_unnamed g ON g.function = d.function AND g.param IS NULL;

CREATE TABLE load_leak(
  id       INTEGER PRIMARY KEY, -- of the finding
  site     INTEGER NOT NULL,
  path     TEXT NOT NULL,
  function INTEGER NOT NULL,
  role     TEXT NOT NULL,
  file     TEXT NOT NULL,       -- of the exit
  line     INTEGER NOT NULL
);
WITH exits AS (
  SELECT w.site, w.path, o.function, e.role, o.file,
         coalesce((SELECT min(z.lost_line) FROM slot_loss z
                   WHERE z.failed AND z.path = rtrim(w.path, '*') AND z.lost_file = o.file
                     AND w.path GLOB 'list *' AND e.role = 'DRIVER_ENTRY'), o.line) AS line,
         row_number() OVER (PARTITION BY w.site
                            ORDER BY i.position, o.line, w.path, o.id) AS n
  FROM entry e
  JOIN role_info i ON i.role = e.role
  JOIN outcome o ON o.function = e.function AND o.result = 'failure'
  JOIN function f ON f.id = o.function
  JOIN outcome_slot w ON w.outcome = o.id
  JOIN slot l ON l.path = w.path
  JOIN site s ON s.id = w.site
  JOIN kind_info k ON k.kind = s.kind
  WHERE (e.role = 'DRIVER_ENTRY' AND l.home IS NOT NULL
         OR e.role = 'ADD_DEVICE' AND l.home = 'extension')
    AND NOT EXISTS (SELECT 1 FROM release_closed c
                    JOIN load_call d ON d.entry = o.function AND d.function = c.function
                    JOIN kind_info ck ON ck.kind = c.kind AND ck.noun = k.noun
                    JOIN release r ON r.rowid = c.origin
                    WHERE c.path = w.path AND r.file IS NOT f.file)
    AND NOT EXISTS (SELECT 1 FROM wrong_release v
                    JOIN load_call d ON d.entry = o.function AND d.function = v.function
                    WHERE v.site = w.site AND v.file IS NOT f.file)
    AND NOT (w.path GLOB 'list *' AND e.role = 'DRIVER_ENTRY'
             AND (rtrim(w.path, '*') IN (SELECT path FROM slot_freed)
                  OR EXISTS (SELECT 1 FROM emptied m
                             WHERE m.entry = o.function
                               AND (m.path = rtrim(w.path, '*')
                                    OR m.record IN (SELECT t.record FROM site_record t
                                                    WHERE t.site = w.site))))
             AND NOT EXISTS (SELECT 1 FROM slot_loss z
                             WHERE z.failed AND z.path = rtrim(w.path, '*')
                               AND z.lost_file = o.file))
    -- Which of its devices the driver object names, and is deleted with what is in it, paths
    -- do not know; the simulation of slots does.
    AND NOT (l.home = 'extension' AND e.role = 'DRIVER_ENTRY'
             AND w.path IN (SELECT path FROM slot_freed)
             AND EXISTS (SELECT 1 FROM release_closed c
                         WHERE c.function = o.function AND c.kind = 'DEVICE'
                           AND c.path = 'DRIVER_OBJECT.DeviceObject')
             AND NOT EXISTS (SELECT 1 FROM slot_loss z
                             WHERE z.failed AND z.path = w.path AND z.lost_file = o.file))
    -- The path says so already.
    AND NOT (k.loss = 'FAILURE'
             AND EXISTS (SELECT 1 FROM path_leak p
                         WHERE p.site = w.site AND p.function = o.function))
)
INSERT INTO load_leak(id, site, path, function, role, file, line)
SELECT (SELECT ifnull(max(id), 0) FROM finding)
       + row_number() OVER (ORDER BY x.file, x.line, x.site),
       x.site, x.path, x.function, x.role, x.file, x.line
FROM exits x
WHERE x.n = 1;

INSERT INTO finding(id, rule, site, slot, file, line, col, end_line, end_col, message)
SELECT d.id, iif(k.counted, 'LeakOnFailedLoad', k.rule), d.site, d.path, d.file, d.line, 1, 0, 0,
       'leak on failed load: ' || t.text || ' stays in ' || l.text || ' when ' || e.text ||
       ' returns a failure status, and '
       || iif(d.role = 'DRIVER_ENTRY', 'DriverUnload does not run then',
              'no teardown routine runs for its device then')
FROM load_leak d
JOIN site s ON s.id = d.site
JOIN kind_info k ON k.kind = s.kind
JOIN site_text t ON t.site = d.site
JOIN slot l ON l.path = d.path
JOIN entry_text e ON e.side = 'acquire' AND e.function = d.function;

INSERT INTO finding_step(finding, flow, seq, file, line, col, message)
SELECT d.id, 0, 0, ifnull(f.file, d.file), ifnull(f.line, d.line), 1, e.text
FROM load_leak d
JOIN function f ON f.id = d.function
JOIN entry_text e ON e.side = 'acquire' AND e.function = d.function
UNION ALL
SELECT d.id, 0, 1, s.file, s.line, s.col, t.step
FROM load_leak d JOIN site s ON s.id = d.site JOIN site_text t ON t.site = d.site
UNION ALL
SELECT d.id, 0, 2, p.file, p.line, 1, 'stored in ' || l.text
FROM load_leak d
JOIN placed p ON p.site = d.site AND p.path = d.path
JOIN slot l ON l.path = d.path
UNION ALL
SELECT d.id, 0, 3, d.file, d.line, 1,
       f.name || ' returns a failure status without '
       || iif(t.verb = 'free', 'freeing ', 'releasing ') || l.held
FROM load_leak d
JOIN function f ON f.id = d.function
JOIN site_text t ON t.site = d.site
JOIN slot l ON l.path = d.path;
