/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* Registry keys and values by handle; each operation with the driver's callbacks around. */
#include "cm_callback.h"
#include "tm.h"

#define OPERATE(which, type, info, routine)                                                    \
	l62_key_operate(&(struct l62_key_operation){RegNtPre##which, RegNtPost##which,         \
	                                            &(info), FIELD_OFFSET(type, CallContext),  \
	                                            (info).Object, routine})

static NTSTATUS succeed(PVOID info)
{
	UNREFERENCED_PARAMETER(info);
	return STATUS_SUCCESS;
}

/* Its last handle is closed. */
static void close_body(PVOID body)
{
	REG_KEY_HANDLE_CLOSE_INFORMATION info = {.Object = body};

	OPERATE(KeyHandleClose, REG_KEY_HANDLE_CLOSE_INFORMATION, info, succeed);
	l62_key_closed(body);
}

static void free_body(PVOID object)
{
	struct l62_open_key *body = object;

	l62_key_contexts_end(body);
	for (struct l62_open_key **link = &l62_open_keys; *link; link = &(*link)->next) {
		if (*link == body) {
			*link = body->next;
			break;
		}
	}
	if (body->transaction)
		ObfDereferenceObject(body->transaction);
	l62_host_free(body);
}

static struct _OBJECT_TYPE key_type = {&key_type, "Key", close_body, free_body};
POBJECT_TYPE l62_type_key = &key_type;
struct l62_open_key *l62_open_keys;

static void check_irql(void)
{
	if (l62_cpu_irql() > PASSIVE_LEVEL)
		l62_end_bugcheck(IRQL_NOT_LESS_OR_EQUAL, 0, l62_cpu_irql(), 1, 0);
}

/* Keeps a reference for the caller. */
static NTSTATUS body_of(HANDLE handle, struct l62_open_key **body)
{
	NTSTATUS status = l62_handle_reference(handle, l62_type_key, (PVOID *)body);

	check_irql();
	if (NT_SUCCESS(status) && (*body)->key->deleted) {
		ObfDereferenceObject(*body);
		return STATUS_KEY_DELETED;
	}
	return status;
}

NTSTATUS l62_key_of(HANDLE handle, struct l62_key **key)
{
	struct l62_open_key *body;
	NTSTATUS status = body_of(handle, &body);

	if (!NT_SUCCESS(status))
		return status;
	*key = body->key;
	ObfDereferenceObject(body);
	return STATUS_SUCCESS;
}

static struct l62_open_key *open(struct l62_key *key, PVOID transaction)
{
	struct l62_open_key *body = l62_host_alloc(sizeof(*body));

	body->key = key;
	body->transaction = transaction;
	if (transaction)
		ObfReferenceObject(transaction);
	body->next = l62_open_keys;
	l62_open_keys = body;
	l62_object_insert(body, l62_type_key);
	return body;
}

/* The whole path; its buffer must be freed. */
static NTSTATUS path_of(const REG_CREATE_KEY_INFORMATION_V1 *info, PUNICODE_STRING path)
{
	static const UNICODE_STRING none;
	struct l62_open_key *root =
	        info->CompleteName->Length && info->CompleteName->Buffer[0] == L'\\'
	                ? NULL
	                : info->RootObject;

	if (root && root->key->deleted)
		return STATUS_KEY_DELETED;
	l62_key_join(root ? &root->key->path : &none, info->CompleteName, path);
	return STATUS_SUCCESS;
}

static void end_create(PVOID arg, BOOLEAN committed)
{
	struct l62_key *key = *(struct l62_key **)arg;

	key->pending = NULL;
	if (!committed)
		l62_key_delete(key);
}

struct making {
	REG_CREATE_KEY_INFORMATION_V1 info;
	PVOID opened; /* by the configuration manager itself */
};

