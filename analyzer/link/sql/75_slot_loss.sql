-- SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
-- LeakOnUnloadPath, LeakOnOverwrite, LeakOnPath, and LeakOnFailedLoad where it takes
-- several files: what the check of slots has shown (slot_loss, slot_loss_step; see
-- analyzer/slots/check.h), for sites that no other rule has already found lost.
--
-- A routine that ends on its own, a thread say, may release the slot while the unload
-- routine waits for it: then nothing is said.

CREATE TABLE slot_loss_site(
  loss  INTEGER PRIMARY KEY,
  site  INTEGER NOT NULL
);
-- Behind a wrapper the facts have the caller's line: then the store tells.
WITH found AS (
  SELECT w.id AS loss, s.id AS site,
         iif(EXISTS (SELECT 1 FROM placed p WHERE p.site = s.id AND p.path = w.path), 0, 3)
           AS rank
  FROM slot_loss w
  JOIN site s ON s.api = w.api AND s.file = w.file AND s.line = w.line
  UNION ALL
  SELECT w.id, p.site, 1
  FROM slot_loss w
  JOIN placed p ON p.path = w.path AND p.file = w.store_file AND p.line = w.store_line
  UNION ALL
  SELECT w.id, min(p.site), 2
  FROM slot_loss w JOIN placed p ON p.path = w.path
  GROUP BY w.id HAVING count(DISTINCT p.site) = 1
)
INSERT INTO slot_loss_site(loss, site)
SELECT loss, site
FROM (SELECT loss, site, row_number() OVER (PARTITION BY loss ORDER BY rank, site) AS n
      FROM found)
WHERE n = 1;

CREATE TABLE slot_loss_finding(
  id    INTEGER PRIMARY KEY, -- of the finding
  loss  INTEGER NOT NULL,
  site  INTEGER NOT NULL
);
INSERT INTO slot_loss_finding(id, loss, site)
SELECT (SELECT ifnull(max(id), 0) FROM finding)
       + row_number() OVER (ORDER BY w.lost_file, w.lost_line, w.id),
       w.id, t.site
FROM (SELECT w.*, row_number() OVER (PARTITION BY w.path, w.overwritten, w.failed, w.lost_file, w.lost_line
                                     ORDER BY w.id) AS n
      FROM slot_loss w JOIN slot_loss_site t ON t.loss = w.id) w
JOIN slot_loss_site t ON t.loss = w.id
JOIN site s ON s.id = t.site
JOIN kind_info k ON k.kind = s.kind
WHERE w.n = 1 AND k.loss <> 'FAILURE'
  AND NOT EXISTS (SELECT 1 FROM unload_leak u WHERE u.site = t.site)
  -- What a path says already, be it with the site or with the call that leads to it.
  AND NOT (w.failed
           AND EXISTS (SELECT 1 FROM finding o
                       JOIN site x ON x.id = o.site AND x.kind = s.kind
                       WHERE o.rule IN ('LeakOnFailedLoad', 'LeakOnPath', k.rule)
                         AND (o.site = t.site
                              OR EXISTS (SELECT 1 FROM placed p
                                         WHERE p.site = o.site AND p.path = w.path))))
  AND NOT EXISTS (SELECT 1 FROM finding o WHERE o.site = t.site AND o.rule = 'LeakWithOwner')
  AND NOT EXISTS (SELECT 1 FROM path_leak p
                  WHERE p.site = t.site AND p.file = w.lost_file AND p.line = w.lost_line)
  AND (w.overwritten
       OR NOT EXISTS (SELECT 1 FROM release_closed c
                      JOIN reach r ON r.function = c.function AND r.side = 'callback'
                      WHERE c.path = w.path));

INSERT INTO finding(id, rule, site, slot, file, line, col, end_line, end_col, message)
SELECT d.id,
       CASE WHEN NOT k.counted THEN k.rule
            WHEN w.failed THEN 'LeakOnFailedLoad'
            WHEN w.overwritten = 2 THEN 'LeakOnPath'
            WHEN w.overwritten THEN 'LeakOnOverwrite' ELSE 'LeakOnUnloadPath' END,
       d.site, w.path, w.lost_file, w.lost_line, 1, 0, 0,
       CASE WHEN w.failed
              THEN 'leak on failed load: ' || t.text || ' stays in ' || l.text || ' when '
                   || w.function || ' returns a failure status, and no teardown routine runs then'
            WHEN w.overwritten = 2
              THEN 'leak: ' || t.text || ' is in ' || l.text || ', and ' || w.function
                   || ' stores something else there without '
                   || iif(t.verb = 'free', 'freeing', 'releasing') || ' it'
            WHEN w.overwritten
              THEN 'leak on overwrite: ' || t.text || ' is in ' || l.text || ' from an earlier '
                   || 'request, and ' || w.function || ' stores something else there without '
                   || iif(t.verb = 'free', 'freeing', 'releasing') || ' it'
            ELSE 'leak on unload path: ' || t.text || ' stays in ' || l.text || ' where '
                 || w.function || ' leaves without ' || iif(t.verb = 'free', 'freeing', 'releasing')
                 || ' it, as it does on other ways'
       END
FROM slot_loss_finding d
JOIN slot_loss w ON w.id = d.loss
JOIN site s ON s.id = d.site
JOIN kind_info k ON k.kind = s.kind
JOIN site_text t ON t.site = d.site
JOIN slot l ON l.path = w.path;

INSERT INTO finding_step(finding, flow, seq, file, line, col, message)
SELECT d.id, p.flow, p.seq, p.file, max(p.line, 1), 1, p.message
FROM slot_loss_finding d JOIN slot_loss_step p ON p.loss = d.loss;
INSERT INTO finding_step(finding, flow, seq, file, line, col, message)
SELECT d.id, 0, 9999, f.file, ifnull(f.line, 1), 1, f.name || ' runs'
FROM slot_loss_finding d JOIN slot_loss w ON w.id = d.loss AND w.failed
JOIN function f ON f.name = w.function AND f.file = w.lost_file;
INSERT INTO finding_step(finding, flow, seq, file, line, col, message)
SELECT d.id, 0, 10000, s.file, s.line, s.col, t.step
FROM slot_loss_finding d JOIN site s ON s.id = d.site JOIN site_text t ON t.site = d.site
JOIN slot_loss w ON w.id = d.loss
WHERE w.overwritten <> 2;
INSERT INTO finding_step(finding, flow, seq, file, line, col, message)
SELECT d.id, 0, 10001, coalesce(w.store_file, w.file), coalesce(w.store_line, w.line), 1,
       'stored in ' || l.text
FROM slot_loss_finding d JOIN slot_loss w ON w.id = d.loss JOIN slot l ON l.path = w.path
WHERE w.overwritten <> 2;
INSERT INTO finding_step(finding, flow, seq, file, line, col, message)
SELECT d.id, iif(w.overwritten = 2, 0, 1), 10002, w.lost_file, w.lost_line, 1,
       iif(w.overwritten, 'what ' || l.text || ' held is lost here',
           w.function || iif(w.failed, ' returns a failure status without ', ' leaves without ')
           || iif(t.verb = 'free', 'freeing ', 'releasing ') || l.held)
FROM slot_loss_finding d JOIN slot_loss w ON w.id = d.loss JOIN slot l ON l.path = w.path
JOIN site_text t ON t.site = d.site;
