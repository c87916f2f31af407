#include "tlsrpt/alias.h"

#include <glib.h>
#include <string.h>

#define FOLDED_MAX 63 /* the longest known name is not longer */
#define VARIANT_MAX 31

#define AT(place) (1U << (place))
#define IN_ROOT AT(ALIAS_ROOT)
#define IN_RANGE AT(ALIAS_RANGE)
#define IN_ITEM AT(ALIAS_ITEM)
#define IN_POLICY AT(ALIAS_POLICY)
#define IN_SUMMARY AT(ALIAS_SUMMARY)
#define IN_FAILURE AT(ALIAS_FAILURE)

/*
 * The names of the keys, the object to which each belongs, and the other objects in which some
 * senders write it: the parent of the right object, or a neighbour.
 */
static const struct {
	const char *name;
	AliasPlace home;
	unsigned guest;
} keys[ALIAS_KEYS] = {
	[KEY_ORGANIZATION_NAME] = { "organization-name", ALIAS_ROOT, 0 },
	[KEY_DATE_RANGE] = { "date-range", ALIAS_ROOT, 0 },
	[KEY_CONTACT_INFO] = { "contact-info", ALIAS_ROOT, 0 },
	[KEY_REPORT_ID] = { "report-id", ALIAS_ROOT, 0 },
	[KEY_POLICIES] = { "policies", ALIAS_ROOT, 0 },
	[KEY_START_DATETIME] = { "start-datetime", ALIAS_RANGE, IN_ROOT },
	[KEY_END_DATETIME] = { "end-datetime", ALIAS_RANGE, IN_ROOT },
	[KEY_POLICY] = { "policy", ALIAS_ITEM, IN_ROOT },
	[KEY_SUMMARY] = { "summary", ALIAS_ITEM, IN_ROOT | IN_POLICY },
	[KEY_FAILURE_DETAILS] = { "failure-details", ALIAS_ITEM, IN_ROOT | IN_POLICY | IN_SUMMARY },
	[KEY_POLICY_TYPE] = { "policy-type", ALIAS_POLICY, IN_ITEM },
	[KEY_POLICY_STRING] = { "policy-string", ALIAS_POLICY, IN_ITEM },
	[KEY_POLICY_DOMAIN] = { "policy-domain", ALIAS_POLICY, IN_ITEM },
	[KEY_MX_HOST] = { "mx-host", ALIAS_POLICY, IN_ITEM },
	[KEY_SUCCESSFUL] = { "total-successful-session-count", ALIAS_SUMMARY, IN_ITEM | IN_POLICY },
	[KEY_FAILED] = { "total-failure-session-count", ALIAS_SUMMARY, IN_ITEM | IN_POLICY },
	[KEY_RESULT_TYPE] = { "result-type", ALIAS_FAILURE, 0 },
	[KEY_SENDING_MTA_IP] = { "sending-mta-ip", ALIAS_FAILURE, 0 },
	[KEY_RECEIVING_MX_HOSTNAME] = { "receiving-mx-hostname", ALIAS_FAILURE, 0 },
	[KEY_RECEIVING_MX_HELO] = { "receiving-mx-helo", ALIAS_FAILURE, 0 },
	[KEY_RECEIVING_IP] = { "receiving-ip", ALIAS_FAILURE, 0 },
	[KEY_FAILED_SESSION_COUNT] = { "failed-session-count", ALIAS_FAILURE, 0 },
	[KEY_ADDITIONAL_INFORMATION] = { "additional-information", ALIAS_FAILURE, 0 },
	[KEY_FAILURE_REASON_CODE] = { "failure-reason-code", ALIAS_FAILURE, 0 },
};

/*
 * Variants that differ from a name in more than case and "-", in the form that fold() gives.  They
 * come from the drafts before the RFC, from what other receivers of reports accept, and from near
 * misses.
 */
