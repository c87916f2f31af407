/* Reports and messages that are nearly right, with a departure here and there. */
#ifndef TLSRPT_FUZZ_GENERATE_H
#define TLSRPT_FUZZ_GENERATE_H

#include <glib.h>

/* Appends the JSON of a report. */
void generate_report(GString *json, GRand *dice);

/* Appends a message with such reports in it. */
void generate_message(GString *message, GRand *dice);

/* One of the texts of a list of n. */
#define ONE_OF(texts, dice) ((texts)[g_rand_int_range(dice, 0, G_N_ELEMENTS(texts))])

/* True once in n times. */
static inline gboolean
once_in(GRand *dice, int n)
{
	return g_rand_int_range(dice, 0, n) == 0;
}

#endif
