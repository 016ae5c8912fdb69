-- SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
-- LeakAtUnload: a slot that lasts (25_slot.sql) keeps a resource, and nothing that tears
-- the driver, a device or a handle down releases what is in that slot.
--
--   reported, once per site, when
--     the driver can be unloaded, and its DriverUnload routine was seen; but for a
--     global so was each dispatch routine of the teardown side
--     the site runs on the acquire side
--     some way out of a function leaves the resource in such a slot (of a function
--     without recorded exits every store counts)
--     no slot that has had the resource is freed, nor are such objects found again
--     (29_freed.sql): what is in one slot alone, which the check of slots has seen no
--     teardown touch, is not what a lookup finds, and of a slot that it could not follow
--     to the end nothing better is known; of what goes with an IRP, whoever
--     frees it will do;
--     or what frees the slot does so at work only: it is called by a routine that serves
--     requests of the teardown among others, and the check of slots has followed it;
--     nor is it freed by the wrong routine (29_wrong_release.sql), and
--     LeakWithOwner does not say so already, nor the site in a function that the
--     site's own calls
--
--   What is in a member of an object that is freed without it is told as LeakWithOwner, at
--   that free.
--
--   What a file out of focus puts in a slot, and a function whose paths were cut, is
--   known from the syntax tree: it counts unless the same function releases the slot.
--
-- Kinds that Driver Verifier does not count are reported under their own rule.
--
-- Device objects are in a list of the system's, so that their slot is a second
-- reference only.  One is reported when a dispatch routine makes it, a function of the
-- teardown side takes its extension apart, and the driver deletes other devices by
-- name only.
--
-- Beside the finding: the end of the function of the teardown side that releases most
-- of the same owner.  It is where the release is missing.
--
-- Limits: that a release is reached on every teardown path is not asked, nor which
-- object of one type a slot belongs to.

CREATE TABLE unloader AS
SELECT f.id AS function, f.name, f.file, ifnull(f.line, 1) AS line,
       coalesce(f.end_line, f.line, 1) AS end_line
FROM entry e JOIN function f ON f.id = e.function
WHERE e.role = 'DRIVER_UNLOAD' AND f.file IS NOT NULL
ORDER BY f.key LIMIT 1;

-- A failed DriverEntry is followed by no unload, and a failed AddDevice by no
-- removal of its device: 40_failed_load.sql looks at those.
CREATE TABLE kept AS
SELECT p.site, p.path, l.home, l.owner, p.file, p.line
FROM placed p
JOIN slot l ON l.path = p.path
JOIN site s ON s.id = p.site
WHERE l.home IS NOT NULL
  AND (NOT EXISTS (SELECT 1 FROM outcome o WHERE o.function = s.function)
       OR EXISTS (SELECT 1 FROM outcome_slot w JOIN outcome o ON o.id = w.outcome
                  WHERE w.site = p.site AND w.path = p.path
                    AND NOT (o.result = 'failure'
                             AND EXISTS (SELECT 1 FROM entry e WHERE e.function = o.function
                                         AND (e.role = 'DRIVER_ENTRY'
                                              OR e.role = 'ADD_DEVICE'
                                                 AND l.home = 'extension')))));

INSERT INTO kept(site, path, home, owner, file, line)
SELECT m.site, m.path, l.home, l.owner, m.file, m.line
FROM member m
JOIN slot l ON l.path = m.path
JOIN site s ON s.id = m.site
JOIN kind_info k ON k.kind = s.kind
JOIN function f ON f.id = s.function
WHERE l.home IS NOT NULL AND (NOT f.analysed OR f.incomplete IS NOT NULL)
  AND (m.hold <> 'shared' OR m.path GLOB 'list *' OR s.kind = 'DEVICE')
  AND NOT EXISTS (SELECT 1 FROM kept o WHERE o.site = m.site AND o.path = m.path)
  AND NOT EXISTS (SELECT 1 FROM release_closed c JOIN kind_info i ON i.kind = c.kind
                  WHERE c.function = s.function AND c.path = m.path AND i.noun = k.noun);

