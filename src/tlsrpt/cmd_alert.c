/*
 * Mails what began, got worse or is over, each once.  It is remembered only after sendmail has taken
 * the mail: whatever ends this program before that, it is told again, rather twice than never.
 */
#include "command.h"
#include "mail_addresses.h"

#include "tlsrpt/compose.h"
#include "tlsrpt/error.h"
#include "tlsrpt/feed.h"
#include "tlsrpt/view_alert.h"

#include <string.h>

#define SENDMAIL "/usr/sbin/sendmail"
#define SENDMAIL_S 120 /* shorter than TELLING_S, which keeps others from sending meanwhile */
#define LOOK_US 200000 /* how often it is looked whether another has ended */
#define WRITE_S ((gint64)30) /* wait for the turn of writers */

typedef struct {
	char *from, *to, *sendmail;
	char **domains;
	gboolean only_critical, dry_run;
	/* What follows from them and from the configuration. */
	MailAddresses addresses;
	char *recipient, *selection; /* as the store has them */
	GPtrArray *told; /* to be remembered; of the last look */
} Own;

static const CommandOption options[] = {
	{ "to", 0, G_OPTION_ARG_FILENAME, offsetof(Own, to), "To whom it is mailed",
		"ADDRESS[,ADDRESS]...", 0 },
	{ "from", 0, G_OPTION_ARG_FILENAME, offsetof(Own, from), "From whom it is", "ADDRESS", 0 },
	{ "domain", 0, G_OPTION_ARG_FILENAME_ARRAY, offsetof(Own, domains),
		"Of this domain; may be given several times", "DOMAIN", 0 },
	{ "only-critical", 0, G_OPTION_ARG_NONE, offsetof(Own, only_critical),
		"No warnings, only what is critical", NULL, 0 },
	{ "dry-run", 'n', G_OPTION_ARG_NONE, offsetof(Own, dry_run),
		"Print the mail; send nothing, remember nothing", NULL, 0 },
	{ "sendmail", 0, G_OPTION_ARG_FILENAME, offsetof(Own, sendmail),
		"What sends (default: " SENDMAIL ")", "PROGRAM", 0 },
	{ 0 },
};

/* --- the question */

/* Completes the options by the configuration, unless that is done. */
static bool
complete(const Request *request, Own *own, GError **error)
{
	const GivenAddresses given = {
		.group = "alert",
		.from = { own->from, request->settings->alert_from },
		.to = { own->to, request->settings->alert_to },
		.needs_to = true,
	};

	if (own->recipient != NULL)
		return true;
	if (!options_read_domains(&own->domains, error))
		return false;
	g_autofree char *names = g_strjoinv(" ", own->domains);
	g_free(own->selection);
	own->selection = g_strconcat(own->only_critical ? "critical" : "",
		own->only_critical && *names != '\0' ? ": " : "", names, NULL);
	mail_addresses_clear(&own->addresses);
	if (!mail_addresses_find(&given, &own->addresses, error))
		return false;
	own->recipient = compose_plain_addresses(own->addresses.to);
	return true;
}

/* What is to be told now, as a document; and what is to be remembered once it is told. */
static Document *
look(const Request *request, Store *store, GError **error)
{
	Own *own = request->own;
	const IncidentRules rules = incident_rules(request);
	const BelieveRules believe = believe_rules(request);
	const AlertQuestion question = {
		.store = store,
		.today = request->filter.today,
		.window_day = request->filter.window_day,
		.rules = &rules,
		.believe = &believe,
		.quarantine = request->settings->limits.quarantine,
		.domains = (const char *const *)own->domains,
		.only_critical = own->only_critical,
		.alert = { own->recipient, own->selection },
		.from = own->addresses.from,
		.to = own->addresses.to,
		.now = request->now,
	};

	g_clear_pointer(&own->told, g_ptr_array_unref);
	return view_alert(&question, &own->told, error);
}

/* --- telling it */