static NTSTATUS open_or_create(REG_CREATE_KEY_INFORMATION_V1 *info, BOOLEAN create)
{
	UNICODE_STRING path;
	NTSTATUS status = path_of(info, &path);
	struct l62_key *key, **made;
	ULONG how = REG_OPENED_EXISTING_KEY;

	if (!NT_SUCCESS(status))
		return status;
	key = l62_key_find(&path);
	if (key && key->pending && key->pending != info->Transaction) {
		l62_host_free(path.Buffer);
		return create ? STATUS_TRANSACTIONAL_CONFLICT : STATUS_OBJECT_NAME_NOT_FOUND;
	}
	if (!key && create) {
		key = l62_key_create(&path);
		how = REG_CREATED_NEW_KEY;
	}
	if (!key)
		l62_registry_missing(path.Buffer, path.Length, NULL, 0, 0);
	l62_host_free(path.Buffer);
	if (!key)
		return STATUS_OBJECT_NAME_NOT_FOUND;
	if (how == REG_CREATED_NEW_KEY && info->Transaction) {
		key->pending = info->Transaction;
		made = l62_host_alloc(sizeof(*made));
		*made = key;
		l62_transaction_log(info->Transaction, end_create, made);
	}
	if (how == REG_CREATED_NEW_KEY)
		l62_key_changed(key, REG_NOTIFY_CHANGE_NAME);
	if (info->Disposition)
		*info->Disposition = how;
	*info->ResultObject = open(key, info->Transaction);
	CONTAINING_RECORD(info, struct making, info)->opened = *info->ResultObject;
	return STATUS_SUCCESS;
}

static NTSTATUS do_open(PVOID info)
{
	return open_or_create(info, FALSE);
}

static NTSTATUS do_create(PVOID info)
{
	return open_or_create(info, TRUE);
}

/* transaction: 0, or a handle. */
static NTSTATUS make(PHANDLE handle, ACCESS_MASK access, POBJECT_ATTRIBUTES attributes,
                     PUNICODE_STRING class, ULONG options, HANDLE transaction,
                     PULONG disposition, BOOLEAN create)
{
	static const UNICODE_STRING top = RTL_CONSTANT_STRING(L"\\Registry");
	UNICODE_STRING remaining = *attributes->ObjectName;
	PVOID object = NULL;
	struct making making = {.info = {
	                                .CompleteName = attributes->ObjectName,
	                                .ObjectType = l62_type_key,
	                                .Options = options,
	                                .Class = class,
	                                .SecurityDescriptor = attributes->SecurityDescriptor,
	                                .DesiredAccess = access,
	                                .GrantedAccess = access,
	                                .Disposition = disposition,
	                                .ResultObject = &object,
	                                .Version = 1,
	                                .RemainingName = &remaining,
	                                .Attributes = attributes->Attributes,
	                                .CheckAccessMode = KernelMode,
	                        }};
	REG_CREATE_KEY_INFORMATION_V1 *info = &making.info;
	struct l62_key_operation operation = {
	        create ? RegNtPreCreateKeyEx : RegNtPreOpenKeyEx,
	        create ? RegNtPostCreateKeyEx : RegNtPostOpenKeyEx,
	        info,
	        FIELD_OFFSET(REG_CREATE_KEY_INFORMATION_V1, CallContext),
	        NULL,
	        create ? do_create : do_open,
	};
	NTSTATUS status = STATUS_SUCCESS;

	check_irql();
	/* Without a root, a name begins with that of all: callbacks are given its object. */
	if (!attributes->RootDirectory) {
		info->RootObject = open(l62_key_find(&top), NULL);
		if (remaining.Length > top.Length + sizeof(WCHAR)) {
			remaining.Buffer += top.Length / sizeof(WCHAR) + 1;
			remaining.Length -= top.Length + sizeof(WCHAR);
			remaining.MaximumLength = remaining.Length;
		}
	} else
		status = body_of(attributes->RootDirectory,
		                 (struct l62_open_key **)&info->RootObject);
	if (NT_SUCCESS(status) && transaction)
		status = l62_handle_reference(transaction, l62_type_transaction,
		                              &info->Transaction);
	/* Documented: below a key of a transaction, what is done is done in it. */
	if (NT_SUCCESS(status) && !transaction && info->RootObject) {
		info->Transaction = ((struct l62_open_key *)info->RootObject)->transaction;
		if (info->Transaction)
			ObfReferenceObject(info->Transaction);
	}
	if (NT_SUCCESS(status) && info->Transaction)
		status = l62_transaction_check(info->Transaction);
	operation.object = info->RootObject;
	if (NT_SUCCESS(status))
		status = l62_key_operate(&operation);
	/* Whoever bypasses it must have given an object. */
	if (NT_SUCCESS(status) && object)
		*handle = l62_handle_create(object, attributes->Attributes);
	/* One of a callback's comes with a reference, which is the configuration manager's
	 * then. */
	if (object && object != making.opened)
		l62_ledger_remove(L62_LEDGER_REFERENCE, (ULONG_PTR)object);
	if (object)
		ObfDereferenceObject(object);
	if (info->Transaction)
		ObfDereferenceObject(info->Transaction);
	if (info->RootObject)
		ObfDereferenceObject(info->RootObject);
	return status;
}

