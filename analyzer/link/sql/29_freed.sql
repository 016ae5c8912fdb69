-- SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
-- What is over when the driver goes: slots that teardown empties.
--
--   freed         the slot is released on the teardown side or, but for a list, in a
--                 callback that has ended before the driver can go.  A list is
--                 different because its entries come and go one by one: a worker that
--                 takes them out does not empty it at unload, unless the object that has
--                 the list ends there (ended).
--   freed_singly  a list from which the teardown side only takes entries that it looks
--                 for, in functions of the driver's normal work, while one of its
--                 functions empties other lists of the same owner
--   found_again   records whose objects go where no slot names them: what a lookup
--                 has found on the teardown side, what a callback got as its context;
--                 lookup: only the former
--   held_at       every slot that has had the resource of a site, however briefly:
--                 what is freed through one of them is freed; so are the links of a
--                 list with a pointer to its end (22_list_end.sql)
--
-- A registration counts as released wherever the driver undoes it: the system keeps a
-- driver in memory while some of them last, so that unloading begins with a request
-- to the driver, not with DriverUnload.

-- Who runs at all times, and who when a handle is opened: what that puts in a list,
-- closing the handle takes out.
CREATE TABLE run_by(
  how      TEXT NOT NULL,      -- work, create
  function INTEGER NOT NULL,
  PRIMARY KEY(how, function)
) WITHOUT ROWID;
WITH RECURSIVE run(how, function) AS (
  SELECT 'create', function FROM entry WHERE role = 'DISPATCH' AND major IN (-1, 0)
  UNION
  SELECT 'work', e.function
  FROM entry e JOIN role_info i ON i.role = e.role
  WHERE i.phase = 'RUN'
    AND (e.role <> 'DISPATCH' OR e.major NOT IN (SELECT code FROM major WHERE teardown))
  UNION
  SELECT r.how, c.callee FROM run r JOIN call c ON c.caller = r.function WHERE c.direct
)
INSERT INTO run_by(how, function) SELECT how, function FROM run;

CREATE TABLE ended(record TEXT PRIMARY KEY) WITHOUT ROWID;
WITH RECURSIVE whole(record) AS (
  SELECT d.record
  FROM disposed d JOIN reach r ON r.side = 'callback' AND r.function = d.function
  UNION
  SELECT p.part FROM whole w JOIN part p ON p.record = w.record
)
INSERT INTO ended(record)
SELECT w.record FROM whole w JOIN home h ON h.record = w.record
WHERE h.home IN ('context', 'file', 'request');

CREATE TABLE gone AS
SELECT DISTINCT c.function, c.path, k.noun, l.owner,
       p.function IS NOT NULL AS one,
       o.function IN (SELECT function FROM run_by WHERE how = 'work') AS at_work
FROM release_closed c
JOIN kind_info k ON k.kind = c.kind
JOIN release o ON o.rowid = c.origin
JOIN slot l ON l.path = c.path
LEFT JOIN picked p ON p.function = o.function AND p.path = o.path
WHERE c.param IS NULL
  AND (k.noun = 'registration'
       OR EXISTS (SELECT 1 FROM reach r WHERE r.function = c.function
                  AND (r.side = 'teardown'
                       OR r.side = 'callback'
                          AND (c.path NOT GLOB 'list *'
                               OR l.owner IN (SELECT record FROM ended)))));
CREATE INDEX gone_owner ON gone(owner, path);

CREATE TABLE freed(
  path TEXT NOT NULL,
  noun TEXT NOT NULL,
  PRIMARY KEY(path, noun)
) WITHOUT ROWID;
CREATE TABLE freed_singly(
  path TEXT NOT NULL,
  noun TEXT NOT NULL,
  function INTEGER NOT NULL,
  PRIMARY KEY(path, noun)
) WITHOUT ROWID;
CREATE TABLE owner_emptied AS
SELECT DISTINCT owner FROM gone WHERE path GLOB 'list *' AND NOT one;
INSERT INTO freed(path, noun)
SELECT DISTINCT path, noun FROM gone
WHERE NOT (one AND at_work AND owner IN (SELECT owner FROM owner_emptied));
INSERT OR IGNORE INTO freed_singly(path, noun, function)
SELECT g.path, g.noun, g.function
FROM gone g JOIN function f ON f.id = g.function
WHERE (g.path, g.noun) NOT IN (SELECT path, noun FROM freed)
ORDER BY f.key;

