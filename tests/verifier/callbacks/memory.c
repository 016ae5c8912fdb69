/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* Pages by MDL, sections, files, and mapping into a program. */
#include "callbacks.h"

static PMDL AllocatePages(SIZE_T size)
{
    PHYSICAL_ADDRESS low = {{0}}, high;

    high.QuadPart = -1; /* all there is */
    return MmAllocatePagesForMdl(low, high, low, size);
}

void Pages(PDEVICE_EXTENSION ext)
{
    PMDL mdl = AllocatePages(3 * PAGE_SIZE - 1);
    PUCHAR view;

    CHECK(mdl && MmGetMdlByteCount(mdl) == 3 * PAGE_SIZE && !AllocatePages(0));
    view = MmMapLockedPagesSpecifyCache(mdl, KernelMode, MmCached, NULL, FALSE, NormalPagePriority);
    CHECK(view && BYTE_OFFSET(view) == 0 && view[0] == 0 && view[3 * PAGE_SIZE - 1] == 0);
    view[3 * PAGE_SIZE - 1] = 62;
    MmUnmapLockedPages(view, mdl);
    MmFreePagesFromMdl(mdl);
    ExFreePool(mdl);
}

/* The pages are given back, the MDL is not. */
void PagesLeak(PDEVICE_EXTENSION ext)
{
    MmFreePagesFromMdl(AllocatePages(PAGE_SIZE));
}

void Sections(PDEVICE_EXTENSION ext)
{
    LARGE_INTEGER most;
    SIZE_T size = 0;
    PUCHAR view = NULL;
    HANDLE section;

    most.QuadPart = 100;
    CHECK(NT_SUCCESS(ZwCreateSection(&section, SECTION_ALL_ACCESS, NULL, &most, PAGE_READWRITE,
                                     SEC_COMMIT, NULL)));
    CHECK(NT_SUCCESS(ZwMapViewOfSection(section, ZwCurrentProcess(), (PVOID *)&view, 0, 0, NULL,
                                        &size, ViewUnmap, 0, PAGE_READWRITE)));
    CHECK(size == PAGE_SIZE && view[0] == 0);
    ZwClose(section);
    view[99] = 1;
    CHECK(NT_SUCCESS(ZwUnmapViewOfSection(ZwCurrentProcess(), view)));
    CHECK(ZwUnmapViewOfSection(ZwCurrentProcess(), view) == STATUS_NOT_MAPPED_VIEW);
}

static HANDLE File(PCWSTR path, ULONG disposition, NTSTATUS want)
{
    OBJECT_ATTRIBUTES attributes;
    IO_STATUS_BLOCK io;
    UNICODE_STRING name;
    HANDLE file = NULL;

    RtlInitUnicodeString(&name, path);
    InitializeObjectAttributes(&attributes, &name, OBJ_KERNEL_HANDLE, NULL, NULL);
    CHECK(ZwCreateFile(&file, FILE_READ_DATA | FILE_WRITE_DATA, &attributes, &io, NULL, 0, 0,
                       disposition, FILE_SYNCHRONOUS_IO_NONALERT, NULL, 0) == want);
    return file;
}

static NTSTATUS SectionOf(HANDLE file, LONGLONG size, ULONG protection, PHANDLE section)
{
    LARGE_INTEGER most;

    most.QuadPart = size;
    return ZwCreateSection(section, SECTION_ALL_ACCESS, NULL, size ? &most : NULL, protection,
                           SEC_COMMIT, file);
}

