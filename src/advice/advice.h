/*
 * What the vocabularies share: each is a file with a table of explanations, and explain.c looks
 * through all of them.  In a command %D is the policy domain, %M the receiving MX.
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

extern const Advice advice_result_types, advice_policy_types, advice_reasons_standard,
	advice_reasons_go, advice_reasons_openssl, advice_reasons_mox, advice_reasons_stalwart;

/* Commands that show it. */
#define S_CLIENT_SMTP "openssl s_client -starttls smtp -connect %M:25 -servername %M"
#define S_CLIENT_HTTPS "openssl s_client -connect mta-sts.%D:443 -servername mta-sts.%D"
#define VERIFY_SMTP (S_CLIENT_SMTP " -verify_hostname %M -verify_return_error </dev/null")
#define VERIFY_HTTPS (S_CLIENT_HTTPS " -verify_hostname mta-sts.%D -verify_return_error </dev/null")
#define GET_POLICY "curl -sv https://mta-sts.%D/.well-known/mta-sts.txt"
#define GET_RECORD "dig +short TXT _mta-sts.%D"
#define GET_MX "dig +short MX %D"
#define GET_TLSA "dig +short TLSA _25._tcp.%M"
#define VALIDATE_TLSA "delv TLSA _25._tcp.%M"
#define FINGER "posttls-finger -c -l dane %D"
/* The data of a record 3 1 1. */
#define HASH_KEY \
	(S_CLIENT_SMTP " </dev/null | openssl x509 -noout -pubkey" \
		       " | openssl pkey -pubin -outform DER | openssl dgst -sha256")

/* What a failure does to mail. */
extern const char advice_held[], advice_delivered[], advice_deferred[], advice_without_policy[],
	advice_without_test[];

/* Commands that show whether it still fails; each list ends with NULL. */
extern const char *const advice_see_starttls[],
	*const advice_see_protocols[],
		*const advice_see_chain[],
			*const advice_see_certificate[],
				*const advice_see_names[],
					*const advice_see_dates[],
						*const advice_see_policy[],
							*const advice_see_record[],
								*const advice_see_policy_mx[],
									*const advice_see_policy_host[],
										*const advice_see_policy_chain[],
											*const advice_see_policy_dates[],
												*const advice_see_tlsa[],
													*const advice_see_dnssec
														[];

/* What to do; likewise. */
extern const char *const advice_serve_chain[],
	*const advice_reissue[],
		*const advice_change_ca[],
			*const advice_renew[],
				*const advice_align_mx[],
					*const advice_serve_policy[],
						*const advice_reach_policy_host[],
							*const advice_correct_policy[],
								*const advice_correct_record[],
									*const advice_repair_policy_host[],
										*const advice_publish_tlsa[],
											*const advice_correct_tlsa[],
												*const advice_sign_again[],
													*const advice_set_up_tls[],
														*const advice_look_at_load[],
															*const advice_enable_starttls
																[],
																	*const advice_nothing_here
																		[];

#endif
