/*
 * The way to a directory, name by name.  A symbolic link leads where its owner wants: who follows one
 * with the rights of root must know whose it is.
 */
#ifndef TLSRPT_STORE_WAY_H
#define TLSRPT_STORE_WAY_H

#include <stdbool.h>
#include <sys/types.h>

/* Whose the symbolic links are that a way has led through, but for those of root. */
typedef struct {
	bool are_any, are_many; /* many: of several owners */
	uid_t owner;
} WayLinks;

/*
 * A descriptor of a directory; for one that may be searched and not read, one with O_PATH.  -1 with
 * errno.
 */
int way_open(const char *path, WayLinks *links);

/* Whether a link belongs to neither root nor the owner of what it has led to. */
bool way_is_foreign(const WayLinks *links, uid_t owner);

#endif
