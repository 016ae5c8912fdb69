-- SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
-- Once per driver, before the first file: what makes a fact that many TUs see (a
-- function of a header) one row, and the maps from a file's ids to the driver's.

CREATE UNIQUE INDEX call_once ON call(caller, callee, line, direct);
CREATE UNIQUE INDEX call_arg_once ON call_arg(callee, idx, caller, path);
CREATE UNIQUE INDEX role_once ON role(function, role, ifnull(major, -2), file, line);
CREATE UNIQUE INDEX routine_once ON routine(slot, function, ifnull(key, -1));
CREATE UNIQUE INDEX slot_call_once ON slot_call(slot, caller, line);
CREATE UNIQUE INDEX slot_call_arg_once ON slot_call_arg(slot, caller, idx, path);
CREATE UNIQUE INDEX slot_role_once
  ON slot_role(slot, role, ifnull(major, -2), keyed, file, line);
CREATE UNIQUE INDEX site_once ON site(file, line, col, api, kind);
CREATE UNIQUE INDEX release_once ON release(function, kind, path, api, file, line);
CREATE UNIQUE INDEX store_once ON store(site, path, file, line);
CREATE UNIQUE INDEX site_release_once ON site_release(site, function, file, line, api);
CREATE INDEX outcome_function ON outcome(function, file);
CREATE UNIQUE INDEX outcome_slot_once ON outcome_slot(outcome, site, path);
CREATE INDEX outcome_slot_site ON outcome_slot(site, path);
CREATE INDEX path_leak_place ON path_leak(site, file, line, col, function);
CREATE INDEX path_step_leak ON path_step(leak, seq);
CREATE UNIQUE INDEX disposal_once ON disposal(file, line, col, function, record, idx,
                                              ifnull(api, ''), ifnull(callee, 0));
CREATE UNIQUE INDEX mention_once ON mention(record, field, function, ifnull(how, ''));
CREATE UNIQUE INDEX handover_once ON handover(caller, record, callee);
CREATE INDEX way_place ON way(function, kind, line);
CREATE UNIQUE INDEX control_code_once
  ON control_code(value, file, line, ifnull(name, ''));

CREATE TEMP TABLE function_map(old INTEGER PRIMARY KEY, new INTEGER NOT NULL);
CREATE TEMP TABLE site_map(old INTEGER PRIMARY KEY, new INTEGER NOT NULL);
CREATE TEMP TABLE outcome_map(old INTEGER PRIMARY KEY, new INTEGER NOT NULL);
CREATE TEMP TABLE leak_map(old INTEGER PRIMARY KEY, new INTEGER NOT NULL);
CREATE TEMP TABLE way_map(old INTEGER PRIMARY KEY, new INTEGER NOT NULL);
