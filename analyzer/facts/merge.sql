-- SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
-- Enters the facts of one TU, attached as "facts", into the driver's tables.
--
--   function  joined by key; a definition fills in a row that was only declared, of
--             two definitions the first one seen keeps name and place
--   site      joined by place, routine and kind; one call may acquire in several ways (by
--             a wrapper that is looked into, and by its summary), each a row in no fixed
--             order: the one with a tag stays, the first by tag, size and variable
--   outcome, path_leak, way   one TU's view of a function of a header is enough
--   the rest  equal rows are one
--
-- An id that leads nowhere, and a kind or role that is in no .def table, reads NULL
-- here and is refused by the NOT NULL of its column: merge.c then takes the whole
-- file back.  ON CONFLICT DO NOTHING forgives only what the unique indexes of
-- merge_prepare.sql say is there already.

DELETE FROM temp.function_map;
DELETE FROM temp.site_map;
DELETE FROM temp.outcome_map;
DELETE FROM temp.leak_map;
DELETE FROM temp.way_map;

INSERT INTO main.meta(key, value)
SELECT key, value FROM facts.meta WHERE key IN ('tool', 'clang')
ON CONFLICT DO NOTHING;

INSERT INTO main.function(key, name, file, line, end_line, analysed, incomplete)
SELECT key, name, file, line, end_line, analysed, incomplete FROM facts.function
WHERE true ORDER BY id
ON CONFLICT(key) DO UPDATE SET
  line = CASE WHEN function.file IS NULL THEN excluded.line ELSE function.line END,
  end_line = CASE WHEN function.file IS NULL THEN excluded.end_line
                  ELSE function.end_line END,
  file = coalesce(function.file, excluded.file),
  analysed = max(function.analysed, excluded.analysed),
  incomplete = coalesce(function.incomplete, excluded.incomplete);
INSERT INTO temp.function_map(old, new)
SELECT t.id, m.id FROM facts.function t JOIN main.function m ON m.key = t.key;

INSERT INTO main.call(caller, callee, line, direct)
SELECT (SELECT new FROM temp.function_map WHERE old = t.caller),
       (SELECT new FROM temp.function_map WHERE old = t.callee), t.line, t.direct
FROM facts.call t WHERE true
ON CONFLICT DO NOTHING;

INSERT INTO main.call_arg(caller, callee, idx, path)
SELECT (SELECT new FROM temp.function_map WHERE old = t.caller),
       (SELECT new FROM temp.function_map WHERE old = t.callee), t.idx, t.path
FROM facts.call_arg t WHERE true
ON CONFLICT DO NOTHING;

INSERT INTO main.role(function, role, major, file, line)
SELECT (SELECT new FROM temp.function_map WHERE old = t.function),
       (SELECT i.role FROM main.role_info i WHERE i.role = t.role), t.major, t.file, t.line
FROM facts.role t WHERE true
ON CONFLICT DO NOTHING;

INSERT INTO main.routine(slot, function, key)
SELECT t.slot, (SELECT new FROM temp.function_map WHERE old = t.function), t.key
FROM facts.routine t WHERE true
ON CONFLICT DO NOTHING;

INSERT INTO main.routine_flow(slot, source)
SELECT slot, source FROM facts.routine_flow WHERE true
ON CONFLICT DO NOTHING;

INSERT INTO main.points_to(slot, target, link)
SELECT slot, target, link FROM facts.points_to WHERE true
ON CONFLICT DO NOTHING;

INSERT INTO main.slot_call(caller, slot, line)
SELECT (SELECT new FROM temp.function_map WHERE old = t.caller), t.slot, t.line
FROM facts.slot_call t WHERE true
ON CONFLICT DO NOTHING;

INSERT INTO main.slot_call_arg(caller, slot, idx, path)
SELECT (SELECT new FROM temp.function_map WHERE old = t.caller), t.slot, t.idx, t.path
FROM facts.slot_call_arg t WHERE true
ON CONFLICT DO NOTHING;

INSERT INTO main.slot_role(slot, role, major, keyed, file, line)
SELECT t.slot, (SELECT i.role FROM main.role_info i WHERE i.role = t.role), t.major, t.keyed,
       t.file, t.line
FROM facts.slot_role t WHERE true
ON CONFLICT DO NOTHING;

INSERT INTO main.framework(api, name)
SELECT api, name FROM facts.framework WHERE true
ON CONFLICT DO NOTHING;

