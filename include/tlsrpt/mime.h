/* A message to the parts of it that may be reports. */
#ifndef TLSRPT_MIME_H
#define TLSRPT_MIME_H

#include "tlsrpt/auth.h"
#include "tlsrpt/limits.h"

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

/* How sure it is that a part is a report. */
typedef enum {
	PART_BY_BYTES, /* of a general type, looks like gzip or JSON: must prove to be one */
	PART_BY_NAME, /* of a general type, named .json or .json.gz: must prove to be one, but damage counts */
	PART_LABELLED, /* of a tlsrpt type */
} PartClaim;

typedef enum {
	LABEL_NEITHER,
	LABEL_GZIP,
	LABEL_JSON,
} PartLabel;

typedef struct {
	PartClaim claim;
	PartLabel label; /* what the media type says the bytes are */
	bool standard_type; /* application/tlsrpt+gzip or +json */
	bool enclosed; /* in a message inside the message: not what its sender signed */
	char *number; /* "1.2", as IMAP counts (RFC 9051 section 6.4.5) */
	char *media_type; /* lower-case */
	char *file_name; /* decoded, or NULL */
	GBytes *content; /* transfer encoding taken off */
} MailPart;

/* Unknown strings are NULL; all strings are valid UTF-8 of at most limits->string bytes. */
typedef struct {
	char *from, *from_domain; /* the first address of From, and its domain */
	char *subject, *message_id;
	char *report_domain, *submitter; /* TLS-Report-Domain, TLS-Report-Submitter */
	int64_t sent_at; /* Date, 0 if unknown */
	bool is_report; /* the message is multipart/report */
	GArray *fields; /* of AuthField: Received and Authentication-Results, in order */
	GPtrArray *parts; /* of MailPart, in the order of the message */
} Mail;

/*
 * Parses a message (without "From " line).  The parts share no memory with it.
 * TLSRPT_ERROR_LIMIT for too deep, too many parts or too many reports.
 */
Mail *mime_parse(GBytes *message, const Limits *limits, GError **error) G_GNUC_WARN_UNUSED_RESULT;
void mail_free(Mail *mail);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Mail, mail_free)

/*
 * Sets claim, label and standard_type from media_type and file_name.  false if a part with these is
 * no report, whatever is in it; one that is PART_BY_BYTES must look like one, too.
 */
bool mime_label_part(MailPart *part);

/* Once, at the end of the process, for those who count leaks. */
void mime_shutdown(void);

#endif
