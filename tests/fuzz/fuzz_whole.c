/* Bytes in, database out: what a message leaves in a store is sound, adds up, and is there once. */
#include "fuzz.h"
#include "generate.h"
#include "scratch.h"

#include "tlsrpt/config.h"
#include "tlsrpt/intake.h"

#define RECEIVED_AT INT64_C(1795435200) /* 2026-11-23 */
#define CHECKED_IN_FULL 64

/*
 * The sums of daily and daily_total, and what they must be by schema.md: of each report and domain the larger of
 * sts and tlsa, and all other types.  As REAL, since a stranger's counts may be too large for integers.
 */
#define OF_TYPE(column, type) "total(CASE WHEN policy_type = '" type "' THEN " column " END)"
#define OTHERS(column) \
	"total(CASE WHEN coalesce(policy_type, '') NOT IN ('sts', 'tlsa') THEN " column " END)"
#define COUNTED(column) \
	"max(" OF_TYPE(column, "sts") ", " OF_TYPE(column, "tlsa") ") + " OTHERS(column)
static const char expected_sql[] =
	"SELECT (SELECT count(*) FROM reports), coalesce(total(s), 0.0), coalesce(total(f), 0.0),"
	" (SELECT total(successful_sessions) FROM policies), (SELECT total(failed_sessions) FROM policies)"
	" FROM (SELECT " COUNTED("successful_sessions + failed_sessions") " AS s, " COUNTED(
		"failed_sessions") " AS f"
				   " FROM policies GROUP BY report, policy_domain)";
static const char stored_sql[] =
	"SELECT (SELECT coalesce(sum(reports), 0) FROM reporters), total(sessions), total(failed_sessions),"
	" (SELECT total(successful_sessions) FROM daily), (SELECT total(failed_sessions) FROM daily) FROM daily_total";
/* Counts that a sum cuts off, or that REAL has not exactly, are left to the tests of sums. */
static const char large_sql[] =
	"SELECT count(*) FROM policies WHERE successful_sessions > 1099511627776 OR failed_sessions > 1099511627776";

static const Config *
config_once(void)
{
	static Config *config;

	if (config == NULL)
		config = config_read("/dev/null", NULL);
	return config;
}

/* Delivers the message as the filter does. */
static StoreOutcome
deliver(Store *store, GBytes *message, const Config *config, size_t *n_reports)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(Intake) intake = intake_new(message, RECEIVED_AT, false, config, &error);
	g_assert_no_error(error);
	StoreDelivery delivery = intake_delivery(intake);
	StoreQuarantine quarantine;
	StoreOutcome outcome;

	if (intake->problem != NULL) {
		quarantine = intake_quarantine(intake, intake->problem);
		g_assert_true(intake_quarantine_message(&quarantine, message, &error));
		delivery.quarantine = &quarantine;
	}
	*n_reports = delivery.n_reports;
	if (!store_deliver(store, &delivery, &config->limits, &outcome, &error))
		fuzz_fail("not stored: %s", error->message);
	if (intake->problem != NULL)
		g_bytes_unref(quarantine.gzip);
	return outcome;
}

static void
check_sums(void)
{
	g_autofree char *large = scratch_query(large_sql), *stored = scratch_query(stored_sql),
			*expected = scratch_query(expected_sql);

	if (strcmp(large, "0\n") == 0)
		g_assert_cmpstr(stored, ==, expected);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static unsigned tried;
	const Config *config = config_once();
	g_autoptr(GBytes) message = g_bytes_new(data, size);
	g_autoptr(Store) store = scratch_open();
	size_t n_reports;

	const StoreOutcome first = deliver(store, message, config, &n_reports);
	g_assert_cmpuint(first.stored + first.duplicates + first.replaced, ==, n_reports);
	g_assert_true(n_reports > 0 || first.quarantined);
	check_sums();
	g_autofree char *before = scratch_query(stored_sql);
	const StoreOutcome again = deliver(store, message, config, &n_reports);
	g_assert_true(again.stored == 0 && again.replaced == 0 && !again.quarantined);
	g_assert_cmpuint(again.duplicates, ==, n_reports);
	g_autofree char *after = scratch_query(stored_sql);
	g_assert_cmpstr(before, ==, after);
	scratch_check_texts();
	if (tried++ % CHECKED_IN_FULL == 0) {
		g_autofree char *integrity = scratch_query("PRAGMA integrity_check");
		g_assert_cmpstr(integrity, ==, "ok\n");
	}
	return 0;
}

size_t
LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max_size, unsigned seed)
{
	GRand *dice = g_rand_new_with_seed(seed);
	g_autoptr(GString) made = g_string_new(NULL);

	switch (g_rand_int_range(dice, 0, 6)) {
	case 0:
		generate_message(made, dice);
		break;
	case 1:
		generate_report(made, dice);
		break;
	default:
		g_rand_free(dice);
		return LLVMFuzzerMutate(data, size, max_size);
	}
	g_rand_free(dice);
	size = MIN(made->len, max_size);
	memcpy(data, made->str, size);
	return size;
}