INSERT INTO main.extension(record)
SELECT record FROM facts.extension WHERE true
ON CONFLICT DO NOTHING;

INSERT INTO main.site(function, api, kind, file, line, col, end_line, end_col, size, tag,
                      variable)
SELECT (SELECT new FROM temp.function_map WHERE old = t.function), t.api,
       (SELECT i.kind FROM main.kind_info i WHERE i.kind = t.kind), t.file, t.line, t.col,
       t.end_line, t.end_col, t.size, t.tag, t.variable
FROM facts.site t WHERE true ORDER BY t.id
ON CONFLICT(file, line, col, api, kind) DO UPDATE
SET size = excluded.size, tag = excluded.tag, variable = excluded.variable
WHERE (excluded.tag IS NULL, coalesce(excluded.tag, ''), excluded.size IS NULL,
       coalesce(excluded.size, 0), coalesce(excluded.variable, ''))
    < (site.tag IS NULL, coalesce(site.tag, ''), site.size IS NULL,
       coalesce(site.size, 0), coalesce(site.variable, ''));
INSERT INTO temp.site_map(old, new)
SELECT t.id, m.id
FROM facts.site t
JOIN main.site m ON m.file = t.file AND m.line = t.line AND m.col = t.col
                AND m.api = t.api AND m.kind = t.kind;

INSERT INTO main.release(function, api, kind, path, file, line)
SELECT (SELECT new FROM temp.function_map WHERE old = t.function), t.api,
       (SELECT i.kind FROM main.kind_info i WHERE i.kind = t.kind), t.path, t.file, t.line
FROM facts.release t WHERE true
ON CONFLICT DO NOTHING;

INSERT INTO main.store(site, path, file, line)
SELECT (SELECT new FROM temp.site_map WHERE old = t.site), t.path, t.file, t.line
FROM facts.store t WHERE true
ON CONFLICT DO NOTHING;

INSERT INTO main.site_record(site, record)
SELECT (SELECT new FROM temp.site_map WHERE old = t.site), t.record
FROM facts.site_record t WHERE true
ON CONFLICT DO NOTHING;

INSERT INTO main.alias(function, path, source)
SELECT (SELECT new FROM temp.function_map WHERE old = t.function), t.path, t.source
FROM facts.alias t WHERE true
ON CONFLICT DO NOTHING;

INSERT INTO main.picked(function, path)
SELECT (SELECT new FROM temp.function_map WHERE old = t.function), t.path
FROM facts.picked t WHERE true
ON CONFLICT DO NOTHING;

INSERT INTO main.site_release(site, function, api, file, line)
SELECT (SELECT new FROM temp.site_map WHERE old = t.site),
       (SELECT new FROM temp.function_map WHERE old = t.function), t.api, t.file, t.line
FROM facts.site_release t WHERE true
ON CONFLICT DO NOTHING;

-- The exits of a function that an earlier TU has shown are not entered again.
INSERT INTO temp.outcome_map(old, new)
SELECT t.id, (SELECT ifnull(max(id), 0) FROM main.outcome) + row_number() OVER (ORDER BY t.id)
FROM facts.outcome t
WHERE NOT EXISTS (SELECT 1 FROM temp.function_map f
                  JOIN main.outcome m ON m.function = f.new AND m.file = t.file
                  WHERE f.old = t.function);
INSERT INTO main.outcome(id, function, result, file, line)
SELECT o.new, (SELECT new FROM temp.function_map WHERE old = t.function), t.result, t.file,
       t.line
FROM facts.outcome t JOIN temp.outcome_map o ON o.old = t.id;
INSERT INTO main.outcome_slot(outcome, site, path)
SELECT o.new, (SELECT new FROM temp.site_map WHERE old = t.site), t.path
FROM facts.outcome_slot t JOIN temp.outcome_map o ON o.old = t.outcome
WHERE true
ON CONFLICT DO NOTHING;

INSERT INTO temp.leak_map(old, new)
SELECT t.id, (SELECT ifnull(max(id), 0) FROM main.path_leak) + row_number() OVER (ORDER BY t.id)
FROM facts.path_leak t
WHERE NOT EXISTS (SELECT 1 FROM temp.function_map f, temp.site_map s, main.path_leak m
                  WHERE f.old = t.function AND s.old = t.site AND m.site = s.new
                    AND m.file = t.file AND m.line = t.line AND m.col = t.col
                    AND m.function = f.new);
