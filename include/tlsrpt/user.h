/* Names of users, and changing the user of this process. */
#ifndef TLSRPT_USER_H
#define TLSRPT_USER_H

#include <glib.h>
#include <stdbool.h>
#include <sys/types.h>

/* The name of a user, or its number; caller frees. */
char *user_name(uid_t uid) G_GNUC_WARN_UNUSED_RESULT;

/* Likewise of a group. */
char *user_group_name(gid_t gid) G_GNUC_WARN_UNUSED_RESULT;

/*
 * What the system says of a problem (errno) with a file.  Where a permission is missing, also to whom,
 * and who has it: the owner, the group and the mode of the file or, if that cannot be seen, of the
 * directory on the way to it that may not be searched.  Caller frees.
 */
char *user_refusal(const char *path, int problem) G_GNUC_WARN_UNUSED_RESULT;

/*
 * Makes a process of root a process of another user: for good, or so that user_switch(getuid())
 * undoes it.  STORE_READONLY with the reason if the system refuses.  INTERRUPTED if this process
 * was set to die together with its parent, and the parent has died meanwhile.
 */
bool user_become(uid_t uid, gid_t gid, bool for_good, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/*
 * Changes the effective user to either of the two between which user_become() lets the process
 * switch; false with errno.
 */
bool user_switch(uid_t uid) G_GNUC_WARN_UNUSED_RESULT;

#endif
