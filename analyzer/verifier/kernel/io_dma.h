/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* What DMA adapters point to; see DMA_OPERATIONS. */
#ifndef LEAK62_VERIFIER_IO_DMA_H
#define LEAK62_VERIFIER_IO_DMA_H

#include "nt.h"

VOID NTAPI l62_dma_put_adapter(PDMA_ADAPTER head);
PVOID NTAPI l62_dma_allocate_common(PDMA_ADAPTER head, ULONG length, PPHYSICAL_ADDRESS logical,
                                    BOOLEAN cached);
VOID NTAPI l62_dma_free_common(PDMA_ADAPTER head, ULONG length, PHYSICAL_ADDRESS logical,
                               PVOID address, BOOLEAN cached);
NTSTATUS NTAPI l62_dma_allocate_channel(PDMA_ADAPTER head, PDEVICE_OBJECT device,
                                        ULONG registers, PDRIVER_CONTROL routine,
                                        PVOID context);
BOOLEAN NTAPI l62_dma_flush(PDMA_ADAPTER head, PMDL mdl, PVOID base, PVOID at, ULONG length,
                            BOOLEAN to_device);
VOID NTAPI l62_dma_free_channel(PDMA_ADAPTER head);
VOID NTAPI l62_dma_free_registers(PDMA_ADAPTER head, PVOID base, ULONG count);
PHYSICAL_ADDRESS NTAPI l62_dma_map(PDMA_ADAPTER head, PMDL mdl, PVOID base, PVOID at,
                                   PULONG length, BOOLEAN to_device);
ULONG NTAPI l62_dma_alignment(PDMA_ADAPTER head);
ULONG NTAPI l62_dma_counter(PDMA_ADAPTER head);
NTSTATUS NTAPI l62_dma_get_list(PDMA_ADAPTER head, PDEVICE_OBJECT device, PMDL mdl, PVOID at,
                                ULONG length, PDRIVER_LIST_CONTROL routine, PVOID context,
                                BOOLEAN to_device);
VOID NTAPI l62_dma_put_list(PDMA_ADAPTER head, PSCATTER_GATHER_LIST list, BOOLEAN to_device);
NTSTATUS NTAPI l62_dma_list_size(PDMA_ADAPTER head, PMDL mdl, PVOID at, ULONG length,
                                 PULONG size, PULONG registers);
NTSTATUS NTAPI l62_dma_build_list(PDMA_ADAPTER head, PDEVICE_OBJECT device, PMDL mdl, PVOID at,
                                  ULONG length, PDRIVER_LIST_CONTROL routine, PVOID context,
                                  BOOLEAN to_device, PVOID buffer, ULONG size);
NTSTATUS NTAPI l62_dma_build_mdl(PDMA_ADAPTER head, PSCATTER_GATHER_LIST list, PMDL original,
                                 PMDL *target);

#endif