INSERT INTO main.path_leak(id, site, file, line, col, end_line, end_col, function, message)
SELECT l.new, (SELECT new FROM temp.site_map WHERE old = t.site), t.file, t.line, t.col,
       t.end_line, t.end_col, (SELECT new FROM temp.function_map WHERE old = t.function),
       t.message
FROM facts.path_leak t JOIN temp.leak_map l ON l.old = t.id;
INSERT INTO main.path_rule(leak, rule, callback)
SELECT l.new, t.rule, (SELECT new FROM temp.function_map WHERE old = t.callback)
FROM facts.path_rule t JOIN temp.leak_map l ON l.old = t.leak;
INSERT INTO main.path_step(leak, seq, file, line, col, message)
SELECT l.new, t.seq, t.file, t.line, t.col, t.message
FROM facts.path_step t JOIN temp.leak_map l ON l.old = t.leak;

INSERT INTO main.disposal(function, record, api, callee, idx, file, line, col, end_line, end_col)
SELECT (SELECT new FROM temp.function_map WHERE old = t.function), t.record, t.api,
       (SELECT new FROM temp.function_map WHERE old = t.callee), t.idx, t.file, t.line, t.col,
       t.end_line, t.end_col
FROM facts.disposal t WHERE true
ON CONFLICT DO NOTHING;

INSERT INTO main.disposal_maker(file, line, col, maker)
SELECT t.file, t.line, t.col, (SELECT new FROM temp.function_map WHERE old = t.maker)
FROM facts.disposal_maker t WHERE true
ON CONFLICT DO NOTHING;

INSERT INTO main.mention(function, record, field, how)
SELECT (SELECT new FROM temp.function_map WHERE old = t.function), t.record, t.field, t.how
FROM facts.mention t WHERE true
ON CONFLICT DO NOTHING;

INSERT INTO main.handover(caller, callee, record)
SELECT (SELECT new FROM temp.function_map WHERE old = t.caller),
       (SELECT new FROM temp.function_map WHERE old = t.callee), t.record
FROM facts.handover t WHERE true
ON CONFLICT DO NOTHING;

INSERT INTO main.part(record, part)
SELECT record, part FROM facts.part WHERE true
ON CONFLICT DO NOTHING;

INSERT INTO main.member(site, path, hold, file, line)
SELECT (SELECT new FROM temp.site_map WHERE old = t.site), t.path, t.hold, t.file, t.line
FROM facts.member t WHERE true
ON CONFLICT DO NOTHING;

INSERT INTO temp.way_map(old, new)
SELECT t.id, (SELECT ifnull(max(id), 0) FROM main.way) + row_number() OVER (ORDER BY t.id)
FROM facts.way t
WHERE NOT EXISTS (SELECT 1 FROM temp.function_map f
                  JOIN main.way m ON m.function = f.new AND m.kind = t.kind
                                 AND m.file = t.file AND m.line = t.line AND m.col = t.col
                                 AND m.path IS t.path AND m.result IS t.result
                                 AND m.site IS (SELECT new FROM temp.site_map
                                                WHERE old = t.site)
                                 AND m.callee IS (SELECT new FROM temp.function_map
                                                  WHERE old = t.callee)
                  WHERE f.old = t.function);
INSERT INTO main.way(id, kind, function, site, callee, path, result, file, line, col)
SELECT w.new, t.kind, (SELECT new FROM temp.function_map WHERE old = t.function),
       (SELECT new FROM temp.site_map WHERE old = t.site),
       (SELECT new FROM temp.function_map WHERE old = t.callee), t.path, t.result, t.file,
       t.line, t.col
FROM facts.way t JOIN temp.way_map w ON w.old = t.id;
INSERT INTO main.demand(way, seq, kind, name, offset, width, mask, relation, min, max, nth,
                        text, file, line)
SELECT w.new, t.seq, t.kind, t.name, t.offset, t.width, t.mask, t.relation, t.min, t.max, t.nth,
       t.text, t.file, t.line
FROM facts.demand t JOIN temp.way_map w ON w.old = t.way;
INSERT INTO main.way_arg(way, idx, kind, name, offset)
SELECT w.new, t.idx, t.kind, t.name, t.offset
FROM facts.way_arg t JOIN temp.way_map w ON w.old = t.way;

INSERT INTO main.control_code(value, name, file, line)
SELECT value, name, file, line FROM facts.control_code WHERE true
ON CONFLICT DO NOTHING;