-- A call that is a site since its callee fills a field of what it is given: the callee's
-- own site says the same.
DELETE FROM kept
WHERE (site, path) IN (
  WITH RECURSIVE inside(site, path, function) AS (
    SELECT k.site, k.path, c.callee
    FROM kept k
    JOIN site s ON s.id = k.site
    JOIN call c ON c.caller = s.function AND c.line = s.line AND c.direct
    UNION
    SELECT i.site, i.path, c.callee FROM inside i JOIN call c ON c.caller = i.function AND c.direct
  )
  SELECT i.site, i.path
  FROM inside i
  JOIN site o ON o.function = i.function AND o.id <> i.site
  JOIN kept k ON k.site = o.id AND k.path = i.path
);

-- Devices that are made at work and whose extension is taken apart: owner is that
-- extension.  What deletes devices that no slot names may delete them all.
CREATE TABLE lost_device AS
SELECT k.site, t.record AS owner
FROM kept k
JOIN site s ON s.id = k.site AND s.kind = 'DEVICE'
JOIN function f ON f.id = s.function AND f.analysed
JOIN site_record t ON t.site = k.site
JOIN reach r ON r.side = 'acquire' AND r.function = s.function
JOIN entry e ON e.function = r.root AND e.role = 'DISPATCH'
WHERE EXISTS (SELECT 1 FROM gone g WHERE g.owner = t.record AND g.noun <> 'registration')
GROUP BY k.site, t.record
HAVING NOT EXISTS (SELECT 1 FROM release_closed c
                   JOIN release o ON o.rowid = c.origin
                   JOIN reach r ON r.function = c.function AND r.side <> 'acquire'
                   LEFT JOIN picked p ON p.function = o.function AND p.path = o.path
                   WHERE c.kind = 'DEVICE' AND p.function IS NULL
                     AND (c.path GLOB 'DRIVER_OBJECT.*' OR c.path GLOB 'DEVICE_OBJECT.*'
                          OR c.param IS NOT NULL AND r.depth = 0));

-- Sites at a call of the function whose own site it is.
CREATE TABLE callees_own AS
SELECT DISTINCT s.id AS site, k.path
FROM site s
CROSS JOIN call c ON c.caller = s.function AND c.line = s.line AND c.callee <> c.caller
CROSS JOIN site o ON o.function = c.callee AND o.kind = s.kind
CROSS JOIN kept k ON k.site = o.id;

-- Slots that are emptied at work only, in a way that the check of slots has followed, and
-- by nobody whom the unload routine or an ending callback knows.
CREATE TABLE work_by(
  path     TEXT NOT NULL,
  function INTEGER NOT NULL,
  PRIMARY KEY(path, function)
) WITHOUT ROWID;
WITH RECURSIVE down(function) AS (
  SELECT function FROM entry WHERE role = 'DRIVER_UNLOAD'
  UNION
  SELECT c.callee FROM down d JOIN call c ON c.caller = d.function
)
INSERT OR IGNORE INTO work_by(path, function)
SELECT k.path, f.id
FROM slot_kept k
JOIN slot_work w ON w.path = k.path
JOIN function f ON f.name = w.function AND f.file = w.file
WHERE f.id NOT IN (SELECT function FROM down)
  AND NOT EXISTS (SELECT 1 FROM reach r WHERE r.side = 'callback' AND r.function = f.id);
CREATE TABLE work_only(path TEXT PRIMARY KEY) WITHOUT ROWID;
INSERT INTO work_only(path)
SELECT k.path
FROM slot_kept k
WHERE EXISTS (SELECT 1 FROM gone g WHERE g.path = k.path)
  AND NOT EXISTS (SELECT 1 FROM gone g
                  WHERE g.path = k.path
                    AND (g.noun = 'registration'
                         OR (k.path, g.function) NOT IN (SELECT path, function FROM work_by)));

