#include "replace_file.h"

#include "tlsrpt/error.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define NEW_MODE 0640
#define KEPT_MODES 0666 /* of a file that is replaced: never those to run it */
#define TRIES 100
#define NUMBER_DIGITS 8 /* hexadecimal, at the end of the name of a new file */
#define LEFT_S INT64_C(86400) /* nobody writes at a new file for so long */

typedef struct {
	const char *path;
	char *name, *temporary; /* in the directory */
	int directory, descriptor; /* -1 if not open */
	mode_t mode;
	gid_t group;
	bool has_old; /* there is a file to be replaced, with that mode and group */
} Replacing;

static void
replacing_clear(Replacing *replacing)
{
	/* What is left of it is no use. */
	if (replacing->temporary != NULL)
		(void)unlinkat(replacing->directory, replacing->temporary, 0);
	if (replacing->descriptor >= 0)
		(void)close(replacing->descriptor);
	if (replacing->directory >= 0)
		(void)close(replacing->directory);
	g_free(replacing->temporary);
	g_free(replacing->name);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Replacing, replacing_clear)

static bool
fail(const Replacing *replacing, const char *what, GError **error)
{
	g_set_error(error, TLSRPT_ERROR, TLSRPT_ERROR_IO, "%s: %s", replacing->path, what);
	return false;
}

static bool
fail_errno(const Replacing *replacing, GError **error)
{
	return fail(replacing, g_strerror(errno), error);
}

/* Opens the directory once, so that renaming it meanwhile misleads nobody. */
static bool
open_directory(Replacing *replacing, GError **error)
{
	g_autofree char *directory = g_path_get_dirname(replacing->path);

	replacing->name = g_path_get_basename(replacing->path);
	if (*replacing->path == '\0' || g_str_has_suffix(replacing->path, "/"))
		return fail(replacing, "is no name of a file", error);
	replacing->directory = open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	return replacing->directory >= 0 || fail_errno(replacing, error);
}

/* Looks at what is there. */
static bool
look(Replacing *replacing, GError **error)
{
	struct stat old;

	replacing->mode = NEW_MODE;
	if (fstatat(replacing->directory, replacing->name, &old, AT_SYMLINK_NOFOLLOW) != 0)
		return errno == ENOENT || fail_errno(replacing, error);
	if (S_ISLNK(old.st_mode))
		return fail(
			replacing, "is a symbolic link; give the path of the file itself", error);
	if (!S_ISREG(old.st_mode))
		return fail(replacing, "is not a regular file", error);
	replacing->has_old = true;
	replacing->mode = old.st_mode & KEPT_MODES;
	replacing->group = old.st_gid;
	return true;
}

/* What the name of a new file begins with; caller frees. */
static char *
new_prefix(const Replacing *replacing)
{
	return g_strdup_printf(".%.200s.", replacing->name);
}

/* Whether an entry of the directory is a new file of ours that its writer, who was killed, left. */
static bool
is_left(const Replacing *replacing, const char *prefix, const char *name)
{
	const char *number = g_str_has_prefix(name, prefix) ? name + strlen(prefix) : "";
	struct stat status;

	return strlen(number) == NUMBER_DIGITS
		&& strspn(number, "0123456789abcdef") == NUMBER_DIGITS
		&& fstatat(replacing->directory, name, &status, AT_SYMLINK_NOFOLLOW) == 0
		&& S_ISREG(status.st_mode) && status.st_uid == geteuid()
		&& status.st_mtime < g_get_real_time() / G_USEC_PER_SEC - LEFT_S;
}

/* Removes what killed writers left, which would pile up; what cannot be removed is in nobody's way. */
static void
collect_left(const Replacing *replacing)
{
	const int descriptor = openat(
		replacing->directory, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *entries = descriptor >= 0 ? fdopendir(descriptor) : NULL;
	g_autofree char *prefix = new_prefix(replacing);
	const struct dirent *entry;

	if (entries == NULL) {
		if (descriptor >= 0)
			(void)close(descriptor);
		return;
	}
	while ((entry = readdir(entries)) != NULL) {
		if (is_left(replacing, prefix, entry->d_name))
			(void)unlinkat(replacing->directory, entry->d_name, 0);
	}
	(void)closedir(entries);
}

/* Makes the new file, which nobody else may read yet. */
static bool
make(Replacing *replacing, GError **error)
{
	g_autofree char *prefix = new_prefix(replacing);

	for (int i = 0; i < TRIES; i++) {
		g_autofree char *name = g_strdup_printf(
			"%s%0*x", prefix, NUMBER_DIGITS, g_random_int());
		replacing->descriptor = openat(replacing->directory, name,
			O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
		if (replacing->descriptor >= 0) {
			replacing->temporary = g_steal_pointer(&name);
			return true;
		}
		if (errno != EEXIST)
			break;
	}
	return fail_errno(replacing, error);
}

static bool
fill(const Replacing *replacing, WriteFile write_file, const void *data, GError **error)
{
	const int copy = fcntl(replacing->descriptor, F_DUPFD_CLOEXEC, 0);
	FILE *file = copy >= 0 ? fdopen(copy, "w") : NULL;

	if (file == NULL) {
		if (copy >= 0)
			(void)close(copy);
		return fail_errno(replacing, error);
	}
	errno = 0;
	write_file(file, data);
	const bool written = fflush(file) == 0 && ferror(file) == 0;
	const int number = errno != 0 ? errno : EIO;
	(void)fclose(file);
	errno = number;
	return written || fail_errno(replacing, error);
}

/*
 * Whether it matters whose group the file has: only if that may read what others may not.  A file that
 * cannot be given away any more is an error then, rather than one that the web server cannot read.
 */
static bool
group_matters(const Replacing *replacing)
{
	return ((replacing->mode >> 3) & 7) != (replacing->mode & 7);
}

static bool
set_mode(const Replacing *replacing, GError **error)
{
	struct stat made;

	if (fstat(replacing->descriptor, &made) != 0)
		return fail_errno(replacing, error);
	if (replacing->has_old && made.st_gid != replacing->group
		&& fchown(replacing->descriptor, (uid_t)-1, replacing->group) != 0
		&& group_matters(replacing))
		return fail(
			replacing, "cannot give the new file to the group of the old one", error);
	return fchmod(replacing->descriptor, replacing->mode) == 0 || fail_errno(replacing, error);
}

/* The name is that of the new file once this is on the disk, too. */
static bool
put(Replacing *replacing, GError **error)
{
	if (fsync(replacing->descriptor) != 0
		|| renameat(replacing->directory, replacing->temporary, replacing->directory,
			   replacing->name)
			!= 0)
		return fail_errno(replacing, error);
	g_clear_pointer(&replacing->temporary, g_free);
	return fsync(replacing->directory) == 0 || fail_errno(replacing, error);
}

bool
replace_file(const char *path, WriteFile write_file, const void *data, GError **error)
{
	g_auto(Replacing) replacing = { .path = path, .directory = -1, .descriptor = -1 };

	if (!open_directory(&replacing, error) || !look(&replacing, error))
		return false;
	collect_left(&replacing);
	return make(&replacing, error) && fill(&replacing, write_file, data, error)
		&& set_mode(&replacing, error) && put(&replacing, error);
}
