-- SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
-- The facts of one translation unit, written by the plugin to one file per TU.
-- The linker merges the files of a driver into one database with the same
-- tables (rows renumbered, functions joined by key); see merge.c.
-- Version: L62_FACTS_SCHEMA in include/leak62/facts.h; raise it with any change.
--
-- Access paths ("path" columns) name where a pointer lives between calls:
--   ::g_Table                global          ::file.c:g_Table   static global
--   DEVICE_EXTENSION.Name    field by the innermost record the driver defines;
--                            fields of system records hang on: EXT.Name.Buffer
--   list EXT.RequestList     what is linked into that list
--   param 2                  the value of the third parameter
--   param 2*                 what the third parameter points to;
--   param 2*.Buffer          a field of a system record it points to
--   &EXT.Name                (call_arg only) the address of that slot
--   param 2 of a function with two named parameters: what follows them
--   list local ::file.c:F:x  (release, alias, call_arg) what is linked into x, a
--                            variable of function F

CREATE TABLE meta(
  key   TEXT PRIMARY KEY, -- L62_META_* in facts.h
  value TEXT NOT NULL
) WITHOUT ROWID;

CREATE TABLE function(
  id         INTEGER PRIMARY KEY,
  key        TEXT NOT NULL UNIQUE, -- name; "path/file.c:name" for a static one
  name       TEXT NOT NULL,
  file       TEXT,                 -- of the definition, absolute; NULL: no body seen
  line       INTEGER,
  end_line   INTEGER,
  analysed   INTEGER NOT NULL DEFAULT 0, -- 1: explored; 0: nothing in it can acquire
  incomplete TEXT                  -- NULL, or why some paths were cut
);

-- Who calls or mentions whom.
CREATE TABLE call(
  caller INTEGER NOT NULL REFERENCES function(id),
  callee INTEGER NOT NULL REFERENCES function(id),
  line   INTEGER NOT NULL,
  direct INTEGER NOT NULL          -- 1 call, 0 address taken (callback)
);

-- What is passed where, for arguments that have an access path.
CREATE TABLE call_arg(
  caller INTEGER NOT NULL REFERENCES function(id),
  callee INTEGER NOT NULL REFERENCES function(id),
  idx    INTEGER NOT NULL,
  path   TEXT NOT NULL
);

CREATE TABLE role(
  function INTEGER NOT NULL REFERENCES function(id),
  role     TEXT NOT NULL,          -- a name of include/leak62/roles.def
  major    INTEGER,                -- DISPATCH: IRP_MJ_*, -1 for all; NULL: its type
                                   -- says no more
  file     TEXT NOT NULL,
  line     INTEGER NOT NULL        -- of the assignment or registration
);

-- Slots that hold routines: fields of the driver's records and globals as above,
--   KEY#2       the third parameter of a function
--   KEY:name    a local variable
CREATE TABLE routine(
  slot     TEXT NOT NULL,
  function INTEGER NOT NULL REFERENCES function(id), -- that is put there
  key      INTEGER                 -- its place in an array, or in a structure the
                                   -- number beside it, if IRP_MJ_*
);
-- What source holds is put in slot.
CREATE TABLE routine_flow(
  slot   TEXT NOT NULL,
  source TEXT NOT NULL,
  PRIMARY KEY(slot, source)
) WITHOUT ROWID;
-- Calls through a slot, and what is passed there, as call and call_arg.
CREATE TABLE slot_call(
  caller INTEGER NOT NULL REFERENCES function(id),
  slot   TEXT NOT NULL,
  line   INTEGER NOT NULL
);
CREATE TABLE slot_call_arg(
  caller INTEGER NOT NULL REFERENCES function(id),
  slot   TEXT NOT NULL,
  idx    INTEGER NOT NULL,
  path   TEXT NOT NULL
);
-- Whatever the slot holds gets a role; keyed: its key is the major function code.
CREATE TABLE slot_role(
  slot  TEXT NOT NULL,
  role  TEXT NOT NULL,
  major INTEGER,
  keyed INTEGER NOT NULL,
  file  TEXT NOT NULL,
  line  INTEGER NOT NULL
);