-- Links of the objects themselves, which nobody else follows and frees: who does not
-- begin at the slot does not come to them.
CREATE TABLE work_link(
  path TEXT NOT NULL,
  link TEXT NOT NULL,
  PRIMARY KEY(path, link)
) WITHOUT ROWID;
INSERT OR IGNORE INTO work_link(path, link)
SELECT w.path, h.path
FROM work_only w
JOIN kept k ON k.path = w.path
JOIN site_record t ON t.site = k.site
JOIN held_at h ON h.site = k.site AND h.path GLOB t.record || '.*'
WHERE NOT EXISTS (SELECT 1 FROM gone g
                  WHERE g.path = h.path
                    AND (g.noun = 'registration'
                         OR (w.path, g.function) NOT IN (SELECT path, function FROM work_by)));

CREATE TABLE unload_leak(
  id    INTEGER PRIMARY KEY,   -- of the finding
  site  INTEGER NOT NULL,
  path  TEXT NOT NULL,
  owner TEXT NOT NULL,
  file  TEXT NOT NULL,         -- of the store
  line  INTEGER NOT NULL
);
WITH lost AS (
  SELECT k.site, k.path, coalesce(v.owner, k.owner) AS owner, k.file, k.line,
         row_number() OVER (PARTITION BY k.site ORDER BY k.line, k.path) AS n
  FROM kept k
  JOIN site s ON s.id = k.site
  JOIN kind_info i ON i.kind = s.kind
  LEFT JOIN lost_device v ON v.site = k.site
  WHERE (i.loss <> 'FAILURE' OR v.site IS NOT NULL)
    AND EXISTS (SELECT 1 FROM unloader)
    AND (k.home = 'global'
         OR NOT EXISTS (SELECT 1 FROM reach_seed d JOIN function f ON f.id = d.function
                        WHERE d.side = 'teardown' AND d.role = 'DISPATCH'
                          AND f.file IS NULL))
    AND EXISTS (SELECT 1 FROM reach r WHERE r.side = 'acquire' AND r.function = s.function)
    AND NOT EXISTS (SELECT 1 FROM slot_freed q
                    JOIN held_at p ON p.path = q.path WHERE p.site = k.site)
    -- Of a driver's own reference: whoever gives back the last one frees the object.
    AND NOT EXISTS (SELECT 1 FROM held_at p JOIN freed f ON f.path = p.path
                    WHERE p.site = k.site AND (f.noun = i.noun OR s.api = 'reference')
                      AND f.path NOT IN (SELECT path FROM work_only)
                      AND (k.path, f.path) NOT IN (SELECT path, link FROM work_link))
    AND k.site NOT IN (SELECT site FROM wrong_release)
    AND NOT (s.function IN (SELECT function FROM run_by WHERE how = 'create')
             AND EXISTS (SELECT 1 FROM held_at p JOIN freed_singly f ON f.path = p.path
                         WHERE p.site = k.site AND f.noun = i.noun))
    AND NOT ((k.path GLOB 'list *' OR k.home IN ('context', 'file', 'request')
              OR k.path IN (SELECT path FROM slot_incomplete))
             AND EXISTS (SELECT 1 FROM site_record t JOIN found_again d ON d.record = t.record
                         WHERE t.site = k.site
                           AND NOT (d.lookup AND k.path IN (SELECT path FROM slot_kept)
                                    AND NOT EXISTS (SELECT 1 FROM held_at o
                                                    WHERE o.site = k.site
                                                      AND o.path <> k.path))))
    AND NOT (k.site IN (SELECT site FROM with_request)
             AND EXISTS (SELECT 1 FROM held_at p
                         JOIN release_closed c ON c.path = p.path
                         JOIN kind_info n ON n.kind = c.kind AND n.noun = i.noun
                         WHERE p.site = k.site))
    AND NOT EXISTS (SELECT 1 FROM owner_leak w WHERE w.path = k.path)
    AND (k.site, k.path) NOT IN (SELECT site, path FROM callees_own)
)
INSERT INTO unload_leak(id, site, path, owner, file, line)
SELECT (SELECT ifnull(max(id), 0)
        FROM (SELECT id FROM finding UNION ALL SELECT id FROM owner_leak))
       + row_number() OVER (ORDER BY s.file, s.line, s.col, s.id),
       l.site, l.path, l.owner, l.file, l.line
