-- SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
-- Slots that are released by routines of another family only.
--
--   reported   a release that names the slot itself, where
--                every resource that comes into the slot is of one kind
--                no release of that slot, or of another one that has had the
--                resource, is for that kind
--                the resource is lost with its last pointer
--
-- Limit: what a driver's own function frees for others is theirs to know: it says
-- nothing about the slot.

CREATE TABLE slot_kind AS
SELECT h.path, min(s.kind) AS kind
FROM held_at h JOIN site s ON s.id = h.site
WHERE h.path <> 'return' AND h.path NOT GLOB '*param [0-9]*'
GROUP BY h.path
HAVING count(DISTINCT s.kind) = 1;

-- Sites of which something that has had them is released by the right routine.
CREATE TABLE well_released(site INTEGER PRIMARY KEY);
INSERT OR IGNORE INTO well_released(site)
SELECT h.site
FROM held_at h
JOIN site s ON s.id = h.site
JOIN kind_info k ON k.kind = s.kind
JOIN release_closed c ON c.path = h.path
JOIN kind_info r ON r.kind = c.kind
WHERE r.noun = k.noun
   OR EXISTS (SELECT 1 FROM mix_info m WHERE m.kind = c.kind AND m.other IN (s.kind, s.api));

CREATE TABLE wrong_release(
  site     INTEGER NOT NULL,
  path     TEXT NOT NULL,
  function INTEGER NOT NULL,
  api      TEXT NOT NULL,
  file     TEXT NOT NULL,
  line     INTEGER NOT NULL,
  PRIMARY KEY(site, path, file, line, api)
) WITHOUT ROWID;
INSERT OR IGNORE INTO wrong_release(site, path, function, api, file, line)
SELECT h.site, h.path, r.function, r.api, r.file, r.line
FROM held_at h
JOIN site s ON s.id = h.site
JOIN slot_kind o ON o.path = h.path
JOIN kind_info k ON k.kind = s.kind AND k.loss = 'ANY'
JOIN family y ON y.api = s.api AND y.kind = s.kind
JOIN release r ON r.path = h.path
WHERE h.site NOT IN (SELECT site FROM well_released);