-- Frameworks that the driver registers with, by the routine that it calls.
CREATE TABLE framework(
  api  TEXT PRIMARY KEY,
  name TEXT NOT NULL
) WITHOUT ROWID;

-- Records that some expression uses as DeviceObject->DeviceExtension.
CREATE TABLE extension(record TEXT PRIMARY KEY) WITHOUT ROWID;

-- Allocation sites: where a resource is acquired, past allocator wrappers.
CREATE TABLE site(
  id       INTEGER PRIMARY KEY,
  function INTEGER NOT NULL REFERENCES function(id),
  api      TEXT NOT NULL,          -- a row of resources.def
  kind     TEXT NOT NULL,          -- a kind of resources.def
  file     TEXT NOT NULL,
  line     INTEGER NOT NULL,
  col      INTEGER NOT NULL,
  end_line INTEGER NOT NULL,
  end_col  INTEGER NOT NULL,       -- one past the last character
  size     INTEGER,                -- bytes, where constant
  tag      TEXT,                   -- as WinDbg shows it (memory order): mdrv, VMdl
  variable TEXT                    -- source text the result goes to
);

CREATE TABLE release(
  function INTEGER NOT NULL REFERENCES function(id),
  api      TEXT NOT NULL,
  kind     TEXT NOT NULL,
  path     TEXT NOT NULL,
  file     TEXT NOT NULL,
  line     INTEGER NOT NULL
);

-- Slot stores: the resource of a site was put there on some path.
CREATE TABLE store(
  site INTEGER NOT NULL REFERENCES site(id),
  path TEXT NOT NULL,
  file TEXT NOT NULL,
  line INTEGER NOT NULL
);

-- The resource of a site was released on some path.
CREATE TABLE site_release(
  site     INTEGER NOT NULL REFERENCES site(id),
  function INTEGER NOT NULL REFERENCES function(id), -- that owned it
  api      TEXT NOT NULL,          -- or a function of the driver that releases it
  file     TEXT NOT NULL,          -- in function: of the release, or of the call
  line     INTEGER NOT NULL        -- that leads to it
);

-- Distinct ways out of a function, and what each leaves in which slot.
CREATE TABLE outcome(
  id       INTEGER PRIMARY KEY,
  function INTEGER NOT NULL REFERENCES function(id),
  result   TEXT NOT NULL,          -- success, failure, any
  file     TEXT NOT NULL,
  line     INTEGER NOT NULL        -- of the exit
);
CREATE TABLE outcome_slot(
  outcome INTEGER NOT NULL REFERENCES outcome(id),
  site    INTEGER NOT NULL REFERENCES site(id),
  path    TEXT NOT NULL            -- slot, "return", or "param N*"
);

-- Leaks, and wrong frees, found on one path, each with the path's notes, of which the last says how it
-- is lost: "'p' is lost at this return", "... at this 'goto end'", "... is overwritten here".
CREATE TABLE path_leak(
  id       INTEGER PRIMARY KEY,
  site     INTEGER NOT NULL REFERENCES site(id),
  file     TEXT NOT NULL,          -- where the last reference is lost
  line     INTEGER NOT NULL,
  col      INTEGER NOT NULL,
  end_line INTEGER NOT NULL,
  end_col  INTEGER NOT NULL,
  function INTEGER NOT NULL REFERENCES function(id),
  message  TEXT NOT NULL
);
-- Where it is not the rule of the resource's kind that a leak falls under.
CREATE TABLE path_rule(
  leak     INTEGER PRIMARY KEY REFERENCES path_leak(id),
  rule     TEXT NOT NULL,          -- WrongFree: the place is that of the release;
                                   -- LeakInCallback
  callback INTEGER REFERENCES function(id) -- LeakInCallback: the routine, of which
                                   -- every mention in this TU gives it what it must free
);
CREATE TABLE path_step(
  leak    INTEGER NOT NULL REFERENCES path_leak(id),
  seq     INTEGER NOT NULL,
  file    TEXT NOT NULL,
  line    INTEGER NOT NULL,
  col     INTEGER NOT NULL,
  message TEXT NOT NULL
);