FROM lost l JOIN site s ON s.id = l.site
WHERE l.n = 1;

-- Of a member of an object that some function frees without it, the free of the object is
-- where it is lost: one of the teardown side first.
WITH with_owner AS (
  SELECT u.id, g.disposed, u.site, u.path,
         row_number() OVER (PARTITION BY u.path
                            ORDER BY EXISTS (SELECT 1 FROM reach r WHERE r.side = 'teardown'
                                             AND r.function = d.function) DESC,
                                     d.id, u.id) AS n
  FROM unload_leak u
  JOIN forgotten g ON g.site = u.site AND g.path = u.path
  JOIN disposed d ON d.id = g.disposed
)
INSERT INTO owner_leak(id, disposed, site, path)
SELECT id, disposed, site, path FROM with_owner WHERE n = 1;
DELETE FROM unload_leak
WHERE path IN (SELECT w.path FROM owner_leak w JOIN forgotten g
               ON g.disposed = w.disposed AND g.path = w.path AND g.site = unload_leak.site);

INSERT INTO finding(id, rule, site, slot, file, line, col, end_line, end_col, message)
SELECT u.id, iif(k.counted, 'LeakAtUnload', k.rule), u.site, u.path,
       s.file, s.line, s.col, s.end_line, s.end_col,
       'leak at unload: ' || t.text || ' stays in ' || l.text || '; ' ||
       coalesce(f.name || ' takes single entries out, but ', '') ||
       iif(l.home = 'request', 'nothing in the driver ',
           iif(l.path IN (SELECT path FROM work_only), 'no way through ',
               'nothing reachable from ') || 'DriverUnload, IRP_MJ_CLOSE, IRP_MJ_CLEANUP or ' ||
           'IRP_MN_REMOVE_DEVICE ') || iif(f.name IS NULL, t.verb || 's', 'empties') || ' it'
FROM unload_leak u
JOIN site s ON s.id = u.site
JOIN kind_info k ON k.kind = s.kind
JOIN site_text t ON t.site = u.site
JOIN slot l ON l.path = u.path
LEFT JOIN freed_singly o ON o.path = u.path AND o.noun = k.noun
LEFT JOIN function f ON f.id = o.function;

-- Flow 0: from the entry point down to the site, then the allocation and the store.
WITH RECURSIVE chain(finding, function, depth, parent, line, direct) AS (
  SELECT u.id, r.function, r.depth, r.parent, r.line, r.direct
  FROM unload_leak u
  JOIN site s ON s.id = u.site
  JOIN reach r ON r.side = 'acquire' AND r.function = s.function
  UNION
  SELECT c.finding, r.function, r.depth, r.parent, r.line, r.direct
  FROM chain c JOIN reach r ON r.side = 'acquire' AND r.function = c.parent
)
INSERT INTO finding_step(finding, flow, seq, file, line, col, message)
SELECT c.finding, 0, c.depth, coalesce(p.file, f.file, s.file),
       coalesce(iif(c.depth = 0, f.line, c.line), 1), 1,
       CASE
         WHEN c.depth = 0 THEN t.text
         WHEN c.direct THEN p.name || ' calls ' || f.name
         ELSE p.name || ' hands out ' || f.name || ' as a callback'
       END
FROM chain c
JOIN unload_leak u ON u.id = c.finding
JOIN site s ON s.id = u.site
JOIN function f ON f.id = c.function
LEFT JOIN function p ON p.id = c.parent
LEFT JOIN entry_text t ON t.side = 'acquire' AND t.function = c.function;