static const struct {
	AliasKey key;
	char folded[VARIANT_MAX + 1]; /* no pointer, to need no relocation */
} variants[] = {
	{ KEY_ORGANIZATION_NAME, "organisationname" },
	{ KEY_ORGANIZATION_NAME, "organization" },
	{ KEY_ORGANIZATION_NAME, "organisation" },
	{ KEY_ORGANIZATION_NAME, "orgname" },
	{ KEY_DATE_RANGE, "reportdaterange" },
	{ KEY_DATE_RANGE, "range" },
	{ KEY_DATE_RANGE, "period" },
	{ KEY_CONTACT_INFO, "contactinformation" },
	{ KEY_CONTACT_INFO, "contact" },
	{ KEY_CONTACT_INFO, "contactemail" },
	{ KEY_REPORT_ID, "reportidentifier" },
	{ KEY_REPORT_ID, "id" },
	{ KEY_POLICIES, "reportitems" },
	{ KEY_POLICIES, "policylist" },
	{ KEY_START_DATETIME, "start" },
	{ KEY_START_DATETIME, "startdate" },
	{ KEY_START_DATETIME, "starttime" },
	{ KEY_START_DATETIME, "begin" },
	{ KEY_START_DATETIME, "begindatetime" },
	{ KEY_END_DATETIME, "end" },
	{ KEY_END_DATETIME, "enddate" },
	{ KEY_END_DATETIME, "endtime" },
	{ KEY_POLICY, "appliedpolicy" },
	{ KEY_SUMMARY, "sessionsummary" },
	{ KEY_FAILURE_DETAILS, "failuredetail" },
	{ KEY_FAILURE_DETAILS, "faileddetails" },
	{ KEY_FAILURE_DETAILS, "failures" },
	{ KEY_FAILURE_DETAILS, "details" },
	{ KEY_POLICY_TYPE, "type" },
	{ KEY_POLICY_STRING, "policystrings" },
	{ KEY_POLICY_STRING, "policytext" },
	{ KEY_POLICY_STRING, "string" },
	{ KEY_POLICY_DOMAIN, "domain" },
	{ KEY_MX_HOST, "mxhosts" },
	{ KEY_MX_HOST, "mxhostname" },
	{ KEY_MX_HOST, "mxhostnames" },
	{ KEY_MX_HOST, "mxhostpattern" },
	{ KEY_MX_HOST, "mxhostpatterns" },
	{ KEY_MX_HOST, "mxpattern" },
	{ KEY_MX_HOST, "mx" },
	{ KEY_SUCCESSFUL, "totalsuccesssessioncount" },
	{ KEY_SUCCESSFUL, "totalsuccessfulsessionscount" },
	{ KEY_SUCCESSFUL, "totalsuccessfulsessions" },
	{ KEY_SUCCESSFUL, "totalsuccessfulcount" },
	{ KEY_SUCCESSFUL, "totalsuccessful" },
	{ KEY_SUCCESSFUL, "successfulsessioncount" },
	{ KEY_SUCCESSFUL, "successfulsessions" },
	{ KEY_SUCCESSFUL, "successcount" },
	{ KEY_SUCCESSFUL, "successaggregate" },
	{ KEY_SUCCESSFUL, "successful" },
	{ KEY_FAILED, "totalfailuresessionscount" },
	{ KEY_FAILED, "totalfailedsessioncount" },
	{ KEY_FAILED, "totalfailedsessions" },
	{ KEY_FAILED, "totalfailuresessions" },
	{ KEY_FAILED, "totalfailurecount" },
	{ KEY_FAILED, "totalfailures" },
	{ KEY_FAILED, "failures" },
	{ KEY_FAILED, "totalfailure" },
	{ KEY_FAILED, "totalfailed" },
	{ KEY_FAILED, "failuresessioncount" },
	{ KEY_FAILED, "failedsessioncount" },
	{ KEY_FAILED, "failedsessions" },
	{ KEY_FAILED, "failuresessions" },
	{ KEY_FAILED, "failurecount" },
	{ KEY_FAILED, "failureaggregate" },
	{ KEY_FAILED, "failed" },
	{ KEY_FAILED, "failure" },
	{ KEY_RESULT_TYPE, "result" },
	{ KEY_RESULT_TYPE, "failuretype" },
	{ KEY_RESULT_TYPE, "type" },
	{ KEY_SENDING_MTA_IP, "sendingip" },
	{ KEY_SENDING_MTA_IP, "sendingmtaipaddress" },
	{ KEY_SENDING_MTA_IP, "sendingmta" },
	{ KEY_SENDING_MTA_IP, "sourceip" },
	{ KEY_RECEIVING_MX_HOSTNAME, "receivingmxhost" },
	{ KEY_RECEIVING_MX_HOSTNAME, "receivingmx" },
	{ KEY_RECEIVING_MX_HOSTNAME, "receivingmtahostname" },
	{ KEY_RECEIVING_MX_HOSTNAME, "receivinghostname" },
	{ KEY_RECEIVING_MX_HOSTNAME, "mxhostname" },
	{ KEY_RECEIVING_MX_HELO, "receivingmxehlo" },
	{ KEY_RECEIVING_MX_HELO, "receivinghelo" },
	{ KEY_RECEIVING_MX_HELO, "receivingmtahelo" },
	{ KEY_RECEIVING_IP, "receivingmxip" },
	{ KEY_RECEIVING_IP, "receivingmtaip" },
	{ KEY_RECEIVING_IP, "receivingipaddress" },
	{ KEY_FAILED_SESSION_COUNT, "failedsessionscount" },
	{ KEY_FAILED_SESSION_COUNT, "failedsessions" },
	{ KEY_FAILED_SESSION_COUNT, "failuresessioncount" },
	{ KEY_FAILED_SESSION_COUNT, "failuresessions" },
	{ KEY_FAILED_SESSION_COUNT, "failedcount" },
	{ KEY_FAILED_SESSION_COUNT, "failurecount" },
	{ KEY_FAILED_SESSION_COUNT, "sessioncount" },
	{ KEY_FAILED_SESSION_COUNT, "count" },
	{ KEY_ADDITIONAL_INFORMATION, "additionalinfo" },
	{ KEY_ADDITIONAL_INFORMATION, "additionalinfouri" },
	{ KEY_ADDITIONAL_INFORMATION, "additionalinformationuri" },
	{ KEY_FAILURE_REASON_CODE, "failureerrorcode" },
	{ KEY_FAILURE_REASON_CODE, "failurereason" },
	{ KEY_FAILURE_REASON_CODE, "failurecode" },
	{ KEY_FAILURE_REASON_CODE, "reasoncode" },
	{ KEY_FAILURE_REASON_CODE, "errorcode" },
	{ KEY_FAILURE_REASON_CODE, "reason" },
};

