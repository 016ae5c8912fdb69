/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * DMA adapters.  A bus address is the kernel's address, so that no map registers are needed
 * and every transfer is one piece; nothing is transferred, for no device is there.  The
 * operations are called through the adapter: their thunks are those of rows in
 * services.def.  Version 3 of the interface is not here.
 */
#include "io_dma.h"

enum { ADAPTER_VERSION = 1, MAP_REGISTERS = 16 };

struct buffer {
	struct buffer *next;
	PVOID memory; /* what was had from the host */
	PUCHAR start;
};
struct adapter {
	DMA_ADAPTER head; /* first */
	DMA_OPERATIONS operations;
	struct buffer *buffers;
	ULONG lists; /* scatter/gather lists that are not put back */
};

static struct adapter *adapter_of(PDMA_ADAPTER adapter)
{
	return CONTAINING_RECORD(adapter, struct adapter, head);
}

VOID NTAPI l62_dma_put_adapter(PDMA_ADAPTER head)
{
	l62_ledger_remove(L62_LEDGER_DMA_ADAPTER, (ULONG_PTR)head);
	/* Buffers that it still has stay: that is what leaking them means. */
	l62_host_free(head);
}

PVOID NTAPI l62_dma_allocate_common(PDMA_ADAPTER head, ULONG length, PPHYSICAL_ADDRESS logical,
                                    BOOLEAN cached)
{
	struct buffer *buffer = l62_host_alloc(sizeof(*buffer));

	UNREFERENCED_PARAMETER(cached);
	buffer->memory = l62_host_alloc((SIZE_T)length + PAGE_SIZE);
	buffer->start = (PUCHAR)ROUND_TO_PAGES((ULONG_PTR)buffer->memory);
	buffer->next = adapter_of(head)->buffers;
	adapter_of(head)->buffers = buffer;
	logical->QuadPart = (LONGLONG)(ULONG_PTR)buffer->start;
	return buffer->start;
}

VOID NTAPI l62_dma_free_common(PDMA_ADAPTER head, ULONG length, PHYSICAL_ADDRESS logical,
                               PVOID address, BOOLEAN cached)
{
	struct buffer **link = &adapter_of(head)->buffers, *buffer;

	UNREFERENCED_PARAMETER(length);
	UNREFERENCED_PARAMETER(cached);
	while (*link && (*link)->start != address)
		link = &(*link)->next;
	buffer = *link;
	if (!buffer || logical.QuadPart != (LONGLONG)(ULONG_PTR)address)
		l62_end_incomplete("the driver frees a common buffer that it does not have");
	*link = buffer->next;
	l62_host_free(buffer->memory);
	l62_host_free(buffer);
}

/* The adapter is free at once: the routine is called before this returns. */
NTSTATUS NTAPI l62_dma_allocate_channel(PDMA_ADAPTER head, PDEVICE_OBJECT device,
                                        ULONG registers, PDRIVER_CONTROL routine, PVOID context)
{
	const uint64_t args[] = {(ULONG_PTR)device, (ULONG_PTR)device->CurrentIrp,
	                         (ULONG_PTR)head, (ULONG_PTR)context};

	if (registers > MAP_REGISTERS)
		return STATUS_INSUFFICIENT_RESOURCES;
	l62_invoke((PVOID)routine, args, 4, NULL);
	return STATUS_SUCCESS;
}

BOOLEAN NTAPI l62_dma_flush(PDMA_ADAPTER head, PMDL mdl, PVOID base, PVOID at, ULONG length,
                            BOOLEAN to_device)
{
	UNREFERENCED_PARAMETER(head);
	UNREFERENCED_PARAMETER(mdl);
	UNREFERENCED_PARAMETER(base);
	UNREFERENCED_PARAMETER(at);
	UNREFERENCED_PARAMETER(length);
	UNREFERENCED_PARAMETER(to_device);
	return TRUE;
}

