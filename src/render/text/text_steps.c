/* What is to be done: paragraphs, lists, and commands that can be pasted. */
#include "text_steps.h"

#include <string.h>

#define INDENT 2

void
text_step(const char *heading, const char *text, const Output *out)
{
	g_autofree char *indented = g_strdup_printf("%*s%s", INDENT, "", text);

	if (*text == '\0')
		return;
	fprintf(out->file, "\n%s\n", heading);
	text_paragraph(indented, INDENT, out);
}

void
text_step_list(const char *heading, const char *lines, const Output *out)
{
	if (*lines == '\0')
		return;
	fprintf(out->file, "\n%s\n", heading);
	g_auto(GStrv) each = g_strsplit(lines, "\n", -1);
	for (char **line = each; *line != NULL; line++) {
		g_autofree char *item = g_strdup_printf("%*s- %s", INDENT, "", *line);
		text_paragraph(item, 2 * INDENT, out);
	}
}

/* Whether a word of a command stays in the line of the word before it: it is the value of an option. */
static bool
is_value(const char *word)
{
	return g_ascii_isalnum(*word) || *word == '$' || *word == '_';
}

/* The columns that a word has with the values behind it. */
static int
width_of(char **word)
{
	int width = (int)strlen(*word);

	for (word++; *word != NULL && is_value(*word); word++)
		width += 1 + (int)strlen(*word);
	return width;
}

/* One command for a shell, which goes on in the next line where it is wider than the output. */
static void
print_command(const char *command, const Output *out)
{
	g_auto(GStrv) words = g_strsplit(command, " ", -1);
	int column = fprintf(out->file, "%*s%s", INDENT, "", words[0]);

	for (char **word = words + 1; *word != NULL; word++) {
		/* Behind it there is room for the sign that the command goes on. */
		const bool is_over = column + 1 + width_of(word) + 2 > out->width;
		if (is_over && !is_value(*word)) {
			fprintf(out->file, " \\\n%*s%s", 2 * INDENT, "", *word);
			column = 2 * INDENT + (int)strlen(*word);
		} else {
			column += fprintf(out->file, " %s", *word);
		}
	}
	putc('\n', out->file);
}

void
text_step_commands(const char *lines, const Output *out)
{
	if (*lines == '\0')
		return;
	const char *domain = strstr(lines, "%D") != NULL ? "D=example.com" : "";
	const char *mx = strstr(lines, "%M") != NULL ? "M=mx.example.com" : "";
	const bool is_whole = *domain == '\0' && *mx == '\0';
	fprintf(out->file, "\nTo see if it works now%s\n",
		is_whole ? "" : " (put your own names into the first line)");
	if (!is_whole)
		fprintf(out->file, "%*s%s%s%s\n", INDENT, "", domain,
			*domain != '\0' && *mx != '\0' ? " " : "", mx);
	g_autoptr(GString) commands = g_string_new(lines);
	g_string_replace(commands, "%D", "$D", 0);
	g_string_replace(commands, "%M", "$M", 0);
	g_auto(GStrv) each = g_strsplit(commands->str, "\n", -1);
	for (char **line = each; *line != NULL; line++)
		print_command(*line, out);
}
