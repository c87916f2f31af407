#include "command.h"
#include "confined.h"

#include "tlsrpt/day.h"
#include "tlsrpt/error.h"
#include "tlsrpt/hooks.h"
#include "tlsrpt/inflate.h"
#include "tlsrpt/intake.h"
#include "tlsrpt/progress.h"
#include "tlsrpt/report_pack.h"

#include <stdint.h>

typedef struct {
	gboolean dry_run;
} Own;

static const CommandOption options[] = {
	{ "dry-run", 'n', G_OPTION_ARG_NONE, offsetof(Own, dry_run),
		"Say what would change, and change nothing", NULL, 0 },
	{ 0 },
};

static StoreUse
use(const Request *request)
{
	const Own *own = request->own;

	return own->dry_run ? STORE_READ : STORE_WRITE;
}

/* What came as gzip is parsed as that, so that what is odd in it is found again. */
static GBytes *
part_content(const StoreSource *source, const Limits *limits, GError **error)
{
	size_t trailing;

	return source->is_gzip ? g_bytes_ref(source->raw)
			       : gzip_inflate(source->raw, limits->report, &trailing, NULL, error);
}

static Report *
read_report(const StoreSource *source, const Config *config, Digest *digest, GError **error)
{
	g_autoptr(GBytes) content = part_content(source, &config->limits, error);
	MailPart part = {
		.claim = PART_LABELLED,
		.media_type = (char *)source->media_type,
		.file_name = (char *)source->file_name,
		.content = content,
	};
	StoreReport one = { .auth = source->auth, .auth_domain = source->auth_domain };

	if (content == NULL)
		return NULL;
	/* Bare input has no type. */
	if (part.media_type != NULL)
		mime_label_part(&part);
	Report *report = intake_report(
		&source->message, &part, source->received_at, config, &one, error);
	*digest = one.digest;
	return report;
}

static void
pack_source(GByteArray *packed, const StoreSource *source)
{
	gsize size;
	const void *raw = g_bytes_get_data(source->raw, &size);

	pack_int(packed, source->id);
	pack_int(packed, source->received_at);
	pack_text(packed, source->message.from_domain);
	pack_text(packed, source->message.report_domain);
	pack_text(packed, source->message.submitter);
	pack_text(packed, source->message.subject);
	pack_text(packed, source->message.message_id);
	pack_int(packed, source->message.sent_at);
	pack_int(packed, source->message.is_report);
	pack_text(packed, source->file_name);
	pack_text(packed, source->media_type);
	pack_int(packed, source->is_gzip);
	pack_int(packed, source->auth);
	pack_text(packed, source->auth_domain);
	pack_bytes(packed, raw, size);
}

/* Everything borrows from the bytes that are unpacked; the caller unrefs raw. */
static void
unpack_source(Unpacker *unpacker, StoreSource *source)
{
	source->id = unpack_int(unpacker, INT64_MIN, INT64_MAX);
	source->received_at = unpack_int(unpacker, INT64_MIN, INT64_MAX);
	source->message.from_domain = unpack_text(unpacker);
	source->message.report_domain = unpack_text(unpacker);
	source->message.submitter = unpack_text(unpacker);
	source->message.subject = unpack_text(unpacker);
	source->message.message_id = unpack_text(unpacker);
	source->message.sent_at = unpack_int(unpacker, INT64_MIN, INT64_MAX);
	source->message.is_report = unpack_int(unpacker, 0, 1) != 0;
	source->file_name = unpack_text(unpacker);
	source->media_type = unpack_text(unpacker);
	source->is_gzip = unpack_int(unpacker, 0, 1) != 0;
	source->auth = (Auth)unpack_int(unpacker, G_MININT, G_MAXINT);
	source->auth_domain = unpack_text(unpacker);
	source->raw = g_bytes_new_static(unpacker->at, unpacker->left);
}