NTSTATUS NTAPI ZwOpenKey(PHANDLE handle, ACCESS_MASK access, POBJECT_ATTRIBUTES attributes)
{
	return make(handle, access, attributes, NULL, 0, NULL, NULL, FALSE);
}

NTSTATUS NTAPI l62_nt_open_key_ex(PHANDLE handle, ACCESS_MASK access,
                                  POBJECT_ATTRIBUTES attributes, ULONG options)
{
	return make(handle, access, attributes, NULL, options, NULL, NULL, FALSE);
}

NTSTATUS NTAPI ZwOpenKeyTransacted(PHANDLE handle, ACCESS_MASK access,
                                   POBJECT_ATTRIBUTES attributes, HANDLE transaction)
{
	if (!transaction)
		return STATUS_INVALID_HANDLE;
	return make(handle, access, attributes, NULL, 0, transaction, NULL, FALSE);
}

NTSTATUS NTAPI l62_nt_open_key_transacted_ex(PHANDLE handle, ACCESS_MASK access,
                                             POBJECT_ATTRIBUTES attributes, ULONG options,
                                             HANDLE transaction)
{
	if (!transaction)
		return STATUS_INVALID_HANDLE;
	return make(handle, access, attributes, NULL, options, transaction, NULL, FALSE);
}

NTSTATUS NTAPI ZwCreateKey(PHANDLE handle, ACCESS_MASK access, POBJECT_ATTRIBUTES attributes,
                           ULONG index, PUNICODE_STRING class, ULONG options,
                           PULONG disposition)
{
	UNREFERENCED_PARAMETER(index);
	return make(handle, access, attributes, class, options, NULL, disposition, TRUE);
}

NTSTATUS NTAPI ZwCreateKeyTransacted(PHANDLE handle, ACCESS_MASK access,
                                     POBJECT_ATTRIBUTES attributes, ULONG index,
                                     PUNICODE_STRING class, ULONG options, HANDLE transaction,
                                     PULONG disposition)
{
	UNREFERENCED_PARAMETER(index);
	if (!transaction)
		return STATUS_INVALID_HANDLE;
	return make(handle, access, attributes, class, options, transaction, disposition, TRUE);
}

NTSTATUS l62_key_run(HANDLE handle, const struct l62_key_operation *wanted)
{
	struct l62_key_operation operation = *wanted;
	struct l62_open_key *body;
	NTSTATUS status = body_of(handle, &body);

	if (!NT_SUCCESS(status))
		return status;
	if (body->transaction)
		status = l62_transaction_check(body->transaction);
	*(PVOID *)operation.info = operation.object = body; /* Object is first in all */
	if (NT_SUCCESS(status))
		status = l62_key_operate(&operation);
	ObfDereferenceObject(body);
	return status;
}

NTSTATUS NTAPI ZwFlushKey(HANDLE handle)
{
	REG_FLUSH_KEY_INFORMATION info = {0};

	return L62_KEY_RUN(handle, FlushKey, REG_FLUSH_KEY_INFORMATION, info, succeed);
}

