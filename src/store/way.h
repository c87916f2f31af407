/*
 * Follows the path to a directory name by name.  A symbolic link leads where its owner wants, so a
 * process that follows one with the rights of root must know who owns it.
 */
#ifndef TLSRPT_STORE_WAY_H
#define TLSRPT_STORE_WAY_H

#include <stdbool.h>
#include <sys/types.h>

/* The owners of the symbolic links that a path has led through, except root. */
typedef struct {
	bool are_any, are_many; /* are_many: they have different owners */
	uid_t owner;
} WayLinks;

/*
 * Opens a directory, with O_PATH if it may only be searched.  Returns its descriptor; -1 with
 * errno.
 */
int way_open(const char *path, WayLinks *links);

/* Whether a link belongs to anybody but root and the owner of the directory that it led to. */
bool way_is_foreign(const WayLinks *links, uid_t owner);

#endif
