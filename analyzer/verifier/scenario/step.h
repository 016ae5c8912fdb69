/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * A scenario as plain data: the parent makes it out of a file (scenario.h), the child
 * has it by the fork, and kernel/drive.c carries it out.  Read by both ABIs: types of
 * fixed size only.  Texts, names and bytes are at offsets in one block of data.
 *
 * L62_STEP(ID, "name in the file")
 */
#ifndef LEAK62_VERIFIER_STEP_H
#define LEAK62_VERIFIER_STEP_H

#include <stdint.h>

#define L62_STEPS                                                                              \
	L62_STEP(LOAD, "load")                                                                 \
	L62_STEP(ADD_DEVICE, "add_device")                                                     \
	L62_STEP(PNP, "pnp")                                                                   \
	L62_STEP(POWER, "power")                                                               \
	L62_STEP(DEFAULT, "default")                                                           \
	L62_STEP(CREATE, "create")                                                             \
	L62_STEP(REQUEST, "request")                                                           \
	L62_STEP(CANCEL, "cancel")                                                             \
	L62_STEP(CLEANUP, "cleanup")                                                           \
	L62_STEP(CLOSE, "close")                                                               \
	L62_STEP(PROCESS, "process")                                                           \
	L62_STEP(THREAD, "thread")                                                             \
	L62_STEP(IMAGE, "image")                                                               \
	L62_STEP(REGISTRY, "registry")                                                         \
	L62_STEP(BUS, "bus")                                                                   \
	L62_STEP(WAIT, "wait")                                                                 \
	L62_STEP(EVENT, "event")                                                               \
	L62_STEP(TOKEN, "token")                                                               \
	L62_STEP(UNLOAD, "unload")                                                             \
	L62_STEP(REPEAT, "repeat")                                                             \
	L62_STEP(AGAIN, "")

enum l62_step_kind {
#define L62_STEP(id, name) L62_STEP_##id,
	L62_STEPS
#undef L62_STEP
};

enum {
	L62_HANDLES_MOST = 64, /* files open at once */
	L62_REPEATS_MOST = 8,  /* in one another */
	L62_DEVICE_ANY = -1,
	L62_MINOR_ANY = 0x100,
};

/* What happens in a PROCESS, THREAD or REGISTRY step. */
enum { L62_EVENT_BEGIN = 1, L62_EVENT_END = 2 };

struct l62_step {
	uint32_t kind;                /* enum l62_step_kind */
	uint32_t label;               /* text, 0-terminated: "step 4: ioctl 0x222003" */
	uint32_t optional;            /* only if the driver has what it needs */
	uint32_t major;               /* REQUEST: major function */
	uint32_t code;                /* control code, minor function or class of information;
	                               * EVENT: the handle's value */
	uint32_t handle;              /* which open file */
	int32_t device;               /* by number, in the order in which they were made */
	uint32_t name, name_length;   /* UTF-16, bytes: the device's or value's; 0: none */
	uint32_t path, path_length;   /* UTF-16: of the file behind the device, of a key */
	uint32_t input, input_length; /* bytes */
	uint32_t output_length;
	uint32_t expects, status; /* whether the status must be that one */
	uint32_t count;           /* REPEAT: how often; POWER: state; CANCEL: which, 0: all */
	uint32_t type;            /* POWER: 0 system, 1 device; REGISTRY: type of the value;
	                           * WAIT, CLOSE: 1 busy; TOKEN: 1 restricted */
	uint32_t events;          /* L62_EVENT_* */
	uint32_t first;           /* AGAIN: the step behind its REPEAT */
	uint64_t in_address, out_address; /* METHOD_NEITHER: instead of buffers; 0: none */
	int64_t offset;                   /* in the file, of READ and WRITE */
	int64_t time;                     /* 100 ns: to wait for, or at most for the request */
};

/* Of START_DEVICE: type is CM_PARTIAL_RESOURCE_DESCRIPTOR's. */
struct l62_resource {
	uint64_t start; /* address, or vector */
	uint32_t length, type;
};

/* A value of the registry that is there when the run begins. */
struct l62_setting {
	uint32_t key, key_length;   /* UTF-16: see l62_settings_apply() */
	uint32_t name, name_length; /* UTF-16 */
	uint32_t type, value, value_length;
};

struct l62_steps {
	struct l62_step *steps;
	uint64_t count;
	struct l62_setting *settings;
	uint64_t setting_count;
	struct l62_setting *files; /* name: the path; value: what is in it */
	uint64_t file_count;
	uint32_t *codes; /* control codes that DEFAULT sends, behind those of the options */
	uint64_t code_count;
	uint32_t lenient; /* steps that cannot be done are passed over */
	uint8_t *data;
	uint64_t data_size;
};

#endif
