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
	PART_BY_BYTES, /* of any type, looks like gzip or JSON: must prove to be one */
	PART_BY_NAME, /* of any type, named .json or .json.gz: must prove to be one, but damage counts */
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
	GBytes *content; /* transfer encoding taken off, and zip */
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
	GError *problem; /* the first thing wrong with an archive of reports, or NULL */
	GString *
		skipped; /* type and file name of the first leaves that are none, for people; or NULL */
	bool is_returned; /* a delivery status came with a message, which was not looked into */
	bool has_report_name; /* a part that is skipped has the file name of a report */
	bool is_dmarc; /* a part is named or looks like a DMARC report */
} Mail;

/*
 * Parses a message (without "From " line).  The parts share no memory with it.
 * TLSRPT_ERROR_LIMIT for too deep, too many parts or too many reports.
 */
Mail *mime_parse(GBytes *message, const Limits *limits, GError **error) G_GNUC_WARN_UNUSED_RESULT;
void mail_free(Mail *mail);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Mail, mail_free)

/*
 * Whether a message in which there is no report says that it is one: by its fields, its report-type, its
 * Subject (which is that of a DMARC report, too), or the name or type of a part.
 */
bool mime_claims_report(const Mail *mail, GBytes *message, bool has_xml);

/*
 * Sets claim, label and standard_type from media_type and file_name.  One that is PART_BY_BYTES must look like
 * a report, too.
 */
void mime_label_part(MailPart *part);

/* Once, at the end of the process, for those who count leaks. */
void mime_shutdown(void);

#endif
