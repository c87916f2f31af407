/*
 * Understands one message: bytes and configuration go in, and a value comes out that says what is
 * to be stored, or kept in quarantine, and why.  It neither stores anything nor starts processes,
 * so whoever calls it may be confined; a hostile message can at worst make it crash.
 */
#ifndef TLSRPT_INTAKE_H
#define TLSRPT_INTAKE_H

#include "tlsrpt/config.h"
#include "tlsrpt/delivery.h"
#include "tlsrpt/mime.h"

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

typedef struct {
	int64_t received_at; /* epoch seconds */
	int64_t size; /* of the message in bytes */
	int64_t inflated; /* of its reports so far, in bytes */
	int64_t failures; /* rows of its reports so far, */
	int64_t brief_failures; /* and those of reports in their brief form, which count apart */
	Mail *mail; /* NULL for a bare report, and if the message could not be parsed */
	StoreMessage message; /* borrows from mail, and from names */
	char *const *reporters; /* borrowed from the configuration */
	GPtrArray *names; /* of char *: strings of message that mail does not own */
	Auth auth; /* of the message */
	char *auth_domain;
	GArray *reports; /* of StoreReport; owns their report and raw */
	GError *problem; /* the first thing that is wrong with the message; NULL if nothing is */
	size_t problems; /* how many things are wrong with it */
	bool has_xml; /* a part is XML, as DMARC reports are */
} Intake;

/*
 * Takes a message apart.  Whatever is wrong with the message is in the result; an error means that
 * something else went wrong (TLSRPT_ERROR_NO_MEMORY).  With by_https the bytes are a report, never
 * a message around one.
 */
Intake *intake_new(GBytes *message, int64_t received_at, bool by_https, const Config *config,
	GError **error) G_GNUC_WARN_UNUSED_RESULT;

/*
 * Does the same with a file, which may be anything: unless it is a message or called .json or
 * .json.gz, it is a report only if its content proves that.  It counts as received at modified_at,
 * or at the message's Date if that is earlier.
 */
Intake *intake_new_from_file(GBytes *content, const char *name, int64_t modified_at,
	const Config *config, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* The intake of a message that cannot be parsed: nothing is known of it but the problem. */
Intake *intake_new_unread(int64_t received_at, const GError *problem);

/*
 * Takes the reports out of it: the whole message is to be kept for this problem, which the intake
 * owns from now on.
 */
void intake_leave_reports(Intake *intake, GError *problem);

void intake_free(Intake *intake);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Intake, intake_free)

/* What of the message is to be stored, without its quarantine.  Borrows from the intake. */
StoreDelivery intake_delivery(const Intake *intake);

/*
 * As what a message with that problem is to be kept, and why; intake is NULL if nothing else is
 * known of it.  Borrows from both.
 */
StoreQuarantine intake_quarantine(const Intake *intake, const GError *problem);

/*
 * Adds the message itself, compressed, to what is to be kept of it.  The caller unrefs
 * quarantine->gzip.  TLSRPT_ERROR_NO_MEMORY.
 */
bool intake_quarantine_message(
	StoreQuarantine *quarantine, GBytes *message, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/*
 * Makes a checked report of one part.  Its findings include those about the part and, if the part
 * has a media type, about the message around it.  Reads auth and auth_domain of one, and sets its
 * digest.  The errors of gzip_inflate() and parse_report(); FOREIGN_REPORT if no policy of it is about
 * one of own-domains.
 */
Report *intake_report(const StoreMessage *message, const MailPart *part, int64_t received_at,
	const Config *config, StoreReport *one, GError **error) G_GNUC_WARN_UNUSED_RESULT;

#endif