/* A word, and the folded variants that are written in its place. */
typedef struct {
	const char *word;
	char variants[6][VARIANT_MAX + 1]; /* up to the first empty one */
} Word;

static const Word policy_types[] = {
	{ "sts", { "mtasts", "smtpsts", "smtpmtasts", "stsv1", "mtastspolicy" } },
	{ "tlsa", { "dane", "danetlsa", "tlsarecord", "tlsarecords", "smtpdane" } },
	{ "no-policy-found", { "nopolicy", "policynotfound", "none" } },
};

static const Word result_types[] = {
	{ "starttls-not-supported", { "starttlsunsupported", "nostarttls", "starttlsnotoffered" } },
	{ "certificate-host-mismatch",
		{ "certificatehostnamemismatch", "certificatenamemismatch", "certhostmismatch",
			"hostnamemismatch" } },
	{ "certificate-not-trusted",
		{ "certificateuntrusted", "certnottrusted", "untrustedcertificate",
			"nottrusted" } },
	{ "certificate-expired", { "certexpired", "expiredcertificate", "certificatehasexpired" } },
	{ "validation-failure", { "validationfailed", "validationerror", "validationfailures" } },
	{ "sts-policy-fetch-error",
		{ "mtastspolicyfetcherror", "policyfetcherror", "stspolicyfetchfailed",
			"stsfetcherror" } },
	{ "sts-policy-invalid",
		{ "mtastspolicyinvalid", "policyinvalid", "stsinvalid", "invalidstspolicy" } },
	{ "sts-webpki-invalid", { "mtastswebpkiinvalid", "webpkiinvalid", "stswebpkierror" } },
	{ "tlsa-invalid", { "invalidtlsa", "tlsarecordinvalid", "daneinvalid" } },
	{ "dnssec-invalid", { "invaliddnssec", "dnssecbogus", "dnssecfailure" } },
	{ "dane-required", { "daneisrequired", "requiredane" } },
};

