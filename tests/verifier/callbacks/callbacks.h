/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* What the groups of the driver share. */
#ifndef CALLBACKS_H
#define CALLBACKS_H

#define NTDDI_VERSION 0x0A000000
#define _WIN32_WINNT 0x0A00
#include <ntifs.h>

#define TAG 'bllc'
#define CHECK(condition)                                                                       \
    do {                                                                                       \
        if (!(condition))                                                                      \
            __asm__ volatile("int $0x29" : : "c"(__LINE__));                                   \
    } while (0)

typedef struct _DEVICE_EXTENSION {
    PDEVICE_OBJECT Device;
    PDRIVER_OBJECT Driver;
    ULONG Calls;
    ULONG Order[16];
    ULONG Count;
    PIRP Irps[3];
} DEVICE_EXTENSION, *PDEVICE_EXTENSION;

void RegistryCallbacks(PDEVICE_EXTENSION ext);
void Directories(PDEVICE_EXTENSION ext);
void DirectoriesLeak(PDEVICE_EXTENSION ext);
void KeyElsewhere(PDEVICE_EXTENSION ext);
void KeyElsewhereLeak(PDEVICE_EXTENSION ext);
void Keys(PDEVICE_EXTENSION ext);
void Transactions(PDEVICE_EXTENSION ext);
void KeyNotification(PDEVICE_EXTENSION ext);
extern PVOID Registration;
void HandleCallbacks(PDEVICE_EXTENSION ext);
void UnregisterTwice(PDEVICE_EXTENSION ext);
VOID NTAPI StartIo(PDEVICE_OBJECT device, PIRP irp);
void StartPackets(PDEVICE_EXTENSION ext);
void Interrupts(PDEVICE_EXTENSION ext);
void WorkItems(PDEVICE_EXTENSION ext);
void Completions(PDEVICE_EXTENSION ext);
void CompletionLeak(PDEVICE_EXTENSION ext);
void PlugPlay(PDEVICE_EXTENSION ext);
void Links(PDEVICE_EXTENSION ext);
void Dma(PDEVICE_EXTENSION ext);
void CommonBufferTwice(PDEVICE_EXTENSION ext);
void Pages(PDEVICE_EXTENSION ext);
void PagesLeak(PDEVICE_EXTENSION ext);
void Sections(PDEVICE_EXTENSION ext);
void FileSections(PDEVICE_EXTENSION ext);
void FileOfScenario(PDEVICE_EXTENSION ext);
void UserMapping(PDEVICE_EXTENSION ext);
void UnmapTwice(PDEVICE_EXTENSION ext);
void UserMappingTooHigh(PDEVICE_EXTENSION ext);
void Security(PDEVICE_EXTENSION ext);
void Versions(PDEVICE_EXTENSION ext);
void Rundown(PDEVICE_EXTENSION ext);
void RundownTwice(PDEVICE_EXTENSION ext);
void Tags(PDEVICE_EXTENSION ext);
void System(PDEVICE_EXTENSION ext);
void RestoreTwice(PDEVICE_EXTENSION ext);
void Tables(PDEVICE_EXTENSION ext);
void SplayTables(PDEVICE_EXTENSION ext);
void Times(PDEVICE_EXTENSION ext);
void Numbers(PDEVICE_EXTENSION ext);
void Processors(PDEVICE_EXTENSION ext);
void ReaderLocks(PDEVICE_EXTENSION ext);
void ReaderLockTwice(PDEVICE_EXTENSION ext);
void SystemCallbacks(PDEVICE_EXTENSION ext);
extern PDEVICE_EXTENSION Extension;
void Note(ULONG value);

#endif