VOID NTAPI l62_dma_free_channel(PDMA_ADAPTER head)
{
	UNREFERENCED_PARAMETER(head);
}

VOID NTAPI l62_dma_free_registers(PDMA_ADAPTER head, PVOID base, ULONG count)
{
	UNREFERENCED_PARAMETER(head);
	UNREFERENCED_PARAMETER(base);
	UNREFERENCED_PARAMETER(count);
}

/* at: an address in terms of the MDL's own. */
static PHYSICAL_ADDRESS bus_address(PMDL mdl, PVOID at)
{
	ULONG_PTR offset = (ULONG_PTR)at - (ULONG_PTR)mdl->StartVa;
	PHYSICAL_ADDRESS address;

	address.QuadPart =
	        (LONGLONG)((MmGetMdlPfnArray(mdl)[offset >> PAGE_SHIFT] << PAGE_SHIFT) +
	                   BYTE_OFFSET(offset));
	return address;
}

PHYSICAL_ADDRESS NTAPI l62_dma_map(PDMA_ADAPTER head, PMDL mdl, PVOID base, PVOID at,
                                   PULONG length, BOOLEAN to_device)
{
	UNREFERENCED_PARAMETER(head);
	UNREFERENCED_PARAMETER(base);
	UNREFERENCED_PARAMETER(length);
	UNREFERENCED_PARAMETER(to_device);
	return bus_address(mdl, at);
}

ULONG NTAPI l62_dma_alignment(PDMA_ADAPTER head)
{
	UNREFERENCED_PARAMETER(head);
	return 1;
}

/* Nothing is left to be transferred. */
ULONG NTAPI l62_dma_counter(PDMA_ADAPTER head)
{
	UNREFERENCED_PARAMETER(head);
	return 0;
}

static NTSTATUS give_list(PDEVICE_OBJECT device, PMDL mdl, PVOID at, ULONG length,
                          PDRIVER_LIST_CONTROL routine, PVOID context,
                          PSCATTER_GATHER_LIST list)
{
	const uint64_t args[] = {(ULONG_PTR)device, (ULONG_PTR)device->CurrentIrp,
	                         (ULONG_PTR)list, (ULONG_PTR)context};

	list->NumberOfElements = 1;
	list->Elements[0].Address = bus_address(mdl, at);
	list->Elements[0].Length = length;
	l62_invoke((PVOID)routine, args, 4, NULL);
	return STATUS_SUCCESS;
}

enum { LIST_SIZE = sizeof(SCATTER_GATHER_LIST) + sizeof(SCATTER_GATHER_ELEMENT) };

NTSTATUS NTAPI l62_dma_get_list(PDMA_ADAPTER head, PDEVICE_OBJECT device, PMDL mdl, PVOID at,
                                ULONG length, PDRIVER_LIST_CONTROL routine, PVOID context,
                                BOOLEAN to_device)
{
	UNREFERENCED_PARAMETER(to_device);
	adapter_of(head)->lists++;
	return give_list(device, mdl, at, length, routine, context, l62_host_alloc(LIST_SIZE));
}

VOID NTAPI l62_dma_put_list(PDMA_ADAPTER head, PSCATTER_GATHER_LIST list, BOOLEAN to_device)
{
	UNREFERENCED_PARAMETER(to_device);
	if (adapter_of(head)->lists-- == 0)
		l62_end_incomplete("the driver puts back a scatter/gather list that it does "
		                   "not have");
	/* The driver's own memory is its own. */
	if (!list->Reserved)
		l62_host_free(list);
}

NTSTATUS NTAPI l62_dma_list_size(PDMA_ADAPTER head, PMDL mdl, PVOID at, ULONG length,
                                 PULONG size, PULONG registers)
{
	UNREFERENCED_PARAMETER(head);
	UNREFERENCED_PARAMETER(mdl);
	UNREFERENCED_PARAMETER(at);
	*size = LIST_SIZE;
	if (registers)
		*registers = ADDRESS_AND_SIZE_TO_SPAN_PAGES(at, length);
	return STATUS_SUCCESS;
}

