/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* Remembering what was tried; see memory.h. */
#include "memory.h"

#include <errno.h>
#include <fcntl.h>
#include <glib.h>
#include <inttypes.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "loader/pe.h"

enum { SIZE_MOST = 256 << 20, NAME_MOST = 128, VERSION = 1 };

struct l62_memory {
	char *path;
	int file;
	GArray *entries;   /* of struct entry */
	GArray *found;     /* of struct l62_memory_finding, when the file was opened */
	GStringChunk *strings;
	uint64_t scenario; /* of the last section */
	bool has_scenario;
};

struct entry {
	uint64_t scenario, key;
	uint32_t times;
};

char *l62_memory_image(const struct l62_pe *pe)
{
	GString *text = g_string_new(NULL);

	if (pe->pdb) {
		g_string_append(text, "pdb-");
		for (size_t i = 0; i < sizeof(pe->pdb_guid); i++)
			g_string_append_printf(text, "%02x", pe->pdb_guid[i]);
		g_string_append_printf(text, "-%x", pe->pdb_age);
	} else {
		char *sum = g_compute_checksum_for_data(G_CHECKSUM_SHA256, pe->data, pe->size);

		g_string_append_printf(text, "sha256-%s", sum);
		g_free(sum);
	}
	return g_string_free(text, FALSE);
}

static int damaged(const struct l62_memory *memory, size_t line, const char *what,
                   struct l62_error *err)
{
	return l62_error_set(err, L62_E_FORMAT,
	                     "%s(%zu): %s; remove the file to try all stacks again",
	                     memory->path, line, what);
}

/* count hexadecimal digits or, for count 0, a number up to UINT32_MAX. */
static bool take(const char **text, size_t digits, uint64_t *value)
{
	const char *begin = *text;
	char *end;

	if (!g_ascii_isxdigit(*begin))
		return false;
	errno = 0;
	*value = g_ascii_strtoull(begin, &end, digits ? 16 : 10);
	*text = end;
	return errno == 0 &&
	       (digits ? (size_t)(end - begin) == digits : *value && *value <= UINT32_MAX);
}

/* "89abcdef01234567 ExAllocatePoolWithTag 1" */
static bool read_call(const char *text, struct entry *entry)
{
	uint64_t times;
	size_t length;

	if (!take(&text, 16, &entry->key) || !entry->key || *text++ != ' ')
		return false;
	for (length = 0; g_ascii_isalnum(text[length]) || text[length] == '_'; length++)
		;
	text += length;
	if (length == 0 || length > NAME_MOST || *text++ != ' ' || !take(&text, 0, &times))
		return false;
	entry->times = (uint32_t)times;
	return *text == '\0';
}

/* "1 leak62 verify MyDriver.sys --fail-at 3<TAB>0xC4/0x62: 1 block is left behind" */
static bool read_finding(struct l62_memory *memory, const char *text)
{
	const char *tab = strchr(text, '\t');
	struct l62_memory_finding finding = {.scenario = memory->scenario,
	                                     .fails = *text == '1'};

	if ((*text != '0' && *text != '1') || text[1] != ' ' || !tab)
		return false;
	finding.replay = g_string_chunk_insert_len(memory->strings, text + 2, tab - text - 2);
	finding.text = g_string_chunk_insert(memory->strings, tab + 1);
	g_array_append_val(memory->found, finding);
	return true;
}

static int read_line(struct l62_memory *memory, const char *text, size_t line,
                     struct l62_error *err)
{
	struct entry entry = {.scenario = memory->scenario};

