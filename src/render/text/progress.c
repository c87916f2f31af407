#include "tlsrpt/progress.h"

#include <glib.h>
#include <string.h>
#include <unistd.h>

#define AGAIN_US (INT64_C(100) * 1000)
#define CELLS 30

void
progress_begin(Progress *progress, FILE *out, const char *what)
{
	*progress = (Progress){
		.out = out,
		.what = what,
		.is_terminal = isatty(fileno(out)) == 1,
	};
}

void
progress_show(Progress *progress, int64_t done, int64_t total)
{
	const int64_t now = g_get_monotonic_time();
	char bar[CELLS + 1];

	if (!progress->is_terminal || total <= 0
		|| (done < total && progress->shown_at != 0 && now - progress->shown_at < AGAIN_US))
		return;
	progress->shown_at = now;

	const size_t full = (size_t)(CELLS * MIN(done, total) / total);
	memset(bar, '#', full);
	memset(bar + full, '.', CELLS - full);
	bar[CELLS] = '\0';
	const int width = fprintf(progress->out,
		"\r%s [%s] %" G_GINT64_FORMAT " of %" G_GINT64_FORMAT, progress->what, bar, done,
		total);
	/* What was longer before. */
	for (int64_t i = width; i < progress->width; i++)
		fputc(' ', progress->out);
	progress->width = width;
	fflush(progress->out);
}

void
progress_end(Progress *progress)
{
	if (progress->width == 0)
		return;
	fprintf(progress->out, "\r%*s\r", (int)progress->width, "");
	fflush(progress->out);
	progress->width = 0;
}
