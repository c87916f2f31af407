/*
 * Senders give the same cause different names: an expired certificate is a result type of its own, or
 * certificate-not-trusted with a sentence of rustls (Stalwart), or validation-failure with a text of
 * OpenSSL.  Here each cause has one name.
 */
#include "tlsrpt/kind.h"

#include "tlsrpt/report.h"

#include <glib.h>
#include <stdbool.h>
#include <string.h>

typedef enum {
	STARTTLS,
	HOST,
	UNTRUSTED,
	EXPIRED,
	VALIDATION,
	FETCH,
	POLICY,
	WEBPKI,
	TLSA,
	DNSSEC,
	DANE,
	REGISTERED, /* so many are result types of RFC 8460 */
	MX = REGISTERED,
	HANDSHAKE,
	CONNECTION,
	DNS,
	STS_REQUIRED,
	UNSPECIFIED,
	KINDS,
} Kind;

static const char *const names[KINDS] = {
	[STARTTLS] = "starttls-not-supported",
	[HOST] = "certificate-host-mismatch",
	[UNTRUSTED] = "certificate-not-trusted",
	[EXPIRED] = "certificate-expired",
	[VALIDATION] = "validation-failure",
	[FETCH] = "sts-policy-fetch-error",
	[POLICY] = "sts-policy-invalid",
	[WEBPKI] = "sts-webpki-invalid",
	[TLSA] = "tlsa-invalid",
	[DNSSEC] = "dnssec-invalid",
	[DANE] = "dane-required",
	[MX] = KIND_MX_NOT_IN_POLICY,
	[HANDSHAKE] = KIND_HANDSHAKE,
	[CONNECTION] = KIND_CONNECTION,
	[DNS] = KIND_DNS,
	[STS_REQUIRED] = KIND_STS_REQUIRED,
	[UNSPECIFIED] = KIND_UNSPECIFIED,
};

#define BIT(kind) (1U << (kind))
#define CERTIFICATE (BIT(HOST) | BIT(UNTRUSTED) | BIT(EXPIRED))
#define ANY (BIT(KINDS) - 1)

/*
 * What a reason may make of a failure, by its result type.  Where there is nothing, the result type
 * says it all.  Stalwart has certificate-not-trusted for every handshake that failed.  That the
 * policy could not be fetched is also said where the web server's certificate was at fault.
 */
static const unsigned int refinements[KINDS] = {
	[UNTRUSTED] = CERTIFICATE | BIT(STARTTLS) | BIT(TLSA) | BIT(HANDSHAKE) | BIT(CONNECTION),
	[VALIDATION] = ANY,
	[FETCH] = CERTIFICATE | BIT(POLICY) | BIT(WEBPKI),
	[POLICY] = BIT(MX),
	[TLSA] = BIT(DNSSEC) | BIT(DNS),
	[DNSSEC] = BIT(DNS),
	[UNSPECIFIED] = ANY,
};

typedef struct {
	const char *text; /* as folded() has it */
	Kind kind;
	bool is_general; /* what else stands in the reason says more */
} Phrase;

