/* A message to what of it will be stored: pure, and the part of the program that may die of it. */
#ifndef TLSRPT_INGEST_INTAKE_H
#define TLSRPT_INGEST_INTAKE_H

#include "tlsrpt/config.h"
#include "tlsrpt/mime.h"
#include "tlsrpt/store.h"

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

typedef struct {
	int64_t received_at; /* epoch seconds */
	Mail *mail; /* NULL for a bare report, or where it came not that far */
	StoreMessage message; /* borrows from mail, and from names */
	GPtrArray *names; /* of char *: what message says in its own words */
	Auth auth; /* of the message */
	char *auth_domain;
	GArray *reports; /* of StoreReport, which own their report and raw */
	GError *problem; /* the first thing wrong with the message; NULL if nothing is */
	size_t problems;
	bool has_xml; /* a part is XML, as DMARC reports are */
} Intake;

/*
 * Takes a message apart.  What is wrong with the message is in the result; the error is what is
 * not (TLSRPT_ERROR_NO_MEMORY).  What came by HTTPS is a report, never a message around one.
 */
Intake *intake_new(GBytes *message, int64_t received_at, bool by_https, const Config *config,
	GError **error) G_GNUC_WARN_UNUSED_RESULT;

/*
 * The same of a file, which may be anything: what is neither a message nor called .json or .json.gz
 * must prove to be a report.  It was received at modified_at at the latest, or at its Date if that
 * is earlier.
 */
Intake *intake_new_from_file(GBytes *content, const char *name, int64_t modified_at,
	const Config *config, GError **error) G_GNUC_WARN_UNUSED_RESULT;
void intake_free(Intake *intake);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Intake, intake_free)

/*
 * One part to a checked report, with the findings of the part and, where it has a media type, of the
 * message around it.  Takes auth and auth_domain of one, and sets its digest.  The errors of
 * gzip_inflate() and parse_report().
 */
Report *intake_report(const StoreMessage *message, const MailPart *part, int64_t received_at,
	const Limits *limits, StoreReport *one, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* What a message with that problem is worth in quarantine. */
QuarantineClass intake_quarantine_class(const GError *problem);

#endif