INSERT INTO finding_step(finding, flow, seq, file, line, col, message)
SELECT u.id, 0, r.depth + 1, s.file, s.line, s.col, t.step
FROM unload_leak u
JOIN site s ON s.id = u.site
JOIN site_text t ON t.site = s.id
JOIN reach r ON r.side = 'acquire' AND r.function = s.function;
INSERT INTO finding_step(finding, flow, seq, file, line, col, message)
SELECT u.id, 0, r.depth + 2, u.file, u.line, 1, 'stored in ' || l.text
FROM unload_leak u
JOIN site s ON s.id = u.site
JOIN slot l ON l.path = u.path
JOIN reach r ON r.side = 'acquire' AND r.function = s.function;

-- The routine whose end is the last chance: of what hangs on a file object, the one
-- that is called when its handle goes.
CREATE TABLE last_chance(
  finding  INTEGER PRIMARY KEY,
  function INTEGER NOT NULL,
  name     TEXT NOT NULL,
  text     TEXT NOT NULL,
  file     TEXT NOT NULL,
  line     INTEGER NOT NULL,
  end_line INTEGER NOT NULL
);
INSERT INTO last_chance
SELECT u.id, f.id, f.name, t.text, f.file, ifnull(f.line, 1), coalesce(f.end_line, f.line, 1)
FROM unload_leak u
JOIN slot l ON l.path = u.path AND l.home = 'file'
JOIN entry e ON e.role = 'DISPATCH' AND e.major IN (2, 18)
JOIN function f ON f.id = e.function AND f.file IS NOT NULL
JOIN entry_text t ON t.side = 'teardown' AND t.function = f.id
WHERE true ORDER BY e.major, f.key
ON CONFLICT DO NOTHING;
INSERT INTO last_chance
SELECT u.id, d.function, d.name, 'DriverUnload routine ' || d.name, d.file, d.line, d.end_line
FROM unload_leak u, unloader d
WHERE true
ON CONFLICT DO NOTHING;

-- Flow 1: what the teardown does release of the same owner (the first eight
-- releases), routine by routine and the last chance at the end.
CREATE TABLE teardown_free AS
WITH places AS (
  SELECT l.owner, l.held, r.root, iif(r.root = (SELECT function FROM unloader), 1, 0) AS last,
         e.key, r.depth, f.name, o.api, o.file, o.line,
         row_number() OVER (PARTITION BY r.root, c.path ORDER BY c.depth, r.depth, o.file, o.line)
           AS again
  FROM release_closed c
  JOIN slot l ON l.path = c.path AND l.home IS NOT NULL
                 AND l.path NOT IN (SELECT path FROM work_only)
  JOIN reach r ON r.side = 'teardown' AND r.function = c.function
  JOIN release o ON o.rowid = c.origin
  JOIN function f ON f.id = o.function
  JOIN function e ON e.id = r.root
  WHERE EXISTS (SELECT 1 FROM unloader)
)
SELECT owner, held, root, last, key, name, api, file, line,
       row_number() OVER (PARTITION BY owner ORDER BY last DESC, key, depth, file, line, held) AS n
FROM places
WHERE again = 1;
DELETE FROM teardown_free WHERE n > 8;
CREATE INDEX teardown_free_owner ON teardown_free(owner);

WITH steps(finding, last, key, phase, n, file, line, message) AS (
  SELECT u.id, 0, t.key, 0, 0, f.file, f.line, e.text || ' runs'
  FROM unload_leak u
  JOIN last_chance c ON c.finding = u.id
  JOIN (SELECT DISTINCT owner, root, key FROM teardown_free) t
    ON t.owner = u.owner AND t.root <> c.function
  JOIN function f ON f.id = t.root
  JOIN entry_text e ON e.side = 'teardown' AND e.function = t.root
  UNION ALL
  SELECT u.id, t.root = c.function, t.key, 1, t.n, t.file, t.line,
         t.name || ' frees ' || t.held || ' with ' || t.api
  FROM unload_leak u
  JOIN last_chance c ON c.finding = u.id
  JOIN teardown_free t ON t.owner = u.owner
  UNION ALL
  SELECT c.finding, 1, '', 0, 0, c.file, c.line, c.text || ' runs' FROM last_chance c
  UNION ALL
  SELECT u.id, 1, '', 2, 0, c.file, c.end_line,
         c.name || ' returns without ' || iif(t.verb = 'free', 'freeing ', 'releasing ') || l.held
  FROM unload_leak u
  JOIN last_chance c ON c.finding = u.id
  JOIN site_text t ON t.site = u.site
  JOIN slot l ON l.path = u.path
)
INSERT INTO finding_step(finding, flow, seq, file, line, col, message)
SELECT finding, 1,
       row_number() OVER (PARTITION BY finding
                          ORDER BY last, iif(last, '', key), phase, n) - 1,
       coalesce(file, (SELECT file FROM unloader)), ifnull(line, 1), 1, message