/* What stands in the reasons of all senders, sorted by bytes.  advice/ says from whom each is. */
static const Phrase phrases[] = {
	{ "all fingerprints unusable", TLSA, false },
	{ "all tlsa records unusable", TLSA, false },
	{ "all trust anchors unusable", TLSA, false },
	{ "all unusable records", TLSA, false },
	{ "back off after recent fetch error", FETCH, false },
	{ "bad https response code", FETCH, false },
	{ "bad signature", UNTRUSTED, false },
	{ "badsignature", UNTRUSTED, false },
	{ "bogus tlsa records", DNSSEC, false },
	{ "broken pipe", CONNECTION, false },
	{ "ca cert does not", UNTRUSTED, false },
	{ "ca md too weak", UNTRUSTED, false },
	{ "ca not authorized for ext key usage", UNTRUSTED, false },
	{ "ca not authorized for this name", UNTRUSTED, false },
	{ "ca signature digest algorithm too weak", UNTRUSTED, false },
	{ "cannot fetch policy", FETCH, false },
	{ "causedasendentity", UNTRUSTED, false },
	{ "cert chain too long", UNTRUSTED, false },
	{ "cert expired", EXPIRED, false },
	{ "cert has expired", EXPIRED, false },
	{ "cert is expired", EXPIRED, false },
	{ "cert not yet valid", EXPIRED, false },
	{ "cert rejected", UNTRUSTED, false },
	{ "cert revoked", UNTRUSTED, false },
	{ "cert signature failure", UNTRUSTED, false },
	{ "cert untrusted", UNTRUSTED, false },
	{ "certexpired", EXPIRED, false },
	{ "certificate chain too long", UNTRUSTED, false },
	{ "certificate chain uses not yet valid", EXPIRED, false },
	{ "certificate expired", EXPIRED, false },
	{ "certificate has expired", EXPIRED, false },
	{ "certificate host mismatch", HOST, false },
	{ "certificate is expired", EXPIRED, false },
	{ "certificate is not authorized to sign", UNTRUSTED, false },
	{ "certificate is not valid for any names", HOST, false },
	{ "certificate is not yet valid", EXPIRED, false },
	{ "certificate is valid for", HOST, false },
	{ "certificate not trusted", UNTRUSTED, false },
	{ "certificate not valid for name", HOST, false },
	{ "certificate not valid yet", EXPIRED, false },
	{ "certificate not yet valid", EXPIRED, false },
	{ "certificate rejected", UNTRUSTED, false },
	{ "certificate relies on legacy common name", HOST, false },
	{ "certificate revoked", UNTRUSTED, false },
	{ "certificate signature failure", UNTRUSTED, false },
	{ "certificate signed by unknown authority", UNTRUSTED, false },
	{ "certificate specifies an incompatible key usage", UNTRUSTED, false },
	{ "certificate subject does not match", HOST, false },
	{ "certificate verification failed", UNTRUSTED, true },
	{ "certificate verify failed", UNTRUSTED, true },
	{ "certnotvalidforname", HOST, false },
	{ "certnotvalidyet", EXPIRED, false },
	{ "connection closed during handshake", CONNECTION, false },
	{ "connection refused", CONNECTION, false },
	{ "connection reset", CONNECTION, false },
	{ "connection timed out", CONNECTION, false },
	{ "context deadline exceeded", CONNECTION, false },
	{ "could not reach policy host", FETCH, false },
	{ "dane no match", TLSA, false },
	{ "dane required", DANE, false },
	{ "depth zero self signed cert", UNTRUSTED, false },
	{ "dh key too small", HANDSHAKE, false },
	{ "dns extended error", DNSSEC, true },
	{ "dns extended error 22", DNS, false },
	{ "dns extended error 23", DNS, false },
	{ "dnssec invalid", DNSSEC, false },
	{ "does not match host", HOST, false },
	{ "doesn't contain any ip sans", HOST, false },
	{ "ee certificate key too weak", UNTRUSTED, false },
	{ "ee key too small", UNTRUSTED, false },
	{ "eof", CONNECTION, false },
	{ "extended dns error", DNSSEC, true },
	{ "extended dns error 22", DNS, false },
	{ "extended dns error 23", DNS, false },
	{ "failed to fetch policy", FETCH, false },
	{ "failed to parse mta sts dns record", POLICY, false },
	{ "failed to parse policy", POLICY, false },
	{ "first record does not look like a tls handshake", HANDSHAKE, false },
	{ "format error in certificate's notafter field", UNTRUSTED, false },
	{ "format error in certificate's notbefore field", UNTRUSTED, false },
	{ "go x509 invalid reason", UNTRUSTED, true },
	{ "handshake failure", HANDSHAKE, false },
	{ "handshakefailure", HANDSHAKE, false },
	{ "hostname mismatch", HOST, false },
	{ "i/o timeout", CONNECTION, false },
	{ "incompatible key usage", UNTRUSTED, false },
	{ "invalid ca certificate", UNTRUSTED, false },
	{ "invalid certificate", UNTRUSTED, true },
	{ "invalid peer certificate", UNTRUSTED, true },
	{ "invalid peer certificate: expired", EXPIRED, false },
	{ "invalid peer certificate: notvalidforname", HOST, false },
	{ "invalid peer certificate: notvalidyet", EXPIRED, false },
	{ "invalid tlsa record", TLSA, false },
	{ "invalidpurpose", UNTRUSTED, false },
	{ "io timeout during handshake", CONNECTION, false },
	{ "ip address mismatch", HOST, false },
	{ "issuer is unknown", UNTRUSTED, false },
	{ "mta sts is required", STS_REQUIRED, false },
	{ "mtasts policy mx mismatch", MX, false },
	{ "multiple mta sts records", POLICY, false },
	{ "mx host is not in a dnssec signed zone", DANE, false },
	{ "mx hosts mismatch", MX, false },
	{ "mx mismatch", MX, false },
	{ "mx not authorized by policy", MX, false },
	{ "name constraint without sans", UNTRUSTED, false },
	{ "name in the certificate does not match", HOST, false },
	{ "network is unreachable", CONNECTION, false },
	{ "network unreachable", CONNECTION, false },
	{ "no cipher suite", HANDSHAKE, false },
	{ "no matching certificates found", TLSA, false },
	{ "no matching dane tlsa records", TLSA, false },
	{ "no mta sts dns txt record", FETCH, false },
	{ "no policy served", FETCH, false },
	{ "no route to host", CONNECTION, false },
	{ "no shared cipher", HANDSHAKE, false },
	{ "no such host", DNS, false },
	{ "no supported versions satisfy", HANDSHAKE, false },
	{ "no system roots", UNTRUSTED, false },
	{ "no tlsa records found for mx", DANE, false },
	{ "not authorized to sign", UNTRUSTED, false },
	{ "not valid for name", HOST, false },
	{ "parent subject child issuer mismatch", UNTRUSTED, false },
	{ "path length constraint exceeded", UNTRUSTED, false },
	{ "peer closed connection", CONNECTION, false },
	{ "peer is incompatible", HANDSHAKE, false },
	{ "policy not found", FETCH, false },
	{ "policy syntax error", POLICY, false },
	{ "protocol version", HANDSHAKE, false },
	{ "protocolversion", HANDSHAKE, false },
	{ "received corrupt message", HANDSHAKE, false },
	{ "received fatal alert", HANDSHAKE, false },
	{ "record syntax error", POLICY, false },
	{ "remote error: tls", HANDSHAKE, false },
	{ "self signed", UNTRUSTED, false },
	{ "server misbehaving", DNS, false },
	{ "smtp starttls reply code", STARTTLS, false },
	{ "starttls is not supported", STARTTLS, false },
	{ "starttls not supported", STARTTLS, false },
	{ "starttls was not advertised", STARTTLS, false },
	{ "sts policy fetch error", FETCH, false },
	{ "sts policy invalid", POLICY, false },
	{ "sts webpki invalid", WEBPKI, false },
	{ "timed out", CONNECTION, false },
	{ "timeout fetching policy", FETCH, false },
	{ "tls handshake eof", CONNECTION, false },
	{ "tls handshake failure", HANDSHAKE, false },
	{ "tls handshake timeout", CONNECTION, false },
	{ "tls local alert", HANDSHAKE, false },
	{ "tls record header error", HANDSHAKE, false },
	{ "tls remote alert", HANDSHAKE, false },
	{ "tls remote error", HANDSHAKE, false },
	{ "tls: failed to verify certificate", UNTRUSTED, true },
	{ "tlsa invalid", TLSA, false },
	{ "too many constraints", UNTRUSTED, false },
	{ "too many intermediates", UNTRUSTED, false },
	{ "unable to do http request", FETCH, false },
	{ "unable to get issuer cert", UNTRUSTED, false },
	{ "unable to get issuer certificate", UNTRUSTED, false },
	{ "unable to get local issuer", UNTRUSTED, false },
	{ "unable to verify leaf signature", UNTRUSTED, false },
	{ "unable to verify the first certificate", UNTRUSTED, false },
	{ "unconstrained name", UNTRUSTED, false },
	{ "unexpected eof", CONNECTION, false },
	{ "unknown go certificate verification error", UNTRUSTED, true },
	{ "unknownissuer", UNTRUSTED, false },
	{ "unsuitable certificate purpose", UNTRUSTED, false },
	{ "unsupported certificate purpose", UNTRUSTED, false },
	{ "unsupported protocol", HANDSHAKE, false },
	{ "uses expired certificate", EXPIRED, false },
	{ "wrong version number", HANDSHAKE, false },
	{ "x509", UNTRUSTED, true },
};

