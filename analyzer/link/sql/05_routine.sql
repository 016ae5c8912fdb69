-- SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
-- Routines that went through slots before they were called or registered: a call
-- through a slot calls each routine that is put there anywhere in the driver, and a
-- slot that is registered gives its role to each of them.

CREATE TABLE routine_in(
  slot     TEXT NOT NULL,
  function INTEGER NOT NULL,
  key      INTEGER
);
CREATE INDEX routine_in_slot ON routine_in(slot);
WITH RECURSIVE held(slot, function, key) AS (
  SELECT slot, function, key FROM routine
  UNION
  SELECT f.slot, h.function, h.key FROM held h JOIN routine_flow f ON f.source = h.slot
)
INSERT INTO routine_in(slot, function, key) SELECT slot, function, key FROM held;

INSERT INTO call(caller, callee, line, direct)
SELECT DISTINCT c.caller, r.function, c.line, 1
FROM slot_call c JOIN routine_in r ON r.slot = c.slot
WHERE true
ON CONFLICT DO NOTHING;
INSERT INTO call_arg(caller, callee, idx, path)
SELECT DISTINCT a.caller, r.function, a.idx, a.path
FROM slot_call_arg a JOIN routine_in r ON r.slot = a.slot
WHERE true
ON CONFLICT DO NOTHING;

INSERT INTO role(function, role, major, file, line)
SELECT DISTINCT r.function, s.role, iif(s.keyed, ifnull(r.key, s.major), s.major), s.file, s.line
FROM slot_role s JOIN routine_in r ON r.slot = s.slot
WHERE true
ON CONFLICT DO NOTHING;