/* A section has the file's own bytes, and the file cannot be emptied meanwhile. */
void FileSections(PDEVICE_EXTENSION ext)
{
    static const WCHAR path[] = L"\\??\\C:\\leak62\\bytes";
    HANDLE file = File(path, FILE_CREATE, STATUS_SUCCESS), section;
    UCHAR bytes[PAGE_SIZE / 2];
    PUCHAR view = NULL;
    PVOID object, second;
    LARGE_INTEGER at;
    IO_STATUS_BLOCK io;
    SIZE_T size = 0;

    CHECK(SectionOf(file, 0, PAGE_READONLY, &section) == STATUS_MAPPED_FILE_SIZE_ZERO);
    RtlFillMemory(bytes, sizeof(bytes), 7);
    for (at.QuadPart = 0; at.QuadPart < 3 * sizeof(bytes); at.QuadPart += sizeof(bytes))
        CHECK(NT_SUCCESS(ZwWriteFile(file, NULL, NULL, NULL, &io, bytes, sizeof(bytes), &at, NULL)));
    CHECK(SectionOf(file, 2 * PAGE_SIZE, PAGE_READONLY, &section) == STATUS_SECTION_TOO_BIG);
    CHECK(NT_SUCCESS(SectionOf(file, 0, PAGE_READWRITE, &section)));
    CHECK(NT_SUCCESS(ObReferenceObjectByHandle(section, SECTION_MAP_READ, NULL, KernelMode, &object,
                                               NULL)));
    CHECK(NT_SUCCESS(MmMapViewInSystemSpace(object, (PVOID *)&view, &size)));
    CHECK(size == 2 * PAGE_SIZE && BYTE_OFFSET(view) == 0);
    CHECK(view[0] == 7 && view[3 * sizeof(bytes) - 1] == 7 && view[3 * sizeof(bytes)] == 0);
    view[5] = 62;
    at.QuadPart = 5;
    CHECK(NT_SUCCESS(ZwReadFile(file, NULL, NULL, NULL, &io, bytes, 1, &at, NULL)) &&
          bytes[0] == 62);
    bytes[0] = 63;
    CHECK(NT_SUCCESS(ZwWriteFile(file, NULL, NULL, NULL, &io, bytes, 1, &at, NULL)) && view[5] == 63);
    File(path, FILE_OVERWRITE, STATUS_USER_MAPPED_FILE);
    CHECK(NT_SUCCESS(MmUnmapViewInSystemSpace(view)));
    ObDereferenceObject(object);
    ZwClose(section);
    /* Larger than the file: that grows. */
    CHECK(NT_SUCCESS(SectionOf(file, 3 * PAGE_SIZE, PAGE_READWRITE, &section)));
    ZwClose(section);
    at.QuadPart = 3 * PAGE_SIZE - 1;
    CHECK(NT_SUCCESS(ZwReadFile(file, NULL, NULL, NULL, &io, bytes, 9, &at, NULL)) &&
          io.Information == 1 && bytes[0] == 0);
    ZwClose(File(path, FILE_OVERWRITE, STATUS_SUCCESS));
    ZwClose(file);
}

/* What the scenario has put there. */
void FileOfScenario(PDEVICE_EXTENSION ext)
{
    HANDLE file = File(L"\\SystemRoot\\win.ini", FILE_OPEN, STATUS_SUCCESS);
    IO_STATUS_BLOCK io;
    LARGE_INTEGER at = {{0}};
    UCHAR bytes[8];

    CHECK(NT_SUCCESS(ZwReadFile(file, NULL, NULL, NULL, &io, bytes, sizeof(bytes), &at, NULL)));
    CHECK(io.Information == 3 && bytes[0] == '[' && bytes[1] == 'f' && bytes[2] == ']');
    ZwClose(file);
    ZwClose(File(L"\\SystemRoot\\empty", FILE_OPEN, STATUS_SUCCESS));
}

static NTSTATUS MapUser(PMDL mdl, PVOID where, PUCHAR *view)
{
    __try {
        *view = MmMapLockedPagesSpecifyCache(mdl, UserMode, MmCached, where, FALSE,
                                             NormalPagePriority);
    } __except (EXCEPTION_EXECUTE_HANDLER) {
        return GetExceptionCode();
    }
    return STATUS_SUCCESS;
}

static NTSTATUS Touch(volatile UCHAR *at)
{
    __try {
        *at = *at;
    } __except (EXCEPTION_EXECUTE_HANDLER) {
        return GetExceptionCode();
    }
    return STATUS_SUCCESS;
}