CREATE TABLE found_again(
  record TEXT PRIMARY KEY,
  lookup INTEGER NOT NULL
) WITHOUT ROWID;
INSERT INTO found_again(record, lookup)
SELECT d.record, min(d.param IS NULL)
FROM disposed_unnamed d
WHERE d.param IS NULL
      AND EXISTS (SELECT 1 FROM reach r WHERE r.side = 'teardown' AND r.function = d.function)
   OR d.param IS NOT NULL
      AND EXISTS (SELECT 1 FROM entry e JOIN role_text t ON t.role = e.role
                  WHERE e.function = d.function AND t.once)
GROUP BY d.record;

-- With what callers pass in place of a parameter, or of two lists, each by itself.
CREATE TABLE alias_slot(
  source TEXT NOT NULL,
  path   TEXT NOT NULL,
  PRIMARY KEY(source, path)
) WITHOUT ROWID;
WITH RECURSIVE up(above, path, below, source) AS (
  SELECT function, path, function, source FROM alias
  UNION
  SELECT u.above, u.path, a.caller, a.path
  FROM up u
  JOIN call_arg a ON a.callee = u.below AND a.idx = CAST(substr(u.source, 7) AS INTEGER)
  WHERE u.source GLOB 'param [0-9]*' AND a.path NOT GLOB '*[&*]*'
  UNION
  SELECT u.above, u.path, a.caller, 'list ' || rtrim(ltrim(a.path, '&'), '*')
  FROM up u
  JOIN call_arg a ON a.callee = u.below AND a.idx = CAST(substr(u.source, 12) AS INTEGER)
  WHERE u.source GLOB 'list param [0-9]*' AND a.path NOT GLOB 'list *'
  UNION
  SELECT a.caller, 'list ' || rtrim(ltrim(a.path, '&'), '*'), u.below, u.source
  FROM up u
  JOIN call_arg a ON a.callee = u.above AND a.idx = CAST(substr(u.path, 12) AS INTEGER)
  WHERE u.path GLOB 'list param [0-9]*' AND a.path NOT GLOB 'list *'
)
INSERT OR IGNORE INTO alias_slot(source, path)
SELECT source, path FROM up
WHERE source NOT GLOB '*param [0-9]*' AND path NOT GLOB '*param [0-9]*' AND source <> path;
CREATE TABLE held_at(
  site INTEGER NOT NULL,
  path TEXT NOT NULL,
  PRIMARY KEY(site, path)
) WITHOUT ROWID;
INSERT INTO held_at(site, path) SELECT site, path FROM placed;
INSERT OR IGNORE INTO held_at(site, path) SELECT site, path FROM member;
WITH RECURSIVE moved(site, path) AS (
  SELECT site, path FROM held_at
  UNION
  SELECT m.site, a.path FROM moved m JOIN alias_slot a ON a.source = m.path
)
INSERT OR IGNORE INTO held_at(site, path) SELECT site, path FROM moved;
INSERT OR IGNORE INTO held_at(site, path)
SELECT h.site, l.target
FROM held_at h
JOIN points_to f ON f.target = h.path AND NOT f.link
JOIN points_to l ON l.slot = f.slot AND l.link;

-- What goes with a request: it hangs on an IRP, or who releases it completes the IRP
-- that a field of it holds.  No request is left when the driver goes, so whoever
-- releases such a thing will do.
CREATE TABLE with_request(site INTEGER PRIMARY KEY);
INSERT OR IGNORE INTO with_request(site)
SELECT h.site FROM held_at h JOIN slot l ON l.path = h.path AND l.home = 'request';
INSERT OR IGNORE INTO with_request(site)
SELECT h.site
FROM held_at h
JOIN release_closed c ON c.path = h.path
JOIN site_record t ON t.site = h.site
JOIN release_closed d ON d.function = c.function AND d.kind = 'THREADED_IRP'
                     AND d.path GLOB t.record || '.*';
