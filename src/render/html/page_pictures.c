/* The three kinds of pictures, each one path in an SVG that is part of the page. */
#include "page.h"

#include <math.h>

#define BAR_WIDTH 10 /* of which a gap of 2 is between bars */
#define BARS_HEIGHT 100
#define STRIP_HEIGHT 16 /* 1 of it is the line that says that there were reports */
#define CELL_SIZE 10

/* Each is as wide and as high as the style has it. */
static void
begin(const char *class, guint width, int height, const Output *out)
{
	fprintf(out->file,
		"<svg class=\"%s\" viewBox=\"0 0 %u %d\" preserveAspectRatio=\"none\" "
		"aria-hidden=\"true\"><path d=\"",
		class, width, height);
}

static void
end(const Output *out)
{
	fputs("\"/></svg>", out->file);
}

void
page_picture_bars(const GArray *values, double largest, const Output *out)
{
	begin("bars", values->len * BAR_WIDTH, BARS_HEIGHT, out);
	for (guint i = 0; i < values->len; i++) {
		const double value = g_array_index(values, double, i);
		if (value <= 0 || largest <= 0)
			continue;
		/* What is there can be seen. */
		const int height = MAX(2, (int)lround(value / largest * BARS_HEIGHT));
		fprintf(out->file, "M%u %dh%dV%dh-%dz", i * BAR_WIDTH + 1, BARS_HEIGHT - height,
			BAR_WIDTH - 2, BARS_HEIGHT, BAR_WIDTH - 2);
	}
	end(out);
}

/* The height of a step: 0 without reports; else the line, and what failed above it. */
static int
step_of(double share)
{
	if (share < 0)
		return 0;
	return share > 0 ? MAX(4, 1 + (int)ceil(share * (STRIP_HEIGHT - 1))) : 1;
}

void
page_picture_strip(const GArray *shares, const Output *out)
{
	int before = 0;
	guint run = 0;

	begin("strip", shares->len, STRIP_HEIGHT, out);
	for (guint i = 0; i <= shares->len; i++) {
		const int step = i < shares->len ? step_of(g_array_index(shares, double, i)) : 0;
		if (step == before) {
			run++;
			continue;
		}
		if (before > 0)
			fprintf(out->file, "h%u", run);
		if (step == 0)
			fprintf(out->file, "V%dz", STRIP_HEIGHT);
		else if (before == 0)
			fprintf(out->file, "M%u %dV%d", i, STRIP_HEIGHT, STRIP_HEIGHT - step);
		else
			fprintf(out->file, "V%d", STRIP_HEIGHT - step);
		before = step;
		run = 1;
	}
	end(out);
}

void
page_picture_cell(double share, const Output *out)
{
	const int height = (int)ceil(MAX(share, 0) * CELL_SIZE);

	begin("cell", CELL_SIZE, CELL_SIZE, out);
	if (height > 0)
		fprintf(out->file, "M0 %dV%dh%dV%dz", CELL_SIZE, CELL_SIZE - height, CELL_SIZE,
			CELL_SIZE);
	end(out);
}
