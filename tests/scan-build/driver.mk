# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
# Builds every .c file of DRIVER with the flags usual for drivers.  scan-build puts
# itself in the place of CC.
#   make -f driver.mk DRIVER=... SHIM=... MINGW=...
CFLAGS = --target=x86_64-w64-mingw32 -std=gnu11 -fms-extensions -w \
	-D_KERNEL_MODE=1 -D_AMD64_=1 -DAMD64=1 -D_WIN64=1 \
	-D_WIN32_WINNT=0x0A00 -DWINVER=0x0A00 -DNTDDI_VERSION=0x0A000000 \
	-include $(SHIM)/leak62_driver.h -isystem $(SHIM) -isystem $(MINGW)/ddk -isystem $(MINGW)

all: $(patsubst $(DRIVER)/%.c,%.o,$(wildcard $(DRIVER)/*.c))

%.o: $(DRIVER)/%.c
	$(CC) $(CFLAGS) -c -o $@ $<