/* Senders write '_' or '-' in place of blanks, so all three are the same. */
static char
folded(char c)
{
	return (char)(c == '_' || c == '-' ? ' ' : g_ascii_tolower(c));
}

/* The first of the phrases from low on, below high, whose letter at that place is not before this one. */
static size_t
first_with(size_t low, size_t high, size_t place, int letter)
{
	while (low < high) {
		const size_t middle = (low + high) / 2;
		if ((unsigned char)phrases[middle].text[place] < letter)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

/*
 * The longest phrase of one of these kinds with which the text begins, and which does not end within a
 * word; NULL if there is none.  Letter by letter fewer phrases are left.
 */
static const Phrase *
phrase_at(const char *text, unsigned int kinds)
{
	const Phrase *longest = NULL;
	size_t low = 0, high = G_N_ELEMENTS(phrases);

	for (size_t place = 0; low < high; place++) {
		const Phrase *phrase = &phrases[low];
		const unsigned char letter = (unsigned char)folded(text[place]);
		/* The one that ends here is the first of those that begin like this. */
		if (phrase->text[place] == '\0' && (kinds & BIT(phrase->kind)) != 0
			&& !(g_ascii_isalnum(text[place]) && g_ascii_isalnum(text[place - 1])))
			longest = phrase;
		if (letter == '\0')
			break;
		low = first_with(low, high, place, letter);
		high = first_with(low, high, place, letter + 1);
	}
	return longest;
}

/* The first phrase of one of these kinds in the text, a general one only where there is no other. */
static const Phrase *
phrase_in(const char *text, unsigned int kinds)
{
	const Phrase *general = NULL;

	for (const char *at = text; *at != '\0'; at++) {
		if (at > text && g_ascii_isalnum(at[-1]))
			continue;
		const Phrase *phrase = phrase_at(at, kinds);
		if (phrase != NULL && !phrase->is_general)
			return phrase;
		if (general == NULL)
			general = phrase;
	}
	return general;
}

/* The kind that a result type is; if it is not registered, it may still be a text like a reason. */
static Kind
kind_of_type(const char *result_type)
{
	for (Kind kind = 0; kind < REGISTERED; kind++)
		if (strcmp(names[kind], result_type) == 0)
			return kind;
	if (strcmp(result_type, RESULT_TYPE_UNSPECIFIED) == 0)
		return UNSPECIFIED;
	return VALIDATION;
}

const char *
kind_of(const char *result_type, const char *failure_reason_code)
{
	const Kind kind = kind_of_type(result_type);
	const unsigned int kinds = refinements[kind];
	const Phrase *phrase = kinds != 0 ? phrase_in(failure_reason_code, kinds) : NULL;

	if (phrase == NULL && kind == VALIDATION)
		phrase = phrase_in(result_type, kinds);
	if (phrase == NULL)
		return names[kind];
	if (kind == FETCH && (BIT(phrase->kind) & CERTIFICATE) != 0)
		return names[WEBPKI];
	return names[phrase->kind];
}

const char *
kind_of_failure(const Failure *failure)
{
	return failure->kind != NULL ? failure->kind
				     : kind_of(failure->result_type, failure->failure_reason_code);
}

const char *
kind_nth(size_t n)
{
	return n < KINDS ? names[n] : NULL;
}
