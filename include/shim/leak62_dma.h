/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * Version 3 of the DMA interface (Windows 8): members that mingw-w64's
 * DEVICE_DESCRIPTION and DMA_OPERATIONS end without.  Included before wdm.h,
 * this makes the name of each structure's last member stand for it and what
 * follows it; leak62_wdm.h undoes that.  Nothing else in wdm.h has those names.
 */
#ifndef LEAK62_SHIM_DMA_H
#define LEAK62_SHIM_DMA_H

struct _DMA_ADAPTER_INFO;
struct _DMA_TRANSFER_INFO;

#define DmaPort                                                                                \
	DmaPort;                                                                               \
	ULONG DmaAddressWidth;                                                                 \
	ULONG DmaControllerInstance;                                                           \
	ULONG DmaRequestLine;                                                                  \
	PHYSICAL_ADDRESS DeviceAddress

#define BuildMdlFromScatterGatherList                                                          \
	BuildMdlFromScatterGatherList;                                                         \
	NTSTATUS(NTAPI *GetDmaAdapterInfo)(struct _DMA_ADAPTER *, struct _DMA_ADAPTER_INFO *); \
	NTSTATUS(NTAPI *GetDmaTransferInfo)                                                    \
	(struct _DMA_ADAPTER *, struct _MDL *, ULONGLONG, ULONG, BOOLEAN,                      \
	 struct _DMA_TRANSFER_INFO *);                                                         \
	NTSTATUS(NTAPI *InitializeDmaTransferContext)(struct _DMA_ADAPTER *, PVOID);           \
	PVOID(NTAPI *AllocateCommonBufferEx)                                                   \
	(struct _DMA_ADAPTER *, PHYSICAL_ADDRESS *, ULONG, PHYSICAL_ADDRESS *, BOOLEAN,        \
	 ULONG);                                                                               \
	NTSTATUS(NTAPI *AllocateAdapterChannelEx)                                              \
	(struct _DMA_ADAPTER *, struct _DEVICE_OBJECT *, PVOID, ULONG, ULONG, PDRIVER_CONTROL, \
	 PVOID, PVOID *);                                                                      \
	NTSTATUS(NTAPI *ConfigureAdapterChannel)(struct _DMA_ADAPTER *, ULONG, PVOID);         \
	BOOLEAN(NTAPI *CancelAdapterChannel)                                                   \
	(struct _DMA_ADAPTER *, struct _DEVICE_OBJECT *, PVOID);                               \
	NTSTATUS(NTAPI *MapTransferEx)                                                         \
	(struct _DMA_ADAPTER *, struct _MDL *, PVOID, ULONGLONG, ULONG, PULONG, BOOLEAN,       \
	 struct _SCATTER_GATHER_LIST *, ULONG,                                                 \
	 VOID(NTAPI *)(struct _DMA_ADAPTER *, struct _DEVICE_OBJECT *, PVOID,                  \
	               DMA_COMPLETION_STATUS),                                                 \
	 PVOID);                                                                               \
	NTSTATUS(NTAPI *GetScatterGatherListEx)                                                \
	(struct _DMA_ADAPTER *, struct _DEVICE_OBJECT *, PVOID, struct _MDL *, ULONGLONG,      \
	 ULONG, ULONG, PDRIVER_LIST_CONTROL, PVOID, BOOLEAN,                                   \
	 VOID(NTAPI *)(struct _DMA_ADAPTER *, struct _DEVICE_OBJECT *, PVOID,                  \
	               DMA_COMPLETION_STATUS),                                                 \
	 PVOID, struct _SCATTER_GATHER_LIST **);                                               \
	NTSTATUS(NTAPI *BuildScatterGatherListEx)                                              \
	(struct _DMA_ADAPTER *, struct _DEVICE_OBJECT *, PVOID, struct _MDL *, ULONGLONG,      \
	 ULONG, ULONG, PDRIVER_LIST_CONTROL, PVOID, BOOLEAN, PVOID, ULONG,                     \
	 VOID(NTAPI *)(struct _DMA_ADAPTER *, struct _DEVICE_OBJECT *, PVOID,                  \
	               DMA_COMPLETION_STATUS),                                                 \
	 PVOID, PVOID *);                                                                      \
	NTSTATUS(NTAPI *FlushAdapterBuffersEx)                                                 \
	(struct _DMA_ADAPTER *, struct _MDL *, PVOID, ULONGLONG, ULONG, BOOLEAN);              \
	VOID(NTAPI *FreeAdapterObject)(struct _DMA_ADAPTER *, IO_ALLOCATION_ACTION);           \
	NTSTATUS(NTAPI *CancelMappedTransfer)(struct _DMA_ADAPTER *, PVOID)

#define DEVICE_DESCRIPTION_VERSION3 0x0003
#define DMA_TRANSFER_CONTEXT_VERSION1 1
#define DMA_TRANSFER_CONTEXT_SIZE_V1 128
#define DMA_SYNCHRONOUS_CALLBACK 0x01

#endif