	if (g_str_has_prefix(text, "scenario ")) {
		text += strlen("scenario ");
		if (!take(&text, 16, &memory->scenario) || *text)
			return damaged(memory, line, "this is no scenario's number", err);
		memory->has_scenario = true;
		return L62_OK;
	}
	if (memory->has_scenario && g_str_has_prefix(text, "found "))
		return read_finding(memory, text + strlen("found "))
		               ? L62_OK
		               : damaged(memory, line, "this is no line of a finding", err);
	if (!memory->has_scenario || !read_call(text, &entry))
		return damaged(memory, line, "this is no line of a call that was tried", err);
	g_array_append_val(memory->entries, entry);
	return L62_OK;
}

static int read_lines(struct l62_memory *memory, char **lines, const char *image,
                      struct l62_error *err)
{
	int status = L62_OK;

	if (!lines[0] || strcmp(lines[0], "leak62-tried 1") != 0)
		return l62_error_set(err, L62_E_FORMAT,
		                     "%s is no file of tried stacks, or of another version of "
		                     "leak62; name another file",
		                     memory->path);
	if (!lines[1] || !g_str_has_prefix(lines[1], "image "))
		return damaged(memory, 2, "here the image should be named", err);
	if (strcmp(lines[1] + strlen("image "), image) != 0)
		return l62_error_set(
		        err, L62_E_FORMAT,
		        "%s is of another image (%s, not %s); name a file for each "
		        "build of a driver",
		        memory->path, lines[1] + strlen("image "), image);
	for (size_t i = 2; lines[i] && status == L62_OK; i++)
		status = read_line(memory, lines[i], i + 1, err);
	return status;
}

static int append(struct l62_memory *memory, const char *text, struct l62_error *err)
{
	size_t length = strlen(text);

	/* In one write, so that the file has the line or has it not. */
	if (write(memory->file, text, length) == (ssize_t)length &&
	    fdatasync(memory->file) == 0)
		return L62_OK;
	return l62_error_set(err, L62_E_IO, "cannot write to %s: %s", memory->path,
	                     strerror(errno));
}

static int read_all(struct l62_memory *memory, char *text, const char *image,
                    struct l62_error *err)
{
	char *newline = strrchr(text, '\n'), **lines;
	size_t whole = newline ? (size_t)(newline - text) : 0;
	int status;

	/* Up to the last line that was written to its end. */
	text[whole] = '\0';
	lines = g_strsplit(text, "\n", -1);
	status = read_lines(memory, lines, image, err);
	g_strfreev(lines);
	if (status == L62_OK && ftruncate(memory->file, (off_t)whole + 1) != 0)
		status = l62_error_set(err, L62_E_IO, "cannot write to %s: %s", memory->path,
		                       strerror(errno));
	return status;
}

static int read_file(struct l62_memory *memory, const char *image, struct l62_error *err)
{
	struct stat about;
	char *text;
	size_t have = 0;
	ssize_t got = 1;
	int status;

	if (fstat(memory->file, &about) != 0 || !S_ISREG(about.st_mode) ||
	    about.st_size > SIZE_MOST)
		return l62_error_set(err, L62_E_IO,
		                     "%s is no regular file, or too large; name another file",
		                     memory->path);
	if (about.st_size == 0) {
		text = g_strdup_printf("leak62-tried %d\nimage %s\n", VERSION, image);
		status = append(memory, text, err);
		g_free(text);
		return status;
	}
	text = g_malloc((size_t)about.st_size + 1);
	while (have < (size_t)about.st_size && got > 0) {
		got = pread(memory->file, text + have, (size_t)about.st_size - have,
		            (off_t)have);
		have += got > 0 ? (size_t)got : 0;
	}
	text[have] = '\0';
	if (got < 0)
		status = l62_error_set(err, L62_E_IO, "cannot read %s: %s", memory->path,
		                       strerror(errno));
	else if (strlen(text) != have)
		status = damaged(memory, 1, "there are zeroes in it", err);
	else
		status = read_all(memory, text, image, err);
	g_free(text);
	return status;
}

int l62_memory_open(struct l62_memory **out, const char *path, const char *image,
                    struct l62_error *err)
{
	struct l62_memory *memory = g_new0(struct l62_memory, 1);
	int status = L62_OK;

