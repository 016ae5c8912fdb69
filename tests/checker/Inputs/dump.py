#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Prints rows of a facts file, ids replaced by names and folders left out.

  dump.py FILE [TABLE...]
"""
import os
import sqlite3
import sys

SITE = "(SELECT s.api || ':' || s.line FROM site s WHERE s.id = {})"
NAME = "(SELECT f.name FROM function f WHERE f.id = {})"

QUERIES = {
    "meta": "SELECT key, value FROM meta ORDER BY key",
    "function": "SELECT key, line, end_line, analysed, incomplete FROM function "
                "WHERE file IS NOT NULL ORDER BY line",
    "call": f"SELECT {NAME.format('caller')}, {NAME.format('callee')}, line, direct FROM call "
            "ORDER BY line, 2",
    "call_arg": f"SELECT {NAME.format('caller')}, {NAME.format('callee')}, idx, path "
                "FROM call_arg ORDER BY 1, 2, 3, 4",
    "role": f"SELECT {NAME.format('function')}, role, major, line FROM role ORDER BY line, 1",
    "routine": f"SELECT slot, {NAME.format('function')}, key FROM routine ORDER BY 1, 3, 2",
    "routine_flow": "SELECT slot, source FROM routine_flow ORDER BY 1, 2",
    "slot_call": f"SELECT {NAME.format('caller')}, slot, line FROM slot_call ORDER BY line, slot",
    "slot_call_arg": f"SELECT {NAME.format('caller')}, slot, idx, path FROM slot_call_arg "
                     "ORDER BY 1, 2, 3, 4",
    "slot_role": "SELECT slot, role, major, keyed, line FROM slot_role ORDER BY line, slot, role",
    "framework": "SELECT name, api FROM framework ORDER BY 1, 2",
    "extension": "SELECT record FROM extension ORDER BY 1",
    "site": f"SELECT {NAME.format('function')}, api, kind, line, col, size, tag, variable "
            "FROM site ORDER BY line, col",
    "release": f"SELECT {NAME.format('function')}, api, kind, path, line FROM release "
               "ORDER BY line, kind",
    "store": f"SELECT {SITE.format('site')}, path, line FROM store ORDER BY line, path",
    "site_record": f"SELECT {SITE.format('site')}, record FROM site_record ORDER BY 1, 2",
    "alias": f"SELECT {NAME.format('function')}, path, source FROM alias ORDER BY 1, 2, 3",
    "points_to": "SELECT slot, target, link FROM points_to ORDER BY 1, 2",
    "picked": f"SELECT {NAME.format('function')}, path FROM picked ORDER BY 1, 2",
    "site_release": f"SELECT {NAME.format('function')}, {SITE.format('site')}, api, line "
                    "FROM site_release ORDER BY line, 2",
    "outcome": f"SELECT {NAME.format('o.function')}, o.result, o.line, "
               f"coalesce((SELECT group_concat(t, ', ') FROM (SELECT {SITE.format('x.site')} || "
               "' in ' || x.path AS t FROM outcome_slot x WHERE x.outcome = o.id ORDER BY t)), '-') "
               "FROM outcome o ORDER BY o.line, o.result, 4",
    "path_leak": f"SELECT {NAME.format('function')}, {SITE.format('site')}, line, col, message "
                 "FROM path_leak ORDER BY line, 2",
    "path_rule": f"SELECT l.line, r.rule, {NAME.format('r.callback')} FROM path_rule r "
                 "JOIN path_leak l ON l.id = r.leak ORDER BY l.line, 2",
    "path_step": "SELECT l.line, p.line, p.message FROM path_step p JOIN path_leak l "
                 "ON l.id = p.leak ORDER BY l.line, l.id, p.seq",
    "disposal": f"SELECT {NAME.format('function')}, record, api, {NAME.format('callee')}, idx, line, col, "
                "coalesce((SELECT group_concat(t, ', ') FROM (SELECT f.name AS t FROM disposal_maker m "
                "JOIN function f ON f.id = m.maker WHERE m.file = d.file AND m.line = d.line "
                "AND m.col = d.col ORDER BY 1)), '-') FROM disposal d ORDER BY line, col",
    "mention": f"SELECT {NAME.format('function')}, record, field, how FROM mention "
               "ORDER BY 1, 2, 3, 4",
    "handover": f"SELECT {NAME.format('caller')}, {NAME.format('callee')}, record FROM handover "
                "ORDER BY 1, 2, 3",
    "part": "SELECT record, part FROM part ORDER BY 1, 2",
    "member": f"SELECT {SITE.format('site')}, path, hold, line FROM member ORDER BY line, path",
    "way": f"SELECT kind, {NAME.format('function')}, coalesce({SITE.format('site')}, "
           f"{NAME.format('callee')}), line, path, result FROM way ORDER BY line, col, id",
    "demand": "SELECT w.line, d.kind, d.name, d.offset, d.width, d.mask, d.relation, d.min, d.max, "
              "d.nth, d.line, d.text FROM demand d JOIN way w ON w.id = d.way "
              "ORDER BY w.line, w.col, w.id, d.seq",
    "way_arg": "SELECT w.line, a.idx, a.kind, a.name, a.offset FROM way_arg a "
               "JOIN way w ON w.id = a.way ORDER BY w.line, w.col, w.id, a.idx",
    "control_code": "SELECT printf('0x%x', value), name, line FROM control_code "
                    "ORDER BY value, line",
    "diagnostic": "SELECT file, line, message FROM diagnostic ORDER BY line",
}


def show(value):
    if value is None:
        return "NULL"
    folder, _, name = str(value).rpartition("/")
    return name if folder.startswith("/") and " " not in folder else str(value)


def main():
    database = sqlite3.connect(f"file:{os.path.abspath(sys.argv[1])}?mode=ro", uri=True)
    for table in sys.argv[2:] or QUERIES:
        for row in database.execute(QUERIES[table]):
            print(f"{table}: " + " | ".join(show(v) for v in row))
        print(f"{table}: end")
    version = database.execute("PRAGMA user_version").fetchone()[0]
    print(f"schema {version}")


if __name__ == "__main__":
    main()
