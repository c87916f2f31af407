/* Every cap, with its default, its bounds and its key in [limits] of tlsrpt.conf(5). */
#ifndef TLSRPT_LIMITS_H
#define TLSRPT_LIMITS_H

#include <stddef.h>
#include <stdint.h>

#define KIB (INT64_C(1) << 10)
#define MIB (INT64_C(1) << 20)

/* A count in a report, and every total made of counts, is between 0 and this (I-JSON, RFC 7493). */
#define COUNT_MAX (INT64_C(1) << 53)

/*
 * X(member, key, default, lowest, highest).  Sizes are in bytes.  Libraries build whole trees before
 * anything can be counted, so some limits are checked on the bytes before a library gets them.
 */
#define TLSRPT_LIMITS(X) \
	/* the message as received; larger ones are refused, not kept */ \
	X(message, "message", 32 * MIB, 1, 1024 * MIB) \
	/* before GMime: lines that start with "--", lines that look like a header field, \
	   one header field with its continuation lines, fields of one header, all of all headers */ \
	X(dash_lines, "dash-lines", 20000, 1, INT32_MAX) \
	X(header_lines, "header-lines", 20000, 1, INT32_MAX) \
	X(header_field, "header-field", 64 * KIB, 1, INT32_MAX) \
	X(header_fields, "header-fields", 2000, 1, INT32_MAX) \
	X(header, "header", 256 * KIB, 1, INT32_MAX) \
	X(mime_depth, "mime-depth", 32, 1, 500) \
	X(mime_parts, "mime-parts", 1000, 1, INT32_MAX) \
	X(reports, "reports", 16, 1, 1000) \
	/* of all reports of a message together: bytes after gunzip; past the next ones a report is \
	   stored in its brief form: failure rows, and text that the store has not seen before, as \
	   much again for each policy */ \
	X(message_inflated, "message-inflated", 32 * MIB, 1, 1024 * MIB) \
	X(message_failures, "message-failure-details", 60000, 1, INT32_MAX) \
	X(new_text, "new-text", 256 * KIB, 0, INT64_MAX) \
	X(new_text_of_policy, "new-text-of-policy", 256, 0, MIB) \
	/* what a message adds to the store at most: so many times its size, and so much besides */ \
	X(growth, "growth", 32, 1, 100000) \
	X(growth_besides, "growth-besides", 128 * KIB, 0, INT64_MAX) \
	/* one report after gunzip */ \
	X(report, "report", 16 * MIB, 1, 256 * MIB) \
	/* before json-c: nesting, values of all kinds, objects and arrays among them */ \
	X(json_depth, "json-depth", 32, 4, 500) \
	X(json_values, "json-values", 600000, 1, INT32_MAX) \
	X(json_objects, "json-objects", 70000, 1, INT32_MAX) \
	/* in one report */ \
	X(policies, "policies", 5000, 1, 65536) /* the view policies numbers them so */ \
	X(failures, "failure-details", 50000, 1, 1048576) /* the view failures numbers them so */ \
	X(incidents, "incidents", 200, 1, INT32_MAX) \
	X(findings, "findings", 200, 1, INT32_MAX) \
	/* one string; longer ones are cut */ \
	X(string, "string", 4096, 64, MIB) \
	/* a policy-string or mx-host, its lines together (RFC 8461 section 3.2 says 64 KiB) */ \
	X(lines, "lines", 64 * KIB, 64, 16 * MIB) \
	/* all messages in quarantine together, compressed */ \
	X(quarantine, "quarantine", 256 * MIB, 0, INT64_MAX) \
	/* reports stored in one UTC day that nobody vouches for, together; needs trusted-authserv-ids */ \
	X(unauthenticated_per_day, "unauthenticated-per-day", 256 * MIB, 0, INT64_MAX) \
	/* the memory (RLIMIT_DATA) of the process that parses; 0 is no limit */ \
	X(memory, "memory", 192 * MIB, 0, INT64_MAX)

typedef struct {
#define LIMIT_MEMBER(member, key, standard, lowest, highest) int64_t member;
	TLSRPT_LIMITS(LIMIT_MEMBER)
#undef LIMIT_MEMBER
} Limits;

/* One limit as the configuration knows it. */
typedef struct {
	const char *key;
	size_t offset; /* of the member in Limits */
	int64_t standard, lowest, highest;
} LimitKey;

/* All of them; ends with a NULL key. */
extern const LimitKey limit_keys[];

void limits_init(Limits *limits);

#endif
