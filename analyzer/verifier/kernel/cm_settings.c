/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* Values of the registry that the scenario has, and changes that a program makes. */
#include "cm.h"
#include "drive.h"

static UNICODE_STRING text_at(const struct l62_steps *steps, ULONG at, ULONG length)
{
	UNICODE_STRING text = {(USHORT)length, (USHORT)length, (PWSTR)(steps->data + at)};

	return text;
}

/* The whole path of a key, of one below the service's unless it is whole already; to be freed
 * by l62_host_free(). */
static UNICODE_STRING key_path(UNICODE_STRING rest)
{
	static UNICODE_STRING service = RTL_CONSTANT_STRING(
	        L"\\Registry\\Machine\\System\\CurrentControlSet\\Services\\leak62");
	static UNICODE_STRING registry = RTL_CONSTANT_STRING(L"\\Registry\\"), none;
	UNICODE_STRING path;

	l62_key_join(RtlPrefixUnicodeString(&registry, &rest, TRUE) ? &none : &service, &rest,
	             &path);
	return path;
}

/* The key and those above it. */
static struct l62_key *make_key(UNICODE_STRING rest)
{
	UNICODE_STRING path = key_path(rest), part = path;
	USHORT units = path.Length / sizeof(WCHAR);
	struct l62_key *key = NULL;

	for (USHORT i = 1; i <= units; i++) {
		if (i < units && path.Buffer[i] != L'\\')
			continue;
		part.Length = i * sizeof(WCHAR);
		key = l62_key_find(&part);
		if (!key)
			key = l62_key_create(&part);
	}
	l62_host_free(path.Buffer);
	return key;
}

void l62_settings_apply(const struct l62_steps *steps)
{
	for (uint64_t i = 0; i < steps->setting_count; i++) {
		const struct l62_setting *setting = &steps->settings[i];
		struct l62_key *key =
		        make_key(text_at(steps, setting->key, setting->key_length));
		UNICODE_STRING name = text_at(steps, setting->name, setting->name_length);

		l62_value_set(key, &name, setting->type, steps->data + setting->value,
		              setting->value_length);
	}
}

static struct l62_fiber *program; /* the thread that makes a program's change */

BOOLEAN l62_settings_by_program(void)
{
	return program && program == l62_sched_current();
}

static NTSTATUS change(HANDLE key, const struct l62_steps *steps, const struct l62_step *step)
{
	UNICODE_STRING name = text_at(steps, step->name, step->name_length);

	if (step->events == L62_EVENT_END)
		return ZwDeleteValueKey(key, &name);
	if (step->events == L62_EVENT_BEGIN)
		return ZwSetValueKey(key, &name, 0, step->type,
		                     (PVOID)(steps->data + step->input), step->input_length);
	return STATUS_SUCCESS;
}

NTSTATUS l62_settings_change(const struct l62_steps *steps, const struct l62_step *step)
{
	UNICODE_STRING path = key_path(text_at(steps, step->path, step->path_length));
	OBJECT_ATTRIBUTES attributes;
	NTSTATUS status;
	HANDLE key;

	program = l62_sched_current();
	InitializeObjectAttributes(&attributes, &path, OBJ_CASE_INSENSITIVE | OBJ_KERNEL_HANDLE,
	                           NULL, NULL);
	status = ZwCreateKey(&key, KEY_ALL_ACCESS, &attributes, 0, NULL, 0, NULL);
	if (NT_SUCCESS(status)) {
		status = change(key, steps, step);
		ZwClose(key);
	}
	program = NULL;
	l62_host_free(path.Buffer);
	return status;
}
