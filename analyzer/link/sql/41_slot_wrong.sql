-- SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
-- More slots that are released by routines of another family: where the check of slots
-- has followed a resource there (slot_wrong), though other releases of the same slot
-- are the right ones.  What a wrapper has made is followed from the line in the wrapper,
-- and its sites are the calls of the wrapper: then any will do, if all are alike.

INSERT OR IGNORE INTO wrong_release(site, path, function, api, file, line)
SELECT s.id, w.path, r.function, r.api, r.file, r.line
FROM slot_wrong w
JOIN placed p ON p.path = w.path
JOIN site s ON s.id = p.site AND s.kind = w.kind
           AND (s.api = w.api AND s.file = w.file AND s.line = w.line
                OR NOT EXISTS (SELECT 1 FROM site o JOIN placed q ON q.site = o.id
                               WHERE q.path = w.path
                                 AND (o.kind <> w.kind OR o.api <> w.api
                                      OR o.file = w.file AND o.line = w.line)))
JOIN kind_info k ON k.kind = s.kind AND k.loss = 'ANY'
JOIN family y ON y.api = s.api AND y.kind = s.kind
JOIN release r ON r.file = w.free_file AND r.line = w.free_line
              AND instr(w.kinds, ',' || r.kind || ',')
WHERE NOT EXISTS (SELECT 1 FROM kind_info o
                  LEFT JOIN mix_info m ON m.kind = o.kind AND m.other IN (s.kind, s.api)
                  WHERE instr(w.kinds, ',' || o.kind || ',')
                    AND (o.noun = k.noun OR m.kind IS NOT NULL));

-- Fields that only ever hold one kind: whatever other places do, this one is wrong.
INSERT OR IGNORE INTO wrong_release(site, path, function, api, file, line)
SELECT s.id, u.path, r.function, r.api, r.file, r.line
FROM slot_pure u
JOIN held_at h ON h.path = u.path
JOIN site s ON s.id = h.site AND s.kind = u.kind
JOIN kind_info k ON k.kind = s.kind AND k.loss = 'ANY'
JOIN family y ON y.api = s.api AND y.kind = s.kind
JOIN release r ON r.path = u.path
WHERE NOT EXISTS (SELECT 1 FROM release o
                  JOIN kind_info i ON i.kind = o.kind
                  LEFT JOIN mix_info m ON m.kind = o.kind AND m.other IN (s.kind, s.api)
                  WHERE o.path = r.path AND o.file = r.file AND o.line = r.line
                    AND (i.noun = k.noun OR m.kind IS NOT NULL));
