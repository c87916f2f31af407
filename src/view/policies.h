/* What the parts of the answer about policies share. */
#ifndef TLSRPT_VIEW_POLICIES_H
#define TLSRPT_VIEW_POLICIES_H

#include "tlsrpt/policy_history.h"
#include "tlsrpt/reporters.h"
#include "tlsrpt/text_table.h"
#include "tlsrpt/view.h"

/* The question, and what is known so far while the answer is made. */
typedef struct {
	Store *store;
	const StoreFilter *filter;
	const PolicyQuestion *question;
	const Reporters *reporters;
	GHashTable
		*established; /* domains about which a believed one reports who is no first-timer */
	GPtrArray *histories; /* of PolicyHistory, by domain and type: what counts */
	GPtrArray *others; /* likewise: what only those saw who do not count */
	GHashTable *without; /* those of type no-policy-found, by domain */
	GHashTable *failed_hosts; /* by domain, arrays of the hosts at which anything failed */
	GHashTable *resolved; /* a set of int64_t: incidents that are resolved */
	TextPool *strings;
	Document *document;
} Policies;

bool policies_is_type(const PolicyHistory *history, const char *type);

/*
 * Who said it, by the id in a column of the current row; NULL if what he says about the domain counts for
 * nothing.  He is believed, and no first-timer unless all are who report about the domain: a stranger
 * that mails one report must not bend the answer.
 */
const Reporter *policies_reporter(
	const Policies *policies, const char *domain, StoreRows *rows, int column);

/* Whether the operator resolved an incident, and it was not seen since. */
bool policies_is_resolved(const Policies *policies, int64_t incident);

/* The history of those who found no policy at the domain, or NULL. */
const PolicyHistory *policies_without(const Policies *policies, const char *domain);

/* The text in a column of the current row, which lasts as long as policies. */
const char *policies_own_text(const Policies *policies, StoreRows *rows, int column);

/* Sets a cell to texts, one in each line; empty ones are left out. */
void policies_set_lines(Cell *cell, const GPtrArray *texts);

/* Who saw this policy last, names that the caller unrefs, and the last of their days. */
GPtrArray *policies_last_seen_by(
	const PolicyHistory *history, const SeenPolicy *policy, int64_t *last_day);

/* Each adds one table to the document. */
void policies_add_invalid(const Policies *policies);
void policies_add_differences(const Policies *policies);
void policies_add_old(const Policies *policies);
bool policies_add_uncovered(const Policies *policies, GError **error) G_GNUC_WARN_UNUSED_RESULT;
void policies_add_live(const Policies *policies);
void policies_add_verdict(const Policies *policies); /* after policies_add_live() */
void policies_add_weak(const Policies *policies);
bool policies_add_cost(const Policies *policies, GError **error) G_GNUC_WARN_UNUSED_RESULT;
bool policies_add_testing(const Policies *policies, GError **error) G_GNUC_WARN_UNUSED_RESULT;
void policies_add_tlsa_changes(const Policies *policies);

#endif