NTSTATUS NTAPI l62_dma_build_list(PDMA_ADAPTER head, PDEVICE_OBJECT device, PMDL mdl, PVOID at,
                                  ULONG length, PDRIVER_LIST_CONTROL routine, PVOID context,
                                  BOOLEAN to_device, PVOID buffer, ULONG size)
{
	PSCATTER_GATHER_LIST list = buffer;

	UNREFERENCED_PARAMETER(to_device);
	if (size < LIST_SIZE)
		return STATUS_BUFFER_TOO_SMALL;
	adapter_of(head)->lists++;
	list->Reserved = 1;
	return give_list(device, mdl, at, length, routine, context, list);
}

NTSTATUS NTAPI l62_dma_build_mdl(PDMA_ADAPTER head, PSCATTER_GATHER_LIST list, PMDL original,
                                 PMDL *target)
{
	UNREFERENCED_PARAMETER(head);
	UNREFERENCED_PARAMETER(list);
	/* Documented: the original one will do if the list is of it as a whole. */
	*target = original;
	return original ? STATUS_SUCCESS : STATUS_INVALID_PARAMETER;
}

PDMA_ADAPTER NTAPI IoGetDmaAdapter(PDEVICE_OBJECT device, PDEVICE_DESCRIPTION description,
                                   PULONG registers)
{
	static const struct {
		SIZE_T offset;
		PVOID routine;
	} rows[] = {
#define ROW(member, routine) {FIELD_OFFSET(DMA_OPERATIONS, member), (PVOID)routine}
	        ROW(PutDmaAdapter, l62_dma_put_adapter),
	        ROW(AllocateCommonBuffer, l62_dma_allocate_common),
	        ROW(FreeCommonBuffer, l62_dma_free_common),
	        ROW(AllocateAdapterChannel, l62_dma_allocate_channel),
	        ROW(FlushAdapterBuffers, l62_dma_flush),
	        ROW(FreeAdapterChannel, l62_dma_free_channel),
	        ROW(FreeMapRegisters, l62_dma_free_registers),
	        ROW(MapTransfer, l62_dma_map),
	        ROW(GetDmaAlignment, l62_dma_alignment),
	        ROW(ReadDmaCounter, l62_dma_counter),
	        ROW(GetScatterGatherList, l62_dma_get_list),
	        ROW(PutScatterGatherList, l62_dma_put_list),
	        ROW(CalculateScatterGatherList, l62_dma_list_size),
	        ROW(BuildScatterGatherList, l62_dma_build_list),
	        ROW(BuildMdlFromScatterGatherList, l62_dma_build_mdl),
#undef ROW
	};
	struct adapter *adapter;

	UNREFERENCED_PARAMETER(device);
	if (description->Version > DEVICE_DESCRIPTION_VERSION2)
		l62_end_incomplete("the driver asks for version 3 of the DMA interface, which "
		                   "leak62 does not have");
	adapter = l62_host_alloc(sizeof(*adapter));
	adapter->head.Version = ADAPTER_VERSION;
	adapter->head.Size = sizeof(DMA_ADAPTER);
	adapter->head.DmaOperations = &adapter->operations;
	adapter->operations.Size =
	        FIELD_OFFSET(DMA_OPERATIONS, BuildMdlFromScatterGatherList) + sizeof(PVOID);
	for (ULONG i = 0; i < RTL_NUMBER_OF(rows); i++)
		*(PVOID *)((PUCHAR)&adapter->operations + rows[i].offset) =
		        l62_host_thunk(rows[i].routine);
	*registers = MAP_REGISTERS;
	l62_ledger_add(L62_LEDGER_DMA_ADAPTER, (ULONG_PTR)&adapter->head, 0, NULL);
	return &adapter->head;
}
