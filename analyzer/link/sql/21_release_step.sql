-- SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
-- Carries releases of parameters one call up.  With P the path that is passed:
--
--   released        P         is released in the caller
--   param N         X         X
--   param N*rest    &X        Xrest
--   param N*rest    X         X*rest         (also where X is a parameter itself)
--   list param N    &X or X   list X
--
-- Recursion can make a path longer for ever (a tree that frees its children): one
-- with more than two pointers or fields of a parameter is dropped.

INSERT OR IGNORE INTO release_closed(function, kind, path, origin, depth)
SELECT p.caller, p.kind, p.path, p.origin, p.depth
FROM (SELECT a.caller, r.kind, r.origin, r.depth + 1 AS depth,
             CASE
               WHEN r.list <> '' AND r.suffix = '' AND a.path GLOB 'list *' THEN a.path
               WHEN r.list <> '' AND r.suffix = '' THEN 'list ' || rtrim(ltrim(a.path, '&'), '*')
               WHEN r.suffix = '' AND a.path NOT GLOB '&*' THEN a.path
               WHEN r.suffix GLOB '[*]*' AND a.path GLOB '&*'
                 THEN r.list || substr(a.path, 2) || substr(r.suffix, 2)
               WHEN r.suffix GLOB '[*]*' AND a.path NOT GLOB 'list *'
                 THEN r.list || a.path || r.suffix
             END AS path
      FROM release_closed r
      JOIN call_arg a ON a.callee = r.function AND a.idx = r.param
      WHERE r.depth = (SELECT max(depth) FROM release_closed)) p
WHERE p.path IS NOT NULL
  AND (p.path NOT GLOB '*param [0-9]*'
       OR length(p.path) - length(replace(replace(p.path, '*', ''), '.', '')) <= 4)
ORDER BY p.origin;
