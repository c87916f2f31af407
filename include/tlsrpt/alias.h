/*
 * Other spellings of the keys and words of RFC 8460: in another case, with "_" or nothing in place of
 * "-", or variants that senders are known to write.  They are all in one table.
 */
#ifndef TLSRPT_ALIAS_H
#define TLSRPT_ALIAS_H

#include <stdbool.h>

/* The objects that a report consists of. */
typedef enum {
	ALIAS_ROOT,
	ALIAS_RANGE, /* date-range */
	ALIAS_ITEM, /* an element of policies */
	ALIAS_POLICY, /* policy in it */
	ALIAS_SUMMARY, /* summary in it */
	ALIAS_FAILURE, /* an element of failure-details */
	ALIAS_PLACES
} AliasPlace;

/* The keys, in the order of the objects in which they belong. */
typedef enum {
	KEY_ORGANIZATION_NAME,
	KEY_DATE_RANGE,
	KEY_CONTACT_INFO,
	KEY_REPORT_ID,
	KEY_POLICIES,
	KEY_START_DATETIME,
	KEY_END_DATETIME,
	KEY_POLICY,
	KEY_SUMMARY,
	KEY_FAILURE_DETAILS,
	KEY_POLICY_TYPE,
	KEY_POLICY_STRING,
	KEY_POLICY_DOMAIN,
	KEY_MX_HOST,
	KEY_SUCCESSFUL,
	KEY_FAILED,
	KEY_RESULT_TYPE,
	KEY_SENDING_MTA_IP,
	KEY_RECEIVING_MX_HOSTNAME,
	KEY_RECEIVING_MX_HELO,
	KEY_RECEIVING_IP,
	KEY_FAILED_SESSION_COUNT,
	KEY_ADDITIONAL_INFORMATION,
	KEY_FAILURE_REASON_CODE,
	ALIAS_KEYS
} AliasKey;

/* The key as RFC 8460 spells it; static. */
const char *alias_name(AliasKey key);

/* Whether the key belongs in that object, and not in another one. */
bool alias_belongs(AliasPlace place, AliasKey key);

/* The key that belongs in the object and is, letter by letter, the text; ALIAS_KEYS if none is. */
AliasKey alias_exact(AliasPlace place, const char *text);

/*
 * The key that a text means in the object, in whatever spelling, also one that belongs in an object
 * beside it; ALIAS_KEYS if it is none.
 */
AliasKey alias_key(AliasPlace place, const char *text);

/* What RFC 8460 or the registry calls it, if the text is another spelling of that; static, or NULL. */
const char *alias_policy_type(const char *text);
const char *alias_result_type(const char *text);

#endif