/* In a child: parses a report anew. */
static bool
parse(Unpacker *request, const Config *config, GByteArray *packed, GError **error)
{
	StoreSource source = { 0 };
	Digest digest;

	unpack_source(request, &source);
	TEST_HOOK_MESSAGE("report", source.id);
	g_autoptr(Report) report = read_report(&source, config, &digest, error);
	g_bytes_unref(source.raw);
	if (report == NULL)
		return false;
	pack_bytes(packed, digest.bytes, sizeof(digest.bytes));
	report_pack(packed, report);
	return true;
}

/* Has a child parse a report, which may be hostile. */
static Report *
parse_confined(void *data, const StoreSource *source, Digest *digest, GError **error)
{
	Confined *parser = data;
	g_autoptr(GByteArray) request = g_byte_array_new();

	pack_source(request, source);
	g_autoptr(GBytes) packed = confined_ask(parser, request, error);
	if (packed == NULL)
		return NULL;
	Unpacker unpacker = confined_unpacker(packed);
	unpack_bytes(&unpacker, digest->bytes, sizeof(digest->bytes));
	g_autoptr(Report) report = report_unpack(&unpacker);
	return confined_is_sound(&unpacker, error) ? g_steal_pointer(&report) : NULL;
}

static int
compare_ids(gconstpointer a, gconstpointer b)
{
	const int64_t one = *(const int64_t *)a, other = *(const int64_t *)b;

	return (one > other) - (one < other);
}

static bool
add_id(Store *store, const char *operand, GArray *ids, GError **error)
{
	GError *problem = NULL;
	g_autoptr(StoredReport) stored = store_read_report(store, operand, &problem);

	if (problem != NULL) {
		g_propagate_error(error, problem);
		return false;
	}
	if (stored == NULL) {
		g_set_error(error, TLSRPT_ERROR, TLSRPT_ERROR_USAGE, "there is no report \"%s\"",
			operand);
		return false;
	}
	if (stored->pruned) {
		g_set_error(error, TLSRPT_ERROR, TLSRPT_ERROR_USAGE,
			"of report \"%s\" nothing is left to be read: it was pruned", operand);
		return false;
	}
	g_array_append_val(ids, stored->id);
	return true;
}

/* Those that the operands name, or all of the time asked for: of all time, if nothing is. */
static GArray *
find_ids(const Request *request, Store *store, GError **error)
{
	g_autoptr(GArray) ids = g_array_new(FALSE, FALSE, sizeof(int64_t));
	StoreFilter all = request->filter;

	if (request->since == NULL)
		all.since_day = INT64_MIN / DAY_SECONDS;
	if (request->until == NULL)
		all.until_day = INT64_MAX / DAY_SECONDS - 1;
	if (request->n_operands == 0)
		return store_list_reports(store, &all, error);
	for (char **operand = request->operands; *operand != NULL; operand++) {
		if (!add_id(store, *operand, ids, error))
			return NULL;
	}
	/* As they came: whether a report-id was there before depends on it. */
	g_array_sort(ids, compare_ids);
	return g_steal_pointer(&ids);
}

static Document *
answer(const Request *request, Store *store, GError **error)
{
	const Own *own = request->own;
	g_autoptr(GArray) ids = find_ids(request, store, error);
	g_autoptr(Confined) parser = ids != NULL ? confined_new(parse, request->settings, error)
						 : NULL;
	StoreReprocessed reprocessed;
	Progress progress;
	const StoreWatch watch = watch_by(&progress);

	if (parser == NULL)
		return NULL;
	progress_begin(&progress, stderr, "Reading anew");
	const StoreReading reading = { parse_confined, parser, &request->settings->limits,
		request->settings->reporters };
	const bool ok = store_reprocess(
		store, ids, &reading, own->dry_run, &watch, &reprocessed, error);
	progress_end(&progress);
	Document *document = ok ? view_reprocess(&reprocessed, own->dry_run) : NULL;
	store_reprocessed_clear(&reprocessed);
	return document;
}

const Command command_reprocess = {
	.name = "reprocess",
	.operands = "[ID...]",
	.summary = "Reads stored reports anew, from what came",
	.takes = TAKES_STORE | TAKES_FILTER,
	.max_operands = G_MAXSIZE,
	.options = options,
	.own_size = sizeof(Own),
	.use = use,
	.answer = answer,
	.document = "reprocess",
};
