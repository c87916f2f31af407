/* Bytes to an intake: what is to be stored of them is sound, and what is not comes with its reason. */
#include "checked.h"
#include "fuzz.h"
#include "generate.h"

#include "tlsrpt/config.h"
#include "tlsrpt/error.h"
#include "tlsrpt/inflate.h"
#include "tlsrpt/intake.h"

#define RECEIVED_AT INT64_C(1795435200) /* 2026-11-23 */

static const Config *
config_once(void)
{
	static Config *config;
	static const char *const ids[] = { "mx.example.net", NULL };

	if (config == NULL) {
		config = config_read("/dev/null", NULL);
		g_strfreev(config->trusted_authserv_ids);
		config->trusted_authserv_ids = g_strdupv((char **)(gpointer)ids);
		config->limits.report = 256 * KIB;
		config->limits.header_lines = config->limits.dash_lines = 500;
	}
	return config;
}

static void
check_name(const char *text)
{
	g_assert_true(text == NULL || g_utf8_validate(text, -1, NULL));
}

static void
check_reports(const Intake *intake, const Config *config)
{
	const StoreDelivery delivery = intake_delivery(intake);
	const StoreMessage *message = delivery.message;
	const char *const texts[] = { message->from, message->from_domain, message->report_domain,
		message->submitter, message->subject, message->message_id };

	g_assert_cmpint((int64_t)delivery.n_reports, <=, config->limits.reports);
	for (size_t i = 0; i < G_N_ELEMENTS(texts); i++)
		check_name(texts[i]);
	for (size_t i = 0; i < delivery.n_reports; i++) {
		const StoreReport *one = &delivery.reports[i];
		g_autoptr(GError) damage = NULL, error = NULL;
		size_t trailing;
		fuzz_check_report(one->report, &config->limits);
		check_name(one->file_name);
		check_name(one->media_type);
		g_assert_true(one->auth != AUTH_PASS || one->auth_domain != NULL);
		g_autoptr(GBytes)
			raw = gzip_inflate(one->raw, G_MAXINT32, &trailing, &damage, &error);
		g_assert_nonnull(raw);
	}
}

static void
check_intake(Intake *intake, GError *error, const Config *config)
{
	/* Nothing but the message can be at fault here. */
	g_assert_no_error(error);
	check_reports(intake, config);
	if (intake->problem == NULL)
		return;
	const StoreQuarantine quarantine = intake_quarantine(intake, intake->problem);
	g_assert_true(quarantine.reason != NULL && *quarantine.reason != '\0');
	fuzz_text(quarantine.detail, 64 * KIB);
	g_assert_true(quarantine.class <= QUARANTINE_DAMAGED);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const Config *config = config_once();
	g_autoptr(GBytes) bytes = g_bytes_new(data, size);
	g_autoptr(GError) error = NULL;

	g_autoptr(Intake) by_mail = intake_new(bytes, RECEIVED_AT, false, config, &error);
	check_intake(by_mail, error, config);
	/* Nothing is lost without a word. */
	g_assert_true(by_mail->reports->len > 0 || by_mail->problem != NULL);
	g_autoptr(Intake) by_https = intake_new(bytes, RECEIVED_AT, true, config, &error);
	check_intake(by_https, error, config);
	g_autoptr(Intake)
		from_file = intake_new_from_file(bytes, "a.json", RECEIVED_AT, config, &error);
	check_intake(from_file, error, config);
	return 0;
}

size_t
LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max_size, unsigned seed)
{
	GRand *dice = g_rand_new_with_seed(seed);
	g_autoptr(GString) message = g_string_new(NULL);

	if (once_in(dice, 4)) {
		generate_message(message, dice);
		size = MIN(message->len, max_size);
		memcpy(data, message->str, size);
	} else {
		size = LLVMFuzzerMutate(data, size, max_size);
	}
	g_rand_free(dice);
	return size;
}