-- The record that the result of a site is taken for where it is acquired, or of which it
-- has the size; of a device object, its extension.
CREATE TABLE site_record(
  site   INTEGER NOT NULL REFERENCES site(id),
  record TEXT NOT NULL,
  PRIMARY KEY(site, record)
) WITHOUT ROWID;
-- From the syntax tree: a pointer that was read from slot source, or that is a
-- parameter of the function, is put in slot path; so is an entry of a list.  A list may
-- be "list param N" on either side.
CREATE TABLE alias(
  function INTEGER NOT NULL REFERENCES function(id),
  path     TEXT NOT NULL,
  source   TEXT NOT NULL,
  PRIMARY KEY(function, path, source)
) WITHOUT ROWID;
-- A slot that holds the address of another one: q->last = &q->first.  link: of a field
-- of the entries, q->last = &entry->next, so that slot is the end of a list of them.
CREATE TABLE points_to(
  slot   TEXT NOT NULL,
  target TEXT NOT NULL,
  link   INTEGER NOT NULL,
  PRIMARY KEY(slot, target)
) WITHOUT ROWID;
-- Wherever the function releases what list path holds, it leaves the loop at once: it
-- looks for one entry and does not empty the list.  The list of a driver's devices is
-- DRIVER_OBJECT.DeviceObject: there, no loop is about.
CREATE TABLE picked(
  function INTEGER NOT NULL REFERENCES function(id),
  path     TEXT NOT NULL,
  PRIMARY KEY(function, path)
) WITHOUT ROWID;

-- Objects of a driver's record whose memory is released, other than what the same
-- function has just acquired.  Either api, a row of resources.def, or callee, which
-- takes the object as void *: it goes if callee releases argument idx.
CREATE TABLE disposal(
  function INTEGER NOT NULL REFERENCES function(id),
  record   TEXT NOT NULL,
  api      TEXT,
  callee   INTEGER REFERENCES function(id),
  idx      INTEGER NOT NULL,
  file     TEXT NOT NULL,
  line     INTEGER NOT NULL,
  col      INTEGER NOT NULL,
  end_line INTEGER NOT NULL,
  end_col  INTEGER NOT NULL,
  CHECK((api IS NULL) = (callee IS NOT NULL))
);
-- Where an object of the disposal at that place may come from.
CREATE TABLE disposal_maker(
  file  TEXT NOT NULL,
  line  INTEGER NOT NULL,
  col   INTEGER NOT NULL,
  maker INTEGER NOT NULL REFERENCES function(id),
  PRIMARY KEY(file, line, col, maker)
) WITHOUT ROWID;
-- As store, from the syntax tree: the resource of a site is put in a field or global.
CREATE TABLE member(
  site INTEGER NOT NULL REFERENCES site(id),
  path TEXT NOT NULL,
  hold TEXT NOT NULL,              -- object: the field is the resource itself
                                   -- only: the function puts it nowhere else
                                   -- shared: it does
  file TEXT NOT NULL,
  line INTEGER NOT NULL,
  PRIMARY KEY(site, path)
) WITHOUT ROWID;
-- The function names record.field ('*': every field), be it to read or to pass on.
-- how: link    only to get from the field, as a list entry, to the record
--      moved   its value or address goes elsewhere: assigned, returned, passed
--      NULL    any other way
CREATE TABLE mention(
  function INTEGER NOT NULL REFERENCES function(id),
  record   TEXT NOT NULL,
  field    TEXT NOT NULL,
  how      TEXT
);
-- A pointer to the record, or to one of its fields, is passed to callee.
CREATE TABLE handover(
  caller INTEGER NOT NULL REFERENCES function(id),
  callee INTEGER NOT NULL REFERENCES function(id),
  record TEXT NOT NULL
);
-- A record of the driver and the records that it holds as fields.
CREATE TABLE part(
  record TEXT NOT NULL,
  part   TEXT NOT NULL,
  PRIMARY KEY(record, part)
) WITHOUT ROWID;

