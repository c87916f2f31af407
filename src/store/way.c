#include "way.h"

#include <errno.h>
#include <fcntl.h>
#include <glib.h>
#include <limits.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define LINKS_MAX 40 /* as many as the kernel follows */
#define STEP_FLAGS (O_PATH | O_NOFOLLOW | O_CLOEXEC)

typedef struct {
	int at; /* descriptor of the directory reached; -1 if it failed */
	char *rest; /* the part of the path still to go */
	int links;
	WayLinks *owners;
} Way;

static void
note_link(WayLinks *owners, uid_t owner)
{
	if (owner == 0)
		return;
	owners->are_many = owners->are_many || (owners->are_any && owner != owners->owner);
	owners->are_any = true;
	owners->owner = owner;
}

static int
fail_step(int descriptor, int problem)
{
	if (descriptor >= 0)
		close(descriptor);
	errno = problem;
	return -1;
}

/*
 * Continues along the target of the link at descriptor, then along the path behind it; false with
 * errno.
 */
static bool
follow(Way *way, int descriptor, uid_t owner, const char *behind)
{
	char target[PATH_MAX];
	const ssize_t length = readlinkat(descriptor, "", target, sizeof(target));

	if (length < 0 || length == sizeof(target) || ++way->links > LINKS_MAX) {
		errno = length < 0 ? errno : length == sizeof(target) ? ENAMETOOLONG : ELOOP;
		return false;
	}
	note_link(way->owners, owner);
	char *rest = g_strdup_printf("%.*s/%s", (int)length, target, behind);
	g_free(way->rest);
	way->rest = rest;
	if (*target != '/')
		return true;
	close(way->at);
	way->at = open("/", STEP_FLAGS);
	return way->at >= 0;
}

/* Goes one name further along the path, which must have one left. */
static bool
step(Way *way)
{
	const char *start = way->rest + strspn(way->rest, "/");
	const size_t length = strcspn(start, "/");
	g_autofree char *name = g_strndup(start, length);
	struct stat status;
	const int next = openat(way->at, name, STEP_FLAGS);

	if (next < 0)
		return false;
	if (fstat(next, &status) != 0)
		return fail_step(next, errno) >= 0;
	if (S_ISLNK(status.st_mode)) {
		const bool ok = follow(way, next, status.st_uid, start + length);
		const int problem = errno;
		close(next);
		errno = problem;
		return ok;
	}
	char *rest = g_strdup(start + length);
	g_free(way->rest);
	way->rest = rest;
	close(way->at);
	way->at = next;
	return true;
}

int
way_open(const char *path, WayLinks *links)
{
	Way way = { .rest = g_strndup(path, strlen(path)), .owners = links };
	bool ok;

	*links = (WayLinks){ 0 };
	way.at = open(*path == '/' ? "/" : ".", STEP_FLAGS);
	ok = way.at >= 0;
	while (ok && way.rest[strspn(way.rest, "/")] != '\0')
		ok = step(&way);
	g_free(way.rest);
	if (!ok)
		return fail_step(way.at, errno);

	const int descriptor = openat(way.at, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (descriptor < 0 && errno == EACCES)
		return way.at; /* permission to search it is enough */
	if (descriptor < 0)
		return fail_step(way.at, errno);
	close(way.at);
	return descriptor;
}

bool
way_is_foreign(const WayLinks *links, uid_t owner)
{
	return links->are_any && (links->are_many || links->owner != owner);
}
