/* Finds the parts of a message that may be reports. */
#ifndef TLSRPT_MIME_H
#define TLSRPT_MIME_H

#include "tlsrpt/auth.h"
#include "tlsrpt/limits.h"

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

/* How sure it is that a part is a report. */
typedef enum {
	/* bytes that look like gzip or JSON, of any type: only a report if it proves to be one */
	PART_BY_BYTES,
	/*
	 * a name in .json or .json.gz, of any type: likewise, but if it is damaged, it counts as a
	 * damaged report
	 */
	PART_BY_NAME,
	PART_LABELLED, /* a tlsrpt media type: it is a report */
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
	/* it is inside an enclosed message, whose sender is not the one that was authenticated */
	bool enclosed;
	char *number; /* "1.2", as IMAP counts (RFC 9051 section 6.4.5) */
	char *media_type; /* lower-case */
	char *file_name; /* decoded, or NULL */
	GBytes *content; /* the bytes, without the transfer encoding, and out of their zip archive */
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
	/* For people: type and file name of the first leaves that are no reports; or NULL. */
	GString *skipped;
	bool is_returned; /* a delivery status came with a message, which was not looked into */
	bool has_report_name; /* a part that is skipped has the file name of a report */
	bool is_dmarc; /* a part is named or looks like a DMARC report */
} Mail;

/*
 * Parses a message (without "From " line).  The parts share no memory with it.  TLSRPT_ERROR_LIMIT
 * if it is nested too deeply, or has too many parts or reports.
 */
Mail *mime_parse(GBytes *message, const Limits *limits, GError **error) G_GNUC_WARN_UNUSED_RESULT;
void mail_free(Mail *mail);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Mail, mail_free)

/*
 * Whether a message in which no report could be read says that it is one: by its fields, its
 * report-type, its Subject (DMARC reports have the same form of it), or the name or type of a part.
 */
bool mime_claims_report(const Mail *mail, GBytes *message, bool has_xml);

/*
 * Sets claim, label and standard_type from media_type and file_name.  If it is PART_BY_BYTES, the caller
 * also has to see whether the bytes look like a report.
 */
void mime_label_part(MailPart *part);

/* Frees what GMime keeps, once, at the end of the process, so that leak checkers find nothing. */
void mime_shutdown(void);

#endif