-- What control flow asks of the outside on its way through a function:
--   leak  from the start of function to the loss of the site's resource at that place, which
--         is that of a path_leak
--   hold  to the exit of function there, where slot path still has the resource
--   call  to where function calls or mentions callee, or calls a routine of resources.def
--         that acquires, by the syntax tree: what stands around
--         that place and what returns before it; a test for an error is taken to find none
-- Of several the one that asks least.
CREATE TABLE way(
  id       INTEGER PRIMARY KEY,
  kind     TEXT NOT NULL,
  function INTEGER NOT NULL REFERENCES function(id), -- where it starts
  site     INTEGER REFERENCES site(id),     -- leak, hold
  callee   INTEGER REFERENCES function(id), -- call
  path     TEXT,                            -- hold
  result   TEXT,                            -- hold: of the exit, as in outcome
  file     TEXT NOT NULL,
  line     INTEGER NOT NULL,
  col      INTEGER NOT NULL,
  CHECK((kind = 'call') = (callee IS NOT NULL) AND (callee IS NULL) = (site IS NOT NULL))
);
-- A value is (in), or is not (not), in min..max.  All rows of a way hold.
-- kind and name:
--   major, minor, ioctl, input_length, output_length, parameter
--             a field of the request's stack location: "Read.Length"; or the length of
--             the name that is opened: "FileName.Length"
--   pointer   a buffer of the request is there (not 0), or is not
--   buffer    what is in it, width bytes at offset
--             system (SystemBuffer), user (UserBuffer), type3 (Type3InputBuffer), mdl,
--             file_name (the name that is opened)
--   argument  an argument of the function that the way starts in: its number, from 0
--   pointee   width bytes at offset of what that argument points to
--   returns, raises   a routine of the kernel; the nth call of it there
--   state     a slot: what the driver has done before decides
--   other     none: what could not be put as any of these
CREATE TABLE demand(
  way      INTEGER NOT NULL REFERENCES way(id),
  seq      INTEGER NOT NULL,
  kind     TEXT NOT NULL,
  name     TEXT,
  offset   INTEGER,
  width    INTEGER,
  mask     INTEGER,                -- only these bits of the value
  relation TEXT NOT NULL,          -- in, not
  min      INTEGER,                -- NULL: as far as the type goes
  max      INTEGER,
  nth      INTEGER,
  text     TEXT,                   -- state, other: the source of the decision; pointee: its
                                   -- slot; returns: the type, "pointer" for all of these
  file     TEXT NOT NULL,          -- of the decision, or of the call
  line     INTEGER NOT NULL,
  PRIMARY KEY(way, seq)
) WITHOUT ROWID;
-- What a call (way of that kind) passes on: argument idx is a value of those kinds, an
-- address in a buffer ("buffer", width 0), argument name of the caller, or the number name
-- ("constant").
CREATE TABLE way_arg(
  way    INTEGER NOT NULL REFERENCES way(id),
  idx    INTEGER NOT NULL,
  kind   TEXT NOT NULL,
  name   TEXT NOT NULL,
  offset INTEGER,
  PRIMARY KEY(way, idx)
) WITHOUT ROWID;
-- Control codes: what the source compares IoControlCode or FsControlCode with, or by case
-- or == anything with, if CTL_CODE made it.
CREATE TABLE control_code(
  value INTEGER NOT NULL,
  name  TEXT,                      -- of the macro or enumerator
  file  TEXT NOT NULL,
  line  INTEGER NOT NULL
);

-- Parse errors; a TU that has any is failed and holds nothing else.
CREATE TABLE diagnostic(
  file    TEXT,
  line    INTEGER,
  message TEXT NOT NULL
);
