-- SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
-- One slot further: what is in a slot that lasts, or a part of what lasts.

INSERT INTO home(record, home)
WITH held(record, site, home) AS (
  SELECT o.record, o.site,
         CASE WHEN o.owner = '' THEN 'context'
              WHEN y.path IS NOT NULL THEN y.home
              WHEN h.home IN ('global', 'extension') THEN 'context'
              ELSE h.home END
  FROM object_slot o
  LEFT JOIN system_slot y ON y.path = o.path
  LEFT JOIN home h ON h.record = o.owner
), place(record, home) AS (
  SELECT record, max(home) FROM held GROUP BY record, site
  UNION
  SELECT p.part, h.home FROM part p LEFT JOIN home h ON h.record = p.record
)
SELECT record, max(home)
FROM place
WHERE record NOT IN (SELECT record FROM home)
GROUP BY record
HAVING count(*) = count(home);
