-- SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
-- One call deeper.  A function is entered once, so cycles end, and first where the
-- fewest calls lead to it.  Whoever mentions a function may hand it to somebody
-- who calls it; only the side of the callbacks is about calls alone.  A notification
-- routine that the teardown mentions is taken back there: who calls it is the system, when
-- something has happened, and nothing need happen any more.

INSERT OR IGNORE INTO reach(side, function, depth, root, parent, line, direct)
SELECT r.side, c.callee, r.depth + 1, r.root, c.caller, c.line, c.direct
FROM reach r
JOIN call c ON c.caller = r.function
JOIN function f ON f.id = c.caller
WHERE r.depth = (SELECT max(depth) FROM reach)
  AND (c.direct OR r.side = 'acquire'
       OR r.side = 'teardown'
          AND NOT EXISTS (SELECT 1 FROM entry e WHERE e.function = c.callee
                          AND e.role = 'NOTIFY'))
ORDER BY c.direct DESC, f.key, c.line;
