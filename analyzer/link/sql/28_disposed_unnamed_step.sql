-- SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
-- One call up, for what a function got as a parameter.

INSERT OR IGNORE INTO disposed_unnamed(function, record, param, depth)
SELECT DISTINCT c.caller, d.record,
       iif(a.path IS NULL, NULL, CAST(substr(a.path, 7) AS INTEGER)), d.depth + 1
FROM disposed_unnamed d
JOIN call c ON c.callee = d.function AND c.direct
LEFT JOIN call_arg a ON a.caller = c.caller AND a.callee = c.callee AND a.idx = d.param
WHERE d.param IS NOT NULL
  AND d.depth = (SELECT max(depth) FROM disposed_unnamed)
  AND (a.path IS NULL OR a.path GLOB 'param [0-9]*' AND a.path NOT GLOB '*[*.]*')
  AND NOT EXISTS (SELECT 1 FROM record_maker m
                  WHERE m.function = c.caller AND m.record = d.record);
