/*
 * Neither fts(3) nor nftw(3) would do: the one keeps a whole directory in memory, and the other
 * stops at a loop of symbolic links.
 */
#include "walk.h"

#include "tlsrpt/error.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define LIST_NAME_MAX ((size_t)4 * PATH_MAX)
#define DEPTH_MAX 200 /* of directories: each takes a descriptor */

typedef struct {
	const WalkVisitor *visitor;
	GString *name; /* of where the walk is */
} Walk;

/* A directory and those that it is in. */
typedef struct Level {
	const struct Level *outer;
	dev_t device;
	ino_t inode;
	int depth;
} Level;

static bool
tell_problem(const Walk *walk, TlsrptError code, const char *text)
{
	g_autoptr(GError) error = g_error_new_literal(TLSRPT_ERROR, code, text);

	return walk->visitor->problem(walk->name->str, error, walk->visitor->data);
}

/* What has failed by errno. A link that leads nowhere now will not do so later. */
static bool
tell_errno(const Walk *walk, int directory, const char *entry)
{
	const int problem = errno;
	struct stat status;
	const bool is_link = fstatat(directory, entry, &status, AT_SYMLINK_NOFOLLOW) == 0
		&& S_ISLNK(status.st_mode);

	if (is_link && (problem == ENOENT || problem == ELOOP || problem == ENOTDIR))
		return tell_problem(walk, TLSRPT_ERROR_NO_REPORT,
			problem == ELOOP ? "a loop of symbolic links"
					 : "a symbolic link to what is not there");
	return tell_problem(walk, TLSRPT_ERROR_IO, g_strerror(problem));
}

int
walk_open(int directory, const char *name, int flags)
{
	flags |= O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC;
	const int descriptor = openat(directory, name, flags | O_NOATIME);

	return descriptor >= 0 || errno != EPERM ? descriptor : openat(directory, name, flags);
}

static bool visit(Walk *walk, int directory, const char *entry, const Level *outer);

static bool
is_directory(int directory, const char *entry)
{
	struct stat status;

	/* NOLINTNEXTLINE(clang-analyzer-unix.StdCLibraryFunctions): an open DIR has a descriptor. */
	return fstatat(directory, entry, &status, 0) == 0 && S_ISDIR(status.st_mode);
}

/* Visits all that is in an open directory. */
static bool
visit_entries(Walk *walk, DIR *entries, const Level *level)
{
	const int directory = dirfd(entries);
	const bool is_maildir = is_directory(directory, "cur") && is_directory(directory, "new");
	const size_t length = walk->name->len;
	bool goes_on = true;

	while (goes_on) {
		errno = 0;
		const struct dirent *entry = readdir(entries);
		if (entry == NULL)
			return errno == 0
				|| tell_problem(walk, TLSRPT_ERROR_IO, g_strerror(errno));
		if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0
			|| (is_maildir && strcmp(entry->d_name, "tmp") == 0))
			continue;
		if (walk->name->str[length - 1] != '/')
			g_string_append_c(walk->name, '/');
		g_string_append(walk->name, entry->d_name);
		goes_on = visit(walk, directory, entry->d_name, level);
		g_string_truncate(walk->name, length);
	}
	return false;
}

static bool
visit_directory(Walk *walk, int directory, const char *entry, const struct stat *status,
	const Level *outer)
{
	const Level level = {
		.outer = outer,
		.device = status->st_dev,
		.inode = status->st_ino,
		.depth = outer != NULL ? outer->depth + 1 : 1,
	};

	for (const Level *other = outer; other != NULL; other = other->outer) {
		if (other->device == level.device && other->inode == level.inode)
			return tell_problem(walk, TLSRPT_ERROR_NO_REPORT,
				"a loop: this directory is one of those that it is in");
	}
	if (level.depth > DEPTH_MAX)
		return tell_problem(walk, TLSRPT_ERROR_IO, "too many directories in each other");

	const int descriptor = walk_open(directory, entry, O_DIRECTORY);
	DIR *entries = descriptor >= 0 ? fdopendir(descriptor) : NULL;
	if (entries == NULL) {
		const bool goes_on = tell_errno(walk, directory, entry);
		if (descriptor >= 0)
			close(descriptor);
		return goes_on;
	}
	const bool goes_on = visit_entries(walk, entries, &level);
	closedir(entries);
	return goes_on;
}

/* Visits the entry of a directory whose name is in walk. */
static bool
visit(Walk *walk, int directory, const char *entry, const Level *outer)
{
	struct stat status;

	if (fstatat(directory, entry, &status, 0) != 0)
		return tell_errno(walk, directory, entry);
	if (S_ISDIR(status.st_mode))
		return visit_directory(walk, directory, entry, &status, outer);
	if (!S_ISREG(status.st_mode))
		return tell_problem(walk, TLSRPT_ERROR_NO_REPORT, "neither a file nor a directory");
	return walk->visitor->file(walk->name->str, status.st_size, walk->visitor->data);
}

bool
walk(const char *name, const WalkVisitor *visitor)
{
	Walk state = { .visitor = visitor, .name = g_string_new(name) };
	const bool goes_on = visit(&state, AT_FDCWD, name, NULL);

	g_string_free(state.name, TRUE);
	return goes_on;
}

static bool
fail_list(const char *why, GError **error)
{
	g_set_error(error, TLSRPT_ERROR, TLSRPT_ERROR_IO, "cannot read the list of files: %s", why);
	return false;
}

/*
 * What ends a name in a list.  A name is at most PATH_MAX bytes, so in that many there is a NUL
 * if it is NUL.
 */
static bool
read_start(int descriptor, GString *start, char *separator, GError **error)
{
	char bytes[PATH_MAX + 1];
	ssize_t got;

	*separator = '\0';
	do {
		got = read(descriptor, bytes, sizeof(bytes));
		if (got < 0)
			return fail_list(g_strerror(errno), error);
		g_string_append_len(start, bytes, got);
		if (memchr(start->str, '\0', start->len) != NULL)
			return true;
	} while (got != 0 && start->len < sizeof(bytes));
	*separator = '\n';
	return true;
}

bool
walk_list(int descriptor, const WalkVisitor *visitor, GError **error)
{
	g_autoptr(GString) name = g_string_new(NULL);
	char separator;

	if (!read_start(descriptor, name, &separator, error))
		return false;
	for (;;) {
		const char *end = memchr(name->str, separator, name->len);
		if (end != NULL) {
			const size_t length = (size_t)(end - name->str);
			name->str[length] = '\0';
			if (length > 0 && !walk(name->str, visitor))
				return false;
			g_string_erase(name, 0, (gssize)length + 1);
			continue;
		}
		char bytes[4096];
		const ssize_t got = read(descriptor, bytes, sizeof(bytes));
		if (got < 0)
			return fail_list(g_strerror(errno), error);
		if (got == 0)
			return name->len == 0 || walk(name->str, visitor);
		g_string_append_len(name, bytes, got);
		if (name->len > LIST_NAME_MAX)
			return fail_list("a name is too long", error);
	}
}