	*out = NULL;
	memory->path = g_strdup(path);
	memory->entries = g_array_new(FALSE, FALSE, sizeof(struct entry));
	memory->found = g_array_new(FALSE, FALSE, sizeof(struct l62_memory_finding));
	memory->strings = g_string_chunk_new(1024);
	memory->file = open(path, O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC | O_NOCTTY, 0666);
	if (memory->file < 0)
		status = l62_error_set(err, L62_E_IO, "cannot open %s: %s", path,
		                       strerror(errno));
	else if (flock(memory->file, LOCK_EX | LOCK_NB) != 0)
		status = l62_error_set(err, L62_E_IO,
		                       "%s is in use by another campaign; wait for it, or name "
		                       "another file",
		                       path);
	if (status == L62_OK)
		status = read_file(memory, image, err);
	if (status == L62_OK)
		*out = memory;
	else
		l62_memory_close(memory);
	return status;
}

void l62_memory_close(struct l62_memory *memory)
{
	if (!memory)
		return;
	if (memory->file >= 0)
		close(memory->file);
	g_array_free(memory->entries, TRUE);
	g_array_free(memory->found, TRUE);
	g_string_chunk_free(memory->strings);
	g_free(memory->path);
	g_free(memory);
}

int l62_memory_recall(const struct l62_memory *memory, uint64_t scenario, bool across,
                      struct l62_tried *tried, struct l62_error *err)
{
	for (guint i = 0; i < memory->entries->len; i++) {
		const struct entry *entry = &g_array_index(memory->entries, struct entry, i);
		uint32_t have = l62_tried_count(tried, entry->key);

		if ((!across && entry->scenario != scenario) || entry->times <= have)
			continue;
		if (!l62_tried_add(tried, entry->key, entry->times - have))
			return l62_error_set(err, L62_E_FORMAT,
			                     "%s has more stacks than leak62 can tell apart; "
			                     "name another file",
			                     memory->path);
	}
	return L62_OK;
}

/* What comes next is of the scenario. */
static void begin_line(struct l62_memory *memory, uint64_t scenario, GString *text)
{
	if (!memory->has_scenario || memory->scenario != scenario)
		g_string_append_printf(text, "scenario %016" PRIx64 "\n", scenario);
	memory->scenario = scenario;
	memory->has_scenario = true;
}

const struct l62_memory_finding *l62_memory_found(const struct l62_memory *memory, size_t index)
{
	return index < memory->found->len
	               ? &g_array_index(memory->found, struct l62_memory_finding, index)
	               : NULL;
}

int l62_memory_find(struct l62_memory *memory, const struct l62_memory_finding *finding,
                    struct l62_error *err)
{
	GString *text = g_string_new(NULL);
	gsize from;
	int status;

	begin_line(memory, finding->scenario, text);
	from = text->len;
	g_string_append_printf(text, "found %d %s", finding->fails, finding->replay);
	g_strdelimit(text->str + from, "\t\n", ' '); /* of file names */
	from = text->len + 1;
	g_string_append_printf(text, "\t%s", finding->text);
	g_strdelimit(text->str + from, "\t\n", ' ');
	g_string_append_c(text, '\n');
	status = append(memory, text->str, err);
	g_string_free(text, TRUE);
	return status;
}

int l62_memory_note(struct l62_memory *memory, uint64_t scenario, uint64_t key,
                    const char *routine, uint32_t times, struct l62_error *err)
{
	GString *text = g_string_new(NULL);
	struct entry entry = {scenario, key, times};
	int status;

	begin_line(memory, scenario, text);
	g_string_append_printf(text, "%016" PRIx64 " %s %" PRIu32 "\n", key, routine, times);
	status = append(memory, text->str, err);
	g_string_free(text, TRUE);
	g_array_append_val(memory->entries, entry);
	return status;
}
