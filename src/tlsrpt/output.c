#include "command.h"

#include <errno.h>
#include <langinfo.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#define WIDTH_UNKNOWN 80

static int
terminal_width(void)
{
	struct winsize size;
	const char *columns = g_getenv("COLUMNS");

	if (columns != NULL && atoi(columns) > 0)
		return atoi(columns);
	return ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0 ? size.ws_col
									       : WIDTH_UNKNOWN;
}

static TextStyle
style_of(const Options *options)
{
	const char *no_color = g_getenv("NO_COLOR");
	const char *term = g_getenv("TERM");

	return (TextStyle){
		.width = terminal_width(),
		.color = isatty(STDOUT_FILENO) && (no_color == NULL || *no_color == '\0')
			&& term != NULL && strcmp(term, "dumb") != 0,
		.ascii = options->ascii || strcmp(nl_langinfo(CODESET), "UTF-8") != 0,
	};
}

/* The pager of the user, as git starts it; NULL for none. */
static FILE *
open_pager(const Options *options, const char *format)
{
	const char *pager = g_getenv("PAGER");

	if (options->no_pager || !isatty(STDOUT_FILENO) || strcmp(format, "text") != 0)
		return NULL;
	if (pager == NULL)
		pager = "less";
	if (*pager == '\0' || strcmp(pager, "cat") == 0)
		return NULL;
	setenv("LESS", "FRX", 0);
	return popen(pager, "w");
}

int
output(const Command *command, const Options *options, const Document *document)
{
	const char *name = options->format != NULL ? options->format : "text";
	const Format *format = format_find(name);
	const TextStyle style = style_of(options);
	FILE *pager = open_pager(options, name);
	FILE *out = pager != NULL ? pager : stdout;

	errno = 0;
	if (command->print == NULL || !command->print(document, name, out)) {
		const bool own_text = format->render == render_text && command->text != NULL;
		(own_text ? command->text : format->render)(document, &style, out);
	}
	const bool failed = fflush(out) != 0 || ferror(out) != 0;
	if (pager != NULL)
		return pclose(pager) >= 0 ? EXIT_SUCCESS : EXIT_TROUBLE;
	if (!failed)
		return EXIT_SUCCESS;
	fprintf(stderr, PROGRAM ": cannot write: %s\n", g_strerror(errno));
	return EXIT_TROUBLE;
}
