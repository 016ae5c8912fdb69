-- SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
-- LeakWithOwner, told: the findings of owner_leak (60_leak_with_owner.sql), to which
-- 70_leak_at_unload.sql has added its own.

-- place: "volume.c(72)"
CREATE VIEW better_text AS
SELECT b.disposed, b.path, f.name, r.file, r.line, r.api, h.name AS releaser,
       substr(r.file, 1 + length(rtrim(r.file, replace(r.file, '/', ''))))
       || '(' || r.line || ')' AS place
FROM better b
JOIN function f ON f.id = b.function
JOIN release r ON r.rowid = b.origin
JOIN function h ON h.id = r.function;

INSERT INTO finding(id, rule, site, slot, file, line, col, end_line, end_col, message)
SELECT w.id, iif(k.counted, 'LeakWithOwner', k.rule), w.site, w.path,
       d.file, d.line, d.col, d.end_line, d.end_col,
       'leak with its owner: ' || t.text || ' stays in ' || l.text || ' when ' || f.name ||
       ' frees the ' || d.record || '; ' ||
       coalesce(b.name || ' ' || t.verb || 's it first, at ' || b.place,
                iif(EXISTS (SELECT 1 FROM member_release r
                            JOIN member_path n ON n.record = r.record AND n.field = r.field
                            WHERE n.path = w.path AND r.noun = k.noun),
                    'no teardown routine ', 'nothing in the driver ') || t.verb || 's it')
FROM owner_leak w
JOIN disposed d ON d.id = w.disposed
JOIN function f ON f.id = d.function
JOIN site s ON s.id = w.site
JOIN kind_info k ON k.kind = s.kind
JOIN site_text t ON t.site = w.site
JOIN slot l ON l.path = w.path
LEFT JOIN better_text b ON b.disposed = w.disposed AND b.path = w.path;

-- Flow 0: the allocation and the store.  Flow 1: how another function does it, and
-- each place where this one frees the object.
INSERT INTO finding_step(finding, flow, seq, file, line, col, message)
SELECT w.id, 0, 0, s.file, s.line, s.col, t.step
FROM owner_leak w JOIN site s ON s.id = w.site JOIN site_text t ON t.site = w.site
UNION ALL
SELECT w.id, 0, 1, o.file, o.line, 1, 'stored in ' || l.text
FROM owner_leak w
JOIN owned o ON o.site = w.site AND o.path = w.path
JOIN slot l ON l.path = w.path;
WITH steps(finding, phase, file, line, col, message) AS (
  SELECT w.id, 0, b.file, b.line, 1,
         b.releaser || ' ' || t.verb || 's ' || l.held || ' with ' || b.api ||
         iif(b.releaser = b.name, '', ', for ' || b.name)
  FROM owner_leak w
  JOIN better_text b ON b.disposed = w.disposed AND b.path = w.path
  JOIN site_text t ON t.site = w.site
  JOIN slot l ON l.path = w.path
  UNION ALL
  SELECT w.id, 1, d.file, d.line, d.col,
         f.name || ' frees the ' || d.record || ' with ' || d.api || ' and forgets ' || l.held
  FROM owner_leak w
  JOIN disposed first ON first.id = w.disposed
  JOIN forgotten g ON g.site = w.site AND g.path = w.path
  JOIN disposed d ON d.id = g.disposed AND d.function = first.function AND d.record = first.record
  JOIN function f ON f.id = d.function
  JOIN slot l ON l.path = w.path
)
INSERT INTO finding_step(finding, flow, seq, file, line, col, message)
SELECT finding, 1, row_number() OVER (PARTITION BY finding ORDER BY phase, file, line, col) - 1,
       file, line, col, message
FROM steps;