const char *
alias_name(AliasKey key)
{
	return keys[key].name;
}

bool
alias_belongs(AliasPlace place, AliasKey key)
{
	return keys[key].home == place;
}

/* The keys of an object are neighbours in the table: the first, and how many there are. */
static const struct {
	AliasKey first;
	unsigned n;
} homes[ALIAS_PLACES] = {
	[ALIAS_ROOT] = { KEY_ORGANIZATION_NAME, 5 },
	[ALIAS_RANGE] = { KEY_START_DATETIME, 2 },
	[ALIAS_ITEM] = { KEY_POLICY, 3 },
	[ALIAS_POLICY] = { KEY_POLICY_TYPE, 4 },
	[ALIAS_SUMMARY] = { KEY_SUCCESSFUL, 2 },
	[ALIAS_FAILURE] = { KEY_RESULT_TYPE, 8 },
};

AliasKey
alias_exact(AliasPlace place, const char *text)
{
	const AliasKey first = homes[place].first;

	for (unsigned i = 0; i < homes[place].n; i++) {
		const char *name = keys[first + i].name;
		if (*name == *text && strcmp(name, text) == 0)
			return first + i;
	}
	return ALIAS_KEYS;
}

/*
 * Reduces a text to its letters and digits in lower case; false if it is longer than any known
 * name.
 */
static bool
fold(const char *text, char folded[FOLDED_MAX + 1])
{
	size_t length = 0;

	for (; *text != '\0'; text++) {
		if (strchr("-_ .\t", *text) != NULL)
			continue;
		if (length == FOLDED_MAX)
			return false;
		folded[length++] = g_ascii_tolower(*text);
	}
	folded[length] = '\0';
	return length > 0;
}

/* Whether a name, when folded, equals the folded text. */
static bool
folds_to(const char *name, const char *folded)
{
	for (; *name != '\0'; name++) {
		if (*name == '-')
			continue;
		if (*name != *folded++)
			return false;
	}
	return *folded == '\0';
}

static bool
may_stand(AliasPlace place, AliasKey key)
{
	return keys[key].home == place || (keys[key].guest & AT(place)) != 0;
}

AliasKey
alias_key(AliasPlace place, const char *text)
{
	char folded[FOLDED_MAX + 1];

	if (!fold(text, folded))
		return ALIAS_KEYS;
	for (AliasKey key = 0; key < ALIAS_KEYS; key++) {
		if (may_stand(place, key) && folds_to(keys[key].name, folded))
			return key;
	}
	AliasKey guest = ALIAS_KEYS;
	for (size_t i = 0; i < G_N_ELEMENTS(variants); i++) {
		if (!may_stand(place, variants[i].key) || strcmp(variants[i].folded, folded) != 0)
			continue;
		if (alias_belongs(place, variants[i].key))
			return variants[i].key;
		guest = variants[i].key;
	}
	return guest;
}

static bool
is_variant(const Word *word, const char *folded)
{
	for (size_t i = 0; i < G_N_ELEMENTS(word->variants) && *word->variants[i] != '\0'; i++) {
		if (strcmp(word->variants[i], folded) == 0)
			return true;
	}
	return false;
}

static const char *
find_word(const Word *words, size_t n, const char *text)
{
	char folded[FOLDED_MAX + 1];

	if (!fold(text, folded))
		return NULL;
	for (size_t i = 0; i < n; i++) {
		if (folds_to(words[i].word, folded) || is_variant(&words[i], folded))
			return words[i].word;
	}
	return NULL;
}

const char *
alias_policy_type(const char *text)
{
	return find_word(policy_types, G_N_ELEMENTS(policy_types), text);
}

const char *
alias_result_type(const char *text)
{
	return find_word(result_types, G_N_ELEMENTS(result_types), text);
}