static void MapUserAndBack(PUCHAR memory, ULONG size)
{
    PMDL mdl = IoAllocateMdl(memory, size, FALSE, FALSE, NULL);
    PUCHAR view, other, third;

    MmBuildMdlForNonPagedPool(mdl);
    memory[size - 1] = 3;
    CHECK(MapUser(mdl, NULL, &view) == STATUS_SUCCESS);
    CHECK((PVOID)view < MmHighestUserAddress && BYTE_OFFSET(view) == BYTE_OFFSET(memory));
    CHECK(!(mdl->MdlFlags & MDL_MAPPED_TO_SYSTEM_VA) && view[size - 1] == 3);
    view[0] = 1;
    memory[1] = 2;
    CHECK(memory[0] == 1 && view[1] == 2);
    CHECK(MapUser(mdl, PAGE_ALIGN(view), &other) == STATUS_CONFLICTING_ADDRESSES);
    CHECK(MapUser(mdl, NULL, &other) == STATUS_SUCCESS && other != view);
    other[2] = 62;
    CHECK(view[2] == 62 && memory[2] == 62);
    MmUnmapLockedPages(view, mdl);
    CHECK(Touch(view) == STATUS_ACCESS_VIOLATION && Touch(other) == STATUS_SUCCESS);
    CHECK(MapUser(mdl, PAGE_ALIGN(view), &third) == STATUS_SUCCESS && third == view);
    CHECK(third[2] == 62);
    MmUnmapLockedPages(third, mdl);
    MmUnmapLockedPages(other, mdl);
    IoFreeMdl(mdl);
}

void UserMapping(PDEVICE_EXTENSION ext)
{
    static const ULONG sizes[] = {PAGE_SIZE, 100, 3 * PAGE_SIZE + 1};
    PVOID memory;
    SIZE_T size = 2 * PAGE_SIZE;
    PUCHAR base = NULL, view;
    PMDL mdl;

    for (ULONG i = 0; i < sizeof(sizes) / sizeof(*sizes); i++) {
        memory = ExAllocatePoolWithTag(NonPagedPoolNx, sizes[i], TAG);
        MapUserAndBack(memory, sizes[i]);
        ExFreePoolWithTag(memory, TAG);
    }
    /* The program's own pages, a second time. */
    CHECK(NT_SUCCESS(ZwAllocateVirtualMemory(ZwCurrentProcess(), (PVOID *)&base, 0, &size,
                                             MEM_COMMIT, PAGE_READWRITE)));
    mdl = IoAllocateMdl(base + 10, PAGE_SIZE, FALSE, FALSE, NULL);
    MmProbeAndLockPages(mdl, UserMode, IoModifyAccess);
    CHECK(MapUser(mdl, NULL, &view) == STATUS_SUCCESS && BYTE_OFFSET(view) == 10);
    view[PAGE_SIZE - 1] = 9;
    CHECK(base[PAGE_SIZE + 9] == 9);
    MmUnmapLockedPages(view, mdl);
    MmUnlockPages(mdl);
    IoFreeMdl(mdl);
    size = 0;
    ZwFreeVirtualMemory(ZwCurrentProcess(), (PVOID *)&base, &size, MEM_RELEASE);
}

void UnmapTwice(PDEVICE_EXTENSION ext)
{
    PVOID memory = ExAllocatePoolWithTag(NonPagedPoolNx, PAGE_SIZE, TAG);
    PMDL mdl = IoAllocateMdl(memory, PAGE_SIZE, FALSE, FALSE, NULL);
    PUCHAR view;

    MmBuildMdlForNonPagedPool(mdl);
    CHECK(MapUser(mdl, NULL, &view) == STATUS_SUCCESS);
    MmUnmapLockedPages(view, mdl);
    MmUnmapLockedPages(view, mdl);
}

void UserMappingTooHigh(PDEVICE_EXTENSION ext)
{
    PVOID memory = ExAllocatePoolWithTag(NonPagedPoolNx, PAGE_SIZE, TAG);
    PMDL mdl = IoAllocateMdl(memory, PAGE_SIZE, FALSE, FALSE, NULL);
    PUCHAR view;
    KIRQL irql;

    MmBuildMdlForNonPagedPool(mdl);
    KeRaiseIrql(DISPATCH_LEVEL, &irql);
    MapUser(mdl, NULL, &view);
}
