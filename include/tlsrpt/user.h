/* Users, and the rights of this process. */
#ifndef TLSRPT_USER_H
#define TLSRPT_USER_H

#include <glib.h>
#include <stdbool.h>
#include <sys/types.h>

/* The name of a user, or its number; caller frees. */
char *user_name(uid_t uid) G_GNUC_WARN_UNUSED_RESULT;

/*
 * Makes a process of root one of another user: for good, or so that user_switch(getuid()) undoes it.
 * STORE_READONLY with errno's reason, INTERRUPTED where the parent with which this process was to die
 * has died.
 */
bool user_become(uid_t uid, gid_t gid, bool for_good, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Changes the effective user between the two that user_become() has left; false with errno. */
bool user_switch(uid_t uid) G_GNUC_WARN_UNUSED_RESULT;

#endif
