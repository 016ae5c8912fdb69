/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * mingw-w64's ndis.h, which declares the request types again that its ntddndis.h has
 * declared, and knows miniports up to NDIS 6.20: later ones are read as such.
 */
#pragma once
#include <ntddk.h>

#if !defined(NDIS620_MINIPORT) && (defined(NDIS630_MINIPORT) || defined(NDIS640_MINIPORT) ||   \
                                   defined(NDIS650_MINIPORT) || defined(NDIS651_MINIPORT) ||   \
                                   defined(NDIS660_MINIPORT) || defined(NDIS670_MINIPORT) ||   \
                                   defined(NDIS680_MINIPORT) || defined(NDIS681_MINIPORT) ||   \
                                   defined(NDIS682_MINIPORT) || defined(NDIS683_MINIPORT) ||   \
                                   defined(NDIS684_MINIPORT) || defined(NDIS685_MINIPORT))
#define NDIS620_MINIPORT 1
#endif

/* The first declaration under names that nobody uses. */
#define _NDIS_REQUEST_TYPE leak62_ndis_request_type
#define NDIS_REQUEST_TYPE LEAK62_NDIS_REQUEST_TYPE
#define PNDIS_REQUEST_TYPE LEAK62_PNDIS_REQUEST_TYPE
#define NdisRequestQueryInformation leak62_NdisRequestQueryInformation
#define NdisRequestSetInformation leak62_NdisRequestSetInformation
#define NdisRequestQueryStatistics leak62_NdisRequestQueryStatistics
#define NdisRequestOpen leak62_NdisRequestOpen
#define NdisRequestClose leak62_NdisRequestClose
#define NdisRequestSend leak62_NdisRequestSend
#define NdisRequestTransferData leak62_NdisRequestTransferData
#define NdisRequestReset leak62_NdisRequestReset
#define NdisRequestGeneric1 leak62_NdisRequestGeneric1
#define NdisRequestGeneric2 leak62_NdisRequestGeneric2
#define NdisRequestGeneric3 leak62_NdisRequestGeneric3
#define NdisRequestGeneric4 leak62_NdisRequestGeneric4
#include <ntddndis.h>
#undef _NDIS_REQUEST_TYPE
#undef NDIS_REQUEST_TYPE
#undef PNDIS_REQUEST_TYPE
#undef NdisRequestQueryInformation
#undef NdisRequestSetInformation
#undef NdisRequestQueryStatistics
#undef NdisRequestOpen
#undef NdisRequestClose
#undef NdisRequestSend
#undef NdisRequestTransferData
#undef NdisRequestReset
#undef NdisRequestGeneric1
#undef NdisRequestGeneric2
#undef NdisRequestGeneric3
#undef NdisRequestGeneric4

/* Types of NDIS 5 that its declarations need in every version. */
#ifndef NDIS_LEGACY_DRIVER
#define NDIS_LEGACY_DRIVER 1
#endif

/* A comma is missing in this declaration. */
#define NdisMWanIndicateReceiveComplete(parameters)                                            \
	NdisMWanIndicateReceiveComplete(NDIS_HANDLE adapter, NDIS_HANDLE link)
#include_next <ndis.h>
#undef NdisMWanIndicateReceiveComplete
