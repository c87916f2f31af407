#include "command.h"

#include "tlsrpt/view_check.h"

#include <errno.h>
#include <langinfo.h>
#include <signal.h>
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

static Output
output_to(FILE *file, const Request *request)
{
	const char *no_color = g_getenv("NO_COLOR");
	const char *term = g_getenv("TERM");

	return (Output){
		.file = file,
		.width = terminal_width(),
		.color = isatty(STDOUT_FILENO) && (no_color == NULL || *no_color == '\0')
			&& term != NULL && strcmp(term, "dumb") != 0,
		.ascii = request->ascii || strcmp(nl_langinfo(CODESET), "UTF-8") != 0,
		.unicode = request->unicode,
		.is_terminal = isatty(STDOUT_FILENO),
	};
}

/*
 * Whether the program with which a shell command begins is installed.  True also if that is hard to
 * find out.
 */
static bool
is_there(const char *command)
{
	g_autofree char *word = g_strndup(command, strcspn(command, " "));

	if (*word == '\0' || strpbrk(word, "\t\n|&;<>()$`\\\"'*?[#~=%") != NULL)
		return true;
	g_autofree char *path = g_find_program_in_path(word);
	return path != NULL;
}

/* Starts the pager of the user, as git does; NULL if there is none. */
static FILE *
open_pager(const Request *request, const char *format)
{
	const char *pager = g_getenv("PAGER");

	if (request->no_pager || !isatty(STDOUT_FILENO) || strcmp(format, "text") != 0)
		return NULL;
	if (pager == NULL)
		pager = "less";
	if (*pager == '\0' || strcmp(pager, "cat") == 0 || !is_there(pager))
		return NULL;
	setenv("LESS", "FRX", 0);

	FILE *out = popen(pager, "w");
	if (out != NULL) {
		/*
		 * ^C is meant for the pager, which has the terminal.  It may also end before all is
		 * read.
		 */
		signal(SIGINT, SIG_IGN);
		signal(SIGQUIT, SIG_IGN);
		signal(SIGPIPE, SIG_IGN);
	}
	return out;
}

/* The name of the format asked for, or of the default one. */
static const char *
format_of(const Request *request)
{
	g_autofree const char **formats = render_formats(request->command->document);

	return request->format != NULL ? request->format : formats[0];
}

int
output(const Request *request, const Document *document)
{
	const Command *command = request->command;
	const char *format = format_of(request);

	if (document->is_blank)
		return document->exit_code;

	FILE *pager = command->is_plugin ? NULL : open_pager(request, format);
	const Output out = output_to(pager != NULL ? pager : stdout, request);

	errno = 0;
	render(document, format, &out);
	const bool written = pager != NULL ? pclose(pager) >= 0 : output_end() == EXIT_SUCCESS;
	if (written)
		return document->exit_code;
	return command->is_plugin ? CHECK_UNKNOWN : EXIT_TROUBLE;
}

int
output_end(void)
{
	const int earlier = errno; /* of a write that failed before */
	const bool flushed = fflush(stdout) == 0;
	const int latest = flushed ? earlier : errno;
	/* The reason of an earlier write that failed may be lost by now. */
	const int problem = latest != 0 ? latest : EIO;

	if (flushed && ferror(stdout) == 0)
		return EXIT_SUCCESS;
	/* A reader who closed the pipe has seen enough. */
	if (problem != EPIPE)
		fprintf(stderr, PROGRAM ": cannot write: %s\n", g_strerror(problem));
	return EXIT_TROUBLE;
}
