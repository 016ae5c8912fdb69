/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * The debugger's commands.  To add one: its row in commands[], its routine above.
 * Numbers are hexadecimal, as the debugger takes them; ` may group their digits.
 */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "print.h"

struct request {
	const struct l62_verify *run;
	char *arguments[2]; /* NULL: not given */
	FILE *out;
	bool done;
};

static bool parse_hex(const char *text, uint64_t *value)
{
	int digits = 0;

	*value = 0;
	if (strncasecmp(text, "0x", 2) == 0)
		text += 2;
	for (; *text; text++) {
		if (*text == '`' && digits)
			continue;
		if (!isxdigit((unsigned char)*text) || ++digits > 16)
			return false;
		*value = *value << 4 |
		         (uint64_t)(isdigit((unsigned char)*text) ? *text - '0'
		                                                  : (*text | 0x20) - 'a' + 10);
	}
	return digits > 0;
}

/* "MyDriver!Routine+0x12", or without the module. */
static bool parse_name(const struct l62_verify *run, const char *text, uint64_t *value)
{
	const struct l62_pdb *pdb = &run->symbols.pdb;
	const char *bang = strchr(text, '!'), *name = bang ? bang + 1 : text;
	size_t length = strcspn(name, "+");
	uint64_t offset = 0;

	if (bang && ((size_t)(bang - text) != strlen(run->symbols.module) ||
	             strncasecmp(text, run->symbols.module, (size_t)(bang - text)) != 0))
		return false;
	if (name[length] == '+' && !parse_hex(name + length + 1, &offset))
		return false;
	for (size_t i = 0; i < pdb->symbol_count; i++) {
		if (strlen(pdb->symbols[i].name) == length &&
		    strncmp(pdb->symbols[i].name, name, length) == 0) {
			*value = run->symbols.base + pdb->symbols[i].rva + offset;
			return true;
		}
	}
	return false;
}

/* The address that argument i names; says so if it names none. */
static bool take_address(const struct request *request, int i, uint64_t *value)
{
	const char *text = request->arguments[i];

	if (!text) {
		fputs("An address is missing.\n", request->out);
		return false;
	}
	if (parse_hex(text, value) || parse_name(request->run, text, value))
		return true;
	fprintf(request->out, "'%s' is no address and no symbol of %s.\n", text,
	        request->run->name);
	return false;
}

static void analyze(struct request *request)
{
	uint64_t arguments[4];

	if (request->arguments[0] && strcmp(request->arguments[0], "-v") != 0)
		fprintf(request->out, "!analyze does not know '%s': only -v.\n",
		        request->arguments[0]);
	else if (l62_verify_bugcheck(request->run, arguments))
		l62_verify_print_analysis(request->run, request->out);
	else if (request->run->verdict == L62_VERDICT_CLEAN)
		fputs("There is no bug check: the driver was unloaded and has left nothing "
		      "behind.\n",
		      request->out);
	else
		fprintf(request->out, "There is no bug check: %s.\n", request->run->reason);
}

static void verifier(struct request *request)
{
	uint64_t level = 3, address;
	const char *name = request->arguments[1];

	if (request->arguments[0] && !parse_hex(request->arguments[0], &level))
		level = 0;
	if (level == 3 && name && strcasecmp(name, request->run->name) != 0 &&
	    strcasecmp(name, request->run->symbols.module) != 0)
		fprintf(request->out, "'%s' is not the driver of this run: that is %s.\n", name,
		        request->run->name);
	else if (level == 3)
		l62_verify_print_statistics(request->run, request->out);
	else if (level != 0x80)
		fprintf(request->out, "!verifier does not know '%s': only 3 and 0x80.\n",
		        request->arguments[0]);
	else if (take_address(request, 1, &address))
		l62_verify_print_log(request->run, address, request->out);
}

static void near_symbol(struct request *request)
{
	struct l62_symbol symbol;
	uint64_t address;

	if (!take_address(request, 0, &address))
		return;
	if (l62_symbols_find(&request->run->symbols, address, &symbol) && symbol.name)
		l62_verify_print_near(request->run, address, request->out);
	else
		fprintf(request->out, "There is no symbol near %016" PRIx64 ".\n", address);
}

static void pool_used(struct request *request)
{
	l62_verify_print_tags(request->run, request->out);
}

static void leaks(struct request *request)
{
	l62_verify_print_groups(request->run, request->out);
}

static void left(struct request *request)
{
	l62_verify_print_left(request->run, request->out);
}

static void wrong_frees(struct request *request)
{
	l62_verify_print_wrong_frees(request->run, request->out);
}

static void faults(struct request *request)
{
	l62_verify_print_faults(request->run, request->out);
}

static void calls(struct request *request)
{
	l62_verify_print_calls(request->run, request->out);
}

static void stack(struct request *request)
{
	l62_verify_print_stack(request->run, request->out);
}

static void modules(struct request *request)
{
	l62_verify_print_modules(request->run, request->out);
}

static void quit(struct request *request)
{
	request->done = true;
}

static void help(struct request *request);

static const struct {
	const char *name;
	void (*carry_out)(struct request *request);
	const char *usage, *text; /* usage NULL: another name of the one above */
} commands[] = {
        {"!analyze", analyze, "!analyze -v", "the bug check and its arguments"},
        {"!verifier", verifier, "!verifier [3 | 0x80 ADDRESS]",
         "flags, statistics and live blocks; the log of a block"},
        {"!leaks", leaks, "!leaks", "live blocks of one stack together (leak62's own)"},
        {"!left", left, "!left", "what besides pool was not given back (leak62's own)"},
        {"!wrongfrees", wrong_frees, "!wrongfrees",
         "what was given to a routine that frees other things (leak62's own)"},
        {"!faults", faults, "!faults", "the calls that were made to fail (leak62's own)"},
        {"!calls", calls, "!calls", "the calls that could have failed (leak62's own)"},
        {"!poolused", pool_used, "!poolused", "allocations and frees by tag"},
        {"ln", near_symbol, "ln ADDRESS", "the line and symbol of an address"},
        {"k", stack, "k", "the stack of the bug check"},
        {"lm", modules, "lm", "the driver's module"},
        {"?", help, "?, help", "this list"},
        {"help", help, NULL, NULL},
        {"q", quit, "q", "ends"},
};

enum { COMMANDS = sizeof(commands) / sizeof(*commands) };

static void help(struct request *request)
{
	for (int i = 0; i < COMMANDS; i++) {
		if (commands[i].usage)
			fprintf(request->out, "%-30s %s\n", commands[i].usage,
			        commands[i].text);
	}
}

bool l62_verify_command(const struct l62_verify *run, const char *line, FILE *out)
{
	static const char spaces[] = " \t\r\n";
	struct request request = {.run = run, .out = out};
	char *copy = strdup(line), *rest, *name;

	if (!copy) {
		fputs("There is no memory for that.\n", out);
		return true;
	}
	name = strtok_r(copy, spaces, &rest);
	for (int i = 0; i < 2 && name; i++)
		request.arguments[i] = strtok_r(NULL, spaces, &rest);
	for (int i = 0; name && i < COMMANDS; i++) {
		if (strcmp(commands[i].name, name) == 0) {
			commands[i].carry_out(&request);
			name = NULL;
		}
	}
	if (name)
		fprintf(out, "leak62 does not know the command '%s': '?' lists those it has.\n",
		        name);
	free(copy);
	return !request.done;
}