static void end_delete(PVOID arg, BOOLEAN committed)
{
	if (!committed)
		l62_key_restore(*(struct l62_key **)arg);
}

/* Documented: not while it has subkeys. */
static NTSTATUS do_delete(PVOID arg)
{
	PREG_DELETE_KEY_INFORMATION info = arg;
	struct l62_open_key *body = info->Object;
	struct l62_key **gone;

	if (l62_key_child(body->key, 0))
		return STATUS_CANNOT_DELETE;
	l62_key_delete(body->key);
	l62_key_changed(body->key, REG_NOTIFY_CHANGE_NAME);
	if (body->transaction) {
		gone = l62_host_alloc(sizeof(*gone));
		*gone = body->key;
		l62_transaction_log(body->transaction, end_delete, gone);
	}
	return STATUS_SUCCESS;
}

NTSTATUS NTAPI ZwDeleteKey(HANDLE handle)
{
	REG_DELETE_KEY_INFORMATION info = {0};

	return L62_KEY_RUN(handle, DeleteKey, REG_DELETE_KEY_INFORMATION, info, do_delete);
}

static NTSTATUS do_enumerate(PVOID arg)
{
	PREG_ENUMERATE_KEY_INFORMATION info = arg;
	struct l62_key *child =
	        l62_key_child(((struct l62_open_key *)info->Object)->key, info->Index);

	return child ? l62_key_give(child, info->KeyInformationClass, info->KeyInformation,
	                            info->Length, info->ResultLength)
	             : STATUS_NO_MORE_ENTRIES;
}

NTSTATUS NTAPI ZwEnumerateKey(HANDLE handle, ULONG index, KEY_INFORMATION_CLASS class,
                              PVOID out, ULONG length, PULONG needed)
{
	REG_ENUMERATE_KEY_INFORMATION info = {.Index = index,
	                                      .KeyInformationClass = class,
	                                      .KeyInformation = out,
	                                      .Length = length,
	                                      .ResultLength = needed};

	return L62_KEY_RUN(handle, EnumerateKey, REG_ENUMERATE_KEY_INFORMATION, info,
	                   do_enumerate);
}

static NTSTATUS do_query(PVOID arg)
{
	PREG_QUERY_KEY_INFORMATION info = arg;

	return l62_key_give(((struct l62_open_key *)info->Object)->key,
	                    info->KeyInformationClass, info->KeyInformation, info->Length,
	                    info->ResultLength);
}

NTSTATUS NTAPI ZwQueryKey(HANDLE handle, KEY_INFORMATION_CLASS class, PVOID out, ULONG length,
                          PULONG needed)
{
	REG_QUERY_KEY_INFORMATION info = {.KeyInformationClass = class,
	                                  .KeyInformation = out,
	                                  .Length = length,
	                                  .ResultLength = needed};

	return L62_KEY_RUN(handle, QueryKey, REG_QUERY_KEY_INFORMATION, info, do_query);
}

/* A device's hardware or software key: made when it is asked for, beside the service. */
NTSTATUS NTAPI IoOpenDeviceRegistryKey(PDEVICE_OBJECT device, ULONG type, ACCESS_MASK access,
                                       PHANDLE handle)
{
	UNICODE_STRING path;
	struct l62_open_key *body;
	struct l62_key *key;

	UNREFERENCED_PARAMETER(device);
	UNREFERENCED_PARAMETER(access);
	check_irql();
	RtlInitUnicodeString(
	        &path, type & PLUGPLAY_REGKEY_DRIVER
	                       ? L"\\Registry\\Machine\\System\\CurrentControlSet\\Driver"
	                       : L"\\Registry\\Machine\\System\\CurrentControlSet\\Device");
	key = l62_key_find(&path);
	if (!key)
		key = l62_key_create(&path);
	body = open(key, NULL);
	*handle = l62_handle_create(body, OBJ_KERNEL_HANDLE);
	ObfDereferenceObject(body);
	return STATUS_SUCCESS;
}
