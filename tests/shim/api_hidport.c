/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* Each routine that the shim declares for hidport.h is there. */
#include <hidport.h>
#include "declared.h"

DECLARED(HidRegisterMinidriver);
DECLARED(HidNotifyPresence);

/* Its descriptor is what a device sends. */
C_ASSERT(sizeof(HID_DESCRIPTOR) == 9);
C_ASSERT(sizeof(HID_DEVICE_ATTRIBUTES) == 32);

/* Numbers of its own: none of them is another one. */
C_ASSERT(IOCTL_HID_GET_STRING != IOCTL_HID_WRITE_REPORT);
C_ASSERT(IOCTL_HID_READ_REPORT ==
         CTL_CODE(FILE_DEVICE_KEYBOARD, 2, METHOD_NEITHER, FILE_ANY_ACCESS));
