/* The configuration file, tlsrpt.conf(5). */
#ifndef TLSRPT_CONFIG_H
#define TLSRPT_CONFIG_H

#include "tlsrpt/limits.h"

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#define CONFIG_DEFAULT_FILE "/etc/tlsrpt.conf"

typedef enum {
	LOG_TO_EITHER, /* syslog where the system has it, else standard error */
	LOG_TO_SYSLOG,
	LOG_TO_STDERR,
} LogTarget;

/* Whose reports move alarms, baselines, modes and silences; what others say is shown as unverified. */
typedef enum {
	BELIEVE_AUTHENTICATED, /* whoever has auth pass */
	BELIEVE_LISTED, /* whoever has auth pass by one of the domains in reporters */
	BELIEVE_ALL,
} Believe;

typedef struct {
	char *store_uri; /* [store] uri; NULL if not given */
	/* [ingest] */
	bool reject, require_auth, accept_https;
	char **own_domains, **trusted_authserv_ids, **trusted_hosts; /* never NULL */
	LogTarget log;
	int64_t deadline_ms;
	Limits limits; /* [limits] */
	/* [incidents], in days */
	int64_t window_days, baseline_days, learning_days, silence_days;
	/*
	 * [incidents]; the lists are never NULL.  Reporters are signing domains in stored form
	 * (tlsrpt/hostname.h).  Those to be ignored are signing domains or organizations, in lower
	 * case (g_utf8_strdown).
	 */
	Believe believe;
	char **reporters, **ignore_reporters;
	/* [retention], in days */
	int64_t keep_days, keep_totals_days;
	/* [digest]; NULL if not given */
	char *digest_from, *digest_to;
	/* [alert]; NULL if not given */
	char *alert_from, *alert_to;
} Config;

/*
 * Reads the file or, if file is NULL, the default file, which may be absent. TLSRPT_ERROR_CONFIG
 * names the line of an unknown group or key, or of a bad value.
 */
Config *config_read(const char *file, GError **error) G_GNUC_WARN_UNUSED_RESULT;
void config_free(Config *config);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Config, config_free)

/*
 * The store to use: the option, else $TLSRPT_DB, else [store] uri, else the default of
 * tlsrpt-ingest(1). With init, a process of root gets the system's store by default even if its
 * directory is missing. A relative path is made absolute from the working directory.  *is_default
 * says that the default was taken.  TLSRPT_ERROR_CONFIG if there is no store to use; caller frees.
 */
char *config_store_uri(const Config *config, const char *option, bool init, bool *is_default,
	GError **error) G_GNUC_WARN_UNUSED_RESULT;

#endif