FROM steps;

-- Where the release is missing: in the function that releases the most slots of the
-- owner.  The two of them that are the likest to the leaking one are named.
CREATE TABLE teardown_part AS
SELECT DISTINCT l.owner, c.function, c.path, l.text, k.noun, c.path GLOB 'list *' AS list
FROM release_closed c
JOIN kind_info k ON k.kind = c.kind
JOIN slot l ON l.path = c.path AND l.home IS NOT NULL
               AND l.path NOT IN (SELECT path FROM work_only)
JOIN reach r ON r.side = 'teardown' AND r.function = c.function
WHERE c.depth <= 1 AND k.loss <> 'FAILURE' AND l.owner IN (SELECT owner FROM unload_leak);
CREATE TABLE teardown_busy AS
SELECT owner, function
FROM (SELECT t.owner, t.function,
             row_number() OVER (PARTITION BY t.owner
                                ORDER BY count(DISTINCT t.path) DESC, r.depth, f.key) AS n
      FROM teardown_part t
      JOIN reach r ON r.side = 'teardown' AND r.function = t.function
      JOIN function f ON f.id = t.function AND f.file IS NOT NULL
      GROUP BY t.owner, t.function)
WHERE n = 1;
CREATE TABLE teardown_miss(
  finding  INTEGER PRIMARY KEY,
  function INTEGER NOT NULL
);
INSERT INTO teardown_miss(finding, function)
SELECT u.id, b.function FROM unload_leak u JOIN teardown_busy b ON b.owner = u.owner;
INSERT OR IGNORE INTO teardown_miss(finding, function)
SELECT finding, function FROM last_chance;

-- Three of each sort are enough: the leaking slot itself may be among them.
CREATE TABLE teardown_shown AS
SELECT owner, function, path, text, noun, list
FROM (SELECT t.*, row_number() OVER (PARTITION BY t.owner, t.noun, t.list
                                     ORDER BY t.text, t.path) AS n
      FROM teardown_part t
      JOIN teardown_busy b ON b.owner = t.owner AND b.function = t.function)
WHERE n <= 3;
CREATE INDEX teardown_shown_owner ON teardown_shown(owner);
WITH near AS (
  SELECT u.id AS finding, p.text,
         row_number() OVER (PARTITION BY u.id
                            ORDER BY max(p.noun = k.noun) DESC,
                                     p.list <> (u.path GLOB 'list *'), p.text) AS n
  FROM unload_leak u
  JOIN site s ON s.id = u.site
  JOIN kind_info k ON k.kind = s.kind
  JOIN teardown_shown p ON p.owner = u.owner AND p.path <> u.path
  GROUP BY u.id, p.path, p.list, p.text
)
INSERT INTO finding_also(finding, role, file, line, col, message)
SELECT m.finding, 'teardown', f.file, coalesce(f.end_line, f.line, 1), 1,
       f.name || ' ' ||
       coalesce(t.verb || 's ' || one.text || coalesce(' and ' || two.text, '') || ', not ',
                'does not ' || t.verb || ' ') || l.text
FROM teardown_miss m
JOIN unload_leak u ON u.id = m.finding
JOIN function f ON f.id = m.function
JOIN site_text t ON t.site = u.site
JOIN slot l ON l.path = u.path
LEFT JOIN near one ON one.finding = m.finding AND one.n = 1
LEFT JOIN near two ON two.finding = m.finding AND two.n = 2;
