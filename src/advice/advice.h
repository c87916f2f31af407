/*
 * What the vocabularies share.  Each vocabulary is a file with a table of explanations, and
 * explain.c looks through all of them.  In a command %D is the policy domain and %M the receiving
 * MX.
 */
#ifndef TLSRPT_ADVICE_H
#define TLSRPT_ADVICE_H

#include "tlsrpt/explain.h"

#include <glib.h>
#include <stddef.h>

#define LIST(...) ((const char *const[]){ __VA_ARGS__, NULL })

/* The explanations of one vocabulary. */
typedef struct {
	const Explanation *entries;
	size_t n;
} Advice;

extern const Advice advice_result_types, advice_policy_types, advice_kinds, advice_reasons_standard,
	advice_reasons_x509, advice_reasons_go, advice_reasons_openssl, advice_reasons_mox,
	advice_reasons_stalwart;

/* Commands that show what a sender sees. */
#define S_CLIENT_SMTP "openssl s_client -starttls smtp -connect %M:25 -servername %M"
#define S_CLIENT_HTTPS "openssl s_client -connect mta-sts.%D:443 -servername mta-sts.%D"
#define VERIFY_SMTP (S_CLIENT_SMTP " -verify_hostname %M -verify_return_error -brief </dev/null")
#define VERIFY_HTTPS \
	(S_CLIENT_HTTPS " -verify_hostname mta-sts.%D -verify_return_error -brief </dev/null")
#define GET_POLICY "curl -sSi https://mta-sts.%D/.well-known/mta-sts.txt"
#define GET_RECORD "dig +short TXT _mta-sts.%D"
#define GET_MX "dig +short MX %D"
#define GET_TLSA "dig +short TLSA _25._tcp.%M"
#define VALIDATE_TLSA "delv TLSA _25._tcp.%M"
#define FINGER "posttls-finger -c -l dane %D"
/* Prints the digest that a TLSA record 3 1 1 has as its data. */
#define HASH_KEY \
	(S_CLIENT_SMTP " </dev/null 2>/dev/null | openssl x509 -noout -pubkey" \
		       " | openssl pkey -pubin -outform DER | openssl dgst -sha256")

/* What must not be forgotten. */
#define MIND_TLSA \
	("If the MX has TLSA records, a new key (3 1 1) or a new CA (2 1 1) stops mail from " \
	 "senders with DANE: keep it (certbot: --reuse-key), or publish its record beside the old " \
	 "one and wait two TTL before the switch.")
#define GIVE_UP_STS \
	("To give MTA-STS up: serve mode none under a new id until the old max_age is over; only " \
	 "then remove the TXT record.")

/* What a failure does to mail. */
extern const char advice_held[], advice_delivered[], advice_deferred[], advice_without_policy[],
	advice_without_test[];

typedef const char *const AdviceList[];

/* Commands that show whether it still fails; each list ends with NULL. */
extern AdviceList advice_see_starttls, advice_see_protocols, advice_see_chain,
	advice_see_certificate, advice_see_names, advice_see_dates, advice_see_policy,
	advice_see_record, advice_see_policy_mx, advice_see_policy_host, advice_see_policy_chain,
	advice_see_policy_dates, advice_see_tlsa, advice_see_dnssec, advice_see_name_servers;

/* Programs and sites that answer better; likewise. */
extern AdviceList advice_check_certificate, advice_check_policy, advice_check_tlsa;

/* What to do; likewise. */
extern AdviceList advice_serve_chain, advice_reissue, advice_change_ca, advice_renew,
	advice_align_mx, advice_serve_policy, advice_reach_policy_host, advice_correct_policy,
	advice_correct_record, advice_repair_policy_host, advice_publish_tlsa, advice_correct_tlsa,
	advice_sign_again, advice_reach_name_servers, advice_set_up_tls, advice_look_at_load,
	advice_enable_starttls, advice_nothing_here;

#endif
