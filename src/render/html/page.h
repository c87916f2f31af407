/*
 * What the parts of the page share.  The page is one HTML file: no script, nothing from elsewhere, no
 * style in attributes.  Meaning is in elements, attributes and words; the style is for layout alone.
 */
#ifndef TLSRPT_RENDER_HTML_PAGE_H
#define TLSRPT_RENDER_HTML_PAGE_H

#include "tlsrpt/render.h"
#include "tlsrpt/view_page.h"

#include <glib.h>
#include <stddef.h>
#include <stdint.h>

#define PAGE_NAME_BYTES 253 /* the longest domain (RFC 1035 section 2.3.4) */
#define PAGE_TEXT_BYTES 1000

/* --- words */

/* Prints what may be a stranger's text, as text. */
void page_text(const char *text, const Output *out);

/* Likewise a name, in which lines may be broken after each dot; unknown in place of "". */
void page_name(const char *name, const char *unknown, const Output *out);

/* The first names of a cell that has one in each line, and how many there are besides. */
void page_names(const Table *table, size_t row, const char *key, const Output *out);

/* A day, and a time in UTC, as time elements. */
void page_day(int64_t day, const Output *out);
void page_time(int64_t at, const Output *out);

/* "1 session", "2 sessions"; caller frees. */
char *page_count(int64_t n, const char *noun);

/* --- tables */

/* A heading of the second level, which begins a section with that id; ends the one before it. */
void page_section(const char *id, const char *title, const Output *out);

/* The titles of columns end with NULL; those of columns with numbers begin with "#". */
void page_table_begin(
	const char *class, const char *caption, const char *const *titles, const Output *out);
void page_table_end(const Document *document, const char *key, const Output *out);

/* How many rows of a table are not on the page. */
int64_t page_left_out(const Document *document, const char *key);

/* A cell with a number; a share; a day. */
void page_cell_number(const Table *table, size_t row, const char *key, const Output *out);
void page_cell_share(const Table *table, size_t row, const char *key, const Output *out);
void page_cell_day(const Table *table, size_t row, const char *key, const Output *out);

/* --- pictures: numbers stand beside them, so they have no text of their own */

/* A bar for each value, up to the largest; a gap where the value is negative. */
void page_picture_bars(const GArray *values, double largest, const Output *out);

/* A step for each day, the higher the larger the share; a gap on days without reports. */
void page_picture_strip(const GArray *shares, const Output *out);

/* A square that is filled up to the share. */
void page_picture_cell(double share, const Output *out);

/* --- the style */

/* "sha256-...", by which a policy of content allows page_css() (CSP level 2); caller frees. */
char *page_style_hash(void);

/* --- the parts, in their order */

void page_head(const Document *document, const Output *out);
void page_problems(const Document *document, const Output *out);
void page_days(const Document *document, const Output *out);
void page_domains(const Document *document, const Output *out);
void page_matrix(const Document *document, const Output *out);
void page_reporters(const Document *document, const Output *out);
void page_policies(const Document *document, const Output *out);
void page_findings(const Document *document, const Output *out);
void page_quarantine(const Document *document, const Output *out);

#endif
