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

/* Whether the program is there that a shell command begins with; true, too, if that is hard to say. */
static bool
is_there(const char *command)
{
	g_autofree char *word = g_strndup(command, strcspn(command, " "));

	if (*word == '\0' || strpbrk(word, "\t\n|&;<>()$`\\\"'*?[#~=%") != NULL)
		return true;
	g_autofree char *path = g_find_program_in_path(word);
	return path != NULL;
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
	if (*pager == '\0' || strcmp(pager, "cat") == 0 || !is_there(pager))
		return NULL;
	setenv("LESS", "FRX", 0);

	FILE *out = popen(pager, "w");
	if (out != NULL) {
		/* ^C is for the pager, which has the terminal; if it leaves early, that is all right. */
		signal(SIGINT, SIG_IGN);
		signal(SIGQUIT, SIG_IGN);
		signal(SIGPIPE, SIG_IGN);
	}
	return out;
}

/* The name of the format asked for, or of the default one; caller frees. */
static char *
format_of(const Command *command, const Options *options)
{
	const char *all = command->formats != NULL ? command->formats : ALL_FORMATS;

	return options->format != NULL ? g_strdup(options->format)
				       : g_strndup(all, strcspn(all, ","));
}

int
output(const Command *command, const Options *options, const Document *document)
{
	g_autofree char *name = format_of(command, options);
	const Format *format = format_find(name);
	const TextStyle style = style_of(options);
	if (document->is_blank)
		return document->exit_code;

	FILE *pager = command->is_plugin ? NULL : open_pager(options, name);
	FILE *out = pager != NULL ? pager : stdout;

	errno = 0;
	if (command->print == NULL || !command->print(document, name, out)) {
		const bool own_text = format->render == render_text && command->text != NULL;
		(own_text ? command->text : format->render)(document, &style, out);
	}
	const bool written = pager != NULL ? pclose(pager) >= 0 : output_end() == EXIT_SUCCESS;
	if (written)
		return document->exit_code;
	return command->is_plugin ? CHECK_UNKNOWN : EXIT_TROUBLE;
}

int
output_end(void)
{
	const bool flushed = fflush(stdout) == 0;
	/* Of an earlier write it may be gone. */
	const int problem = errno != 0 ? errno : EIO;

	if (flushed && ferror(stdout) == 0)
		return EXIT_SUCCESS;
	/* Whoever closed the pipe has seen enough. */
	if (problem != EPIPE)
		fprintf(stderr, PROGRAM ": cannot write: %s\n", g_strerror(problem));
	return EXIT_TROUBLE;
}