/* A program that is missing shall not be noticed only when there is something to tell. */
static bool
find_sendmail(const char *sendmail, GError **error)
{
	g_autofree char *found = g_find_program_in_path(sendmail);

	if (found == NULL)
		g_set_error(error, TLSRPT_ERROR, TLSRPT_ERROR_IO,
			"%s: there is no such program; give --sendmail", sendmail);
	return found != NULL;
}

/* Begins to tell; if another process is doing so, waits until it has ended, or is taken for dead. */
static bool
begin(const Request *request, Store *store, StoreTelling *telling, GError **error)
{
	const Own *own = request->own;
	const StoreAlert alert = { own->recipient, own->selection };
	const gint64 started = g_get_monotonic_time();
	bool begun = false;

	while (!begun) {
		const gint64 passed = g_get_monotonic_time() - started;
		store_wait_until(store, g_get_monotonic_time() + WRITE_S * G_USEC_PER_SEC);
		if (!store_begin_telling(store, &alert, request->now + passed / G_USEC_PER_SEC,
			    telling, &begun, error))
			return false;
		if (!begun)
			g_usleep(LOOK_US);
	}
	return true;
}

static bool
send_mail(const Request *request, const Document *document, GError **error)
{
	const Own *own = request->own;
	const char *const arguments[] = { own->sendmail, "-t", "-i", NULL };
	g_autoptr(GBytes) message = document->is_blank ? NULL : alert_message(document);

	return message == NULL || process_feed(arguments, message, SENDMAIL_S, error);
}

/* Sends what there is to tell, and remembers it. */
static Document *
tell(const Request *request, Store *store, GError **error)
{
	const Own *own = request->own;
	StoreTelling telling = { 0 };

	if (!find_sendmail(own->sendmail, error) || !begin(request, store, &telling, error))
		return NULL;
	g_autoptr(GError) problem = NULL;
	g_autoptr(Document) document = answer_from_store(request, look, &problem);
	const bool sent = document != NULL && send_mail(request, document, &problem);
	store_wait_until(store, g_get_monotonic_time() + WRITE_S * G_USEC_PER_SEC);
	const bool ended = store_end_telling(
		store, &telling, sent ? own->told : NULL, problem == NULL ? &problem : NULL);
	if (problem != NULL)
		g_propagate_error(error, g_steal_pointer(&problem));
	if (!sent || !ended)
		return NULL;
	document->is_blank = true;
	return g_steal_pointer(&document);
}

/* Prints what would be told.  There is no mail if that is nothing; other formats say so. */
static Document *
show(const Request *request, Store *store, GError **error)
{
	Document *document = look(request, store, error);

	if (document != NULL && request->format != NULL && strcmp(request->format, "message") != 0)
		document->is_blank = false;
	return document;
}

static Document *
answer(const Request *request, Store *store, GError **error)
{
	Own *own = request->own;

	if (own->sendmail == NULL)
		own->sendmail = g_strdup(SENDMAIL);
	if (!complete(request, own, error))
		return NULL;
	return own->dry_run ? show(request, store, error) : tell(request, store, error);
}

static bool
prepare(Request *request, GError **error)
{
	const Own *own = request->own;

	if (request->format == NULL || own->dry_run)
		return true;
	g_set_error_literal(error, TLSRPT_ERROR, TLSRPT_ERROR_USAGE,
		"--format: only with --dry-run, since nothing is printed otherwise");
	return false;
}

static void
clear(void *data)
{
	Own *own = data;

	mail_addresses_clear(&own->addresses);
	g_clear_pointer(&own->recipient, g_free);
	g_clear_pointer(&own->selection, g_free);
	g_clear_pointer(&own->told, g_ptr_array_unref);
}

static StoreUse
use(const Request *request)
{
	const Own *own = request->own;

	return own->dry_run ? STORE_READ : STORE_WRITE;
}

const Command command_alert = {
	.name = "alert",
	.operands = "",
	.summary = "Mail what began, got worse or is over, once each",
	.takes = TAKES_STORE,
	.options = options,
	.own_size = sizeof(Own),
	.prepare = prepare,
	.clear = clear,
	.use = use,
	.answer = answer,
	.document = "alert",
};
