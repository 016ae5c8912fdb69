-- SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
-- Words for what the facts hold as numbers and names, and which major function
-- codes tear down.  IRP_MJ_SHUTDOWN is none of them: it comes when the machine
-- goes down, not when the driver is unloaded.
-- Source: the IRP_MJ_ constants and routine types of wdm.h, as documented.

CREATE TABLE major(
  code     INTEGER PRIMARY KEY,
  name     TEXT NOT NULL,
  teardown INTEGER NOT NULL
);
INSERT INTO major(code, name, teardown) VALUES
  (0, 'IRP_MJ_CREATE', 0),
  (1, 'IRP_MJ_CREATE_NAMED_PIPE', 0),
  (2, 'IRP_MJ_CLOSE', 1),
  (3, 'IRP_MJ_READ', 0),
  (4, 'IRP_MJ_WRITE', 0),
  (5, 'IRP_MJ_QUERY_INFORMATION', 0),
  (6, 'IRP_MJ_SET_INFORMATION', 0),
  (7, 'IRP_MJ_QUERY_EA', 0),
  (8, 'IRP_MJ_SET_EA', 0),
  (9, 'IRP_MJ_FLUSH_BUFFERS', 0),
  (10, 'IRP_MJ_QUERY_VOLUME_INFORMATION', 0),
  (11, 'IRP_MJ_SET_VOLUME_INFORMATION', 0),
  (12, 'IRP_MJ_DIRECTORY_CONTROL', 0),
  (13, 'IRP_MJ_FILE_SYSTEM_CONTROL', 0),
  (14, 'IRP_MJ_DEVICE_CONTROL', 0),
  (15, 'IRP_MJ_INTERNAL_DEVICE_CONTROL', 0),
  (16, 'IRP_MJ_SHUTDOWN', 0),
  (17, 'IRP_MJ_LOCK_CONTROL', 0),
  (18, 'IRP_MJ_CLEANUP', 1),
  (19, 'IRP_MJ_CREATE_MAILSLOT', 0),
  (20, 'IRP_MJ_QUERY_SECURITY', 0),
  (21, 'IRP_MJ_SET_SECURITY', 0),
  (22, 'IRP_MJ_POWER', 0),
  (23, 'IRP_MJ_SYSTEM_CONTROL', 0),
  (24, 'IRP_MJ_DEVICE_CHANGE', 0),
  (25, 'IRP_MJ_QUERY_QUOTA', 0),
  (26, 'IRP_MJ_SET_QUOTA', 0),
  (27, 'IRP_MJ_PNP', 1);

-- once: the system calls the routine for something the driver started, and it has
-- ended before the driver can go.
CREATE TABLE role_text(
  role TEXT PRIMARY KEY,
  text TEXT NOT NULL,
  once INTEGER NOT NULL
);
INSERT INTO role_text(role, text, once) VALUES
  ('DRIVER_ENTRY', 'DriverEntry routine', 0),
  ('REINITIALIZE', 'reinitialization routine', 0),
  ('ADD_DEVICE', 'AddDevice routine', 0),
  ('DISPATCH', 'dispatch routine', 0),
  ('START_IO', 'StartIo routine', 0),
  ('CANCEL', 'cancel routine', 0),
  ('COMPLETION', 'completion routine', 1),
  ('WORK_ITEM', 'work item routine', 1),
  ('DPC', 'DPC routine', 1),
  ('ISR', 'interrupt service routine', 0),
  ('TIMER', 'timer routine', 1),
  ('THREAD', 'thread routine', 1),
  ('NOTIFY', 'notification routine', 0),
  ('FAST_IO', 'fast I/O routine', 0),
  ('CSQ', 'routine of a cancel-safe queue', 0),
  ('APC', 'APC routine', 1),
  ('CONTROL', 'routine that gets a controller or adapter', 1),
  ('BUG_CHECK', 'bug check callback', 0),
  ('FREE', 'free callback', 0),
  ('DRIVER_UNLOAD', 'DriverUnload routine', 0);

-- "'ext->Mdl' from IoAllocateMdl (tag VMdl)"
CREATE VIEW site_text AS
SELECT s.id AS site, s.kind, k.noun, k.counted,
       coalesce('''' || s.variable || '''', k.noun) || ' from ' || s.api ||
       CASE
         WHEN s.size IS NOT NULL AND t.tag IS NOT NULL
           THEN ' (' || s.size || iif(s.size = 1, ' byte', ' bytes') || ', tag ' || t.tag || ')'
         WHEN s.size IS NOT NULL
           THEN ' (' || s.size || iif(s.size = 1, ' byte', ' bytes') || ')'
         WHEN t.tag IS NOT NULL THEN ' (tag ' || t.tag || ')'
         ELSE ''
       END AS text,
       s.api || iif(k.counted, ' allocates here', ' acquires the ' || k.noun || ' here') AS step,
       iif(k.counted, 'free', 'release') AS verb
FROM site s
JOIN kind_info k ON k.kind = s.kind
JOIN (SELECT s.id, coalesce(s.tag, nullif(k.tag, '')) AS tag
      FROM site s JOIN kind_info k ON k.kind = s.kind) t ON t.id = s.id;
