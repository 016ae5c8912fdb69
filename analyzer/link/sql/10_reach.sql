-- SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
-- Which functions run when, by whom the system calls first.
--
--   acquire   reached from DriverEntry, AddDevice, any dispatch routine or callback
--   teardown  reached from DriverUnload, or from the dispatch routine of a major
--             function that takes an object down
--   callback  called from a routine that has ended before the driver can go
--
-- 11_reach_step.sql walks on from here, one call deeper each time, so that parent
-- leads back on a shortest way.

-- DriverEntry needs no registration.  A dispatch routine whose major function is
-- not known serves all; one that is only declared, or called by the driver, none.
CREATE TABLE entry(function INTEGER NOT NULL, role TEXT NOT NULL, major INTEGER);
INSERT INTO entry(function, role, major)
SELECT DISTINCT r.function, r.role,
       iif(r.role = 'DISPATCH', ifnull(r.major, -1), NULL)
FROM role r JOIN function f ON f.id = r.function
WHERE NOT (r.role = 'DISPATCH' AND r.major IS NULL
           AND (f.file IS NULL
                OR EXISTS (SELECT 1 FROM call c WHERE c.callee = r.function AND c.direct)
                OR EXISTS (SELECT 1 FROM role o WHERE o.function = r.function
                           AND o.role = 'DISPATCH' AND o.major IS NOT NULL)));
INSERT INTO entry(function, role)
SELECT f.id, 'DRIVER_ENTRY' FROM function f
WHERE f.name = 'DriverEntry' AND f.file IS NOT NULL
  AND NOT EXISTS (SELECT 1 FROM entry e WHERE e.function = f.id AND e.role = 'DRIVER_ENTRY');
CREATE INDEX entry_function ON entry(function, role);

CREATE TABLE reach_seed(
  side     TEXT NOT NULL,
  function INTEGER NOT NULL,
  role     TEXT NOT NULL,
  major    INTEGER
);
INSERT INTO reach_seed(side, function, role, major)
SELECT 'acquire', e.function, e.role, e.major
FROM entry e JOIN role_info i ON i.role = e.role
WHERE i.phase IN ('LOAD', 'RUN');
INSERT INTO reach_seed(side, function, role, major)
SELECT 'teardown', e.function, e.role, e.major
FROM entry e JOIN role_info i ON i.role = e.role
WHERE i.phase = 'TEARDOWN'
   OR e.role = 'DISPATCH'
      AND (e.major = -1 OR e.major IN (SELECT code FROM major WHERE teardown));
INSERT INTO reach_seed(side, function, role, major)
SELECT 'callback', e.function, e.role, e.major
FROM entry e JOIN role_text t ON t.role = e.role
WHERE t.once;

CREATE TABLE reach(
  side     TEXT NOT NULL,
  function INTEGER NOT NULL,
  depth    INTEGER NOT NULL,
  root     INTEGER NOT NULL,   -- the entry point
  parent   INTEGER,            -- the caller; NULL at the root
  line     INTEGER,            -- where it calls
  direct   INTEGER,
  PRIMARY KEY(side, function)
) WITHOUT ROWID;
CREATE INDEX reach_depth ON reach(depth);
CREATE INDEX reach_function ON reach(function, side);
INSERT INTO reach(side, function, depth, root)
SELECT DISTINCT side, function, 0, function FROM reach_seed;

-- "IRP_MJ_READ/IRP_MJ_WRITE dispatch routine X", by a function's first role.
CREATE TABLE entry_text(
  side     TEXT NOT NULL,
  function INTEGER NOT NULL,
  text     TEXT NOT NULL,
  PRIMARY KEY(side, function)
) WITHOUT ROWID;
WITH first_role AS (
  SELECT s.side, s.function, min(i.position) AS position, i.role
  FROM reach_seed s JOIN role_info i ON i.role = s.role
  GROUP BY s.side, s.function
), majors AS (
  SELECT o.side, o.function, min(o.major) AS lowest, count(*) AS n,
         group_concat(ifnull(m.name, 'major function ' || o.major), '/') AS names
  FROM (SELECT DISTINCT side, function, major FROM reach_seed
        WHERE role = 'DISPATCH' ORDER BY side, function, major) o
  LEFT JOIN major m ON m.code = o.major
  GROUP BY o.side, o.function
)
INSERT INTO entry_text(side, function, text)
SELECT r.side, r.function,
       CASE
         WHEN r.role = 'DRIVER_ENTRY' AND f.name = 'DriverEntry' THEN f.name
         WHEN r.role <> 'DISPATCH' THEN ifnull(t.text, r.role) || ' ' || f.name
         WHEN m.lowest < 0 THEN 'dispatch routine ' || f.name || ' (every major function)'
         WHEN m.n > 3 THEN 'dispatch routine ' || f.name || ' (' || m.n || ' major functions)'
         ELSE m.names || ' dispatch routine ' || f.name
       END
FROM first_role r
JOIN function f ON f.id = r.function
LEFT JOIN role_text t ON t.role = r.role
LEFT JOIN majors m ON m.side = r.side AND m.function = r.function;
