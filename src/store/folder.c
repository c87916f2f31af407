/*
 * Whom the files of a store belong to, and who may do what with them.
 *
 * The group may read and changes nothing: the directory has mode 0750 and the files 0640.  The lock
 * file has 0600, since whoever can open it can hold up all deliveries by locking it.
 *
 * A directory that others may write to (/tmp, one that a group may write to, a store of an earlier
 * version) may hold whatever they have put there.  So no file is opened by its path: the directory
 * is opened once, its files are opened relative to its descriptor without following a link, and
 * each is examined before it is used.  SQLite, too, opens its files in this way, by
 * folder_system_open().  The mode and the owner of a file are set through its descriptor.
 *
 * If root runs the program and the directory belongs to another user, the process becomes that user
 * before it opens any file.  Then the owner owns what it makes, and a path that somebody has
 * redirected leads to nothing that the owner could not write to anyway.  Where root makes a store
 * or gives it away, and where the directory belongs to root, a path that leads through a symbolic
 * link of somebody else is refused.
 */
#include "folder.h"

#include "files.h"
#include "way.h"

#include "tlsrpt/error.h"
#include "tlsrpt/user.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <pwd.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define FILE_MODE 0640
#define LOCK_MODE 0600
#define DIRECTORY_MODE 0750

/* O_NONBLOCK, since open() would wait at a fifo that somebody has put there. */
#define OPEN_FLAGS (O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK)

/* The bytes that SQLite locks, as its file format documents them. */
#define SHM_EXCLUSIVE 120 /* held to write, checkpoint or recover, never to read */
#define SHM_READERS 123
#define SHM_OPEN 128 /* held by every process that has the file open */
#define DATABASE_PENDING 0x40000000
#define DATABASE_SHARED 0x40000002
#define DATABASE_SHARED_SIZE 510

#define LOCK_POLL_US 20000

struct StoreFolder {
	int descriptor;
	char *directory, *name, *path; /* all without symbolic links */
	uid_t owner; /* of the directory */
	bool writes;
	char *refusal; /* why a file was not opened, or NULL */
	/* Descriptors by which to ask who holds a lock; -1 while there is none. */
	int database, shared_memory; /* those that SQLite uses */
	int watched; /* opened by us, of the shared memory */
};

/*
 * The folders that are open.  folder_system_open() looks one up here, since SQLite passes only a
 * path.
 */
static GSList *folders;

static bool
fail_errno(TlsrptError code, const char *what, GError **error)
{
	g_set_error(error, TLSRPT_ERROR, code, "the store: %s: %s", what, g_strerror(errno));
	return false;
}

/* Likewise of the directory: its path is named, and who may do it. */
static bool
fail_directory(const char *what, const char *directory, GError **error)
{
	const bool is_refused = errno == EACCES || errno == EPERM;
	g_autofree char *why = user_refusal(directory, errno);

	g_set_error(error, TLSRPT_ERROR, TLSRPT_ERROR_STORE_READONLY, "the store: %s %s: %s%s",
		what, directory, why,
		is_refused ? "; run \"tlsrpt-ingest --init --owner=USER\" as root" : "");
	return false;
}

/* Makes the latest changes to the entries of a directory durable. */
static bool
sync_directory(int at, const char *name)
{
	const int descriptor = openat(at, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	const bool ok = descriptor >= 0 && fsync(descriptor) == 0;

	if (descriptor >= 0)
		close(descriptor);
	return ok;
}

static bool
fail_foreign(uid_t owner, GError **error)
{
	g_autofree char *user = user_name(owner);

	g_set_error(error, TLSRPT_ERROR, TLSRPT_ERROR_UNSUPPORTED,
		"the store: a symbolic link on the way to its directory belongs to %s", user);
	return false;
}

/* Makes one directory, whose parent must exist. */
static bool
make_own(const char *directory, GError **error)
{
	g_return_val_if_fail(directory != NULL, false);

	g_autofree char *parent = g_path_get_dirname(directory);
	g_autofree char *name = g_path_get_basename(directory);
	struct stat status = { 0 };
	WayLinks links;
	const int at = way_open(parent, &links);
	const bool is_open = at >= 0 && fstat(at, &status) == 0;
	const bool is_foreign = is_open && geteuid() == 0 && way_is_foreign(&links, status.st_uid);
	const bool made = is_open && !is_foreign && mkdirat(at, name, 0700) == 0;
	const int problem = made ? 0 : errno;
	const bool ok = made ? sync_directory(at, ".") : is_open && problem == EEXIST;

	if (at >= 0)
		close(at);
	if (is_foreign)
		return fail_foreign(links.owner, error);
	if (ok)
		return true;
	if (made)
		return fail_errno(TLSRPT_ERROR_IO, "the directory above its own", error);
	errno = problem;
	return fail_directory("cannot make its directory", directory, error);
}

/* Makes a directory and its missing parents, with the rights of the user who runs the program. */
static bool
make_all(const char *directory, GError **error)
{
	g_autofree char *parent = g_path_get_dirname(directory);

	if (g_file_test(directory, G_FILE_TEST_EXISTS))
		return true;
	if (g_mkdir_with_parents(directory, 0700) != 0)
		return fail_directory("cannot make its directory", directory, error);
	return sync_directory(AT_FDCWD, parent)
		|| fail_errno(TLSRPT_ERROR_IO, "the directory above its own", error);
}

static bool
make_directory(const char *directory, StoreDirectory how, GError **error)
{
	switch (how) {
	case DIRECTORY_MUST_EXIST:
		break;
	case DIRECTORY_OF_ITS_OWN:
		return make_own(directory, error);
	case DIRECTORY_MAKE_ALL:
		return make_all(directory, error);
	}
	return true;
}

/* Whether a directory holds nothing but a store: only then may it be given away. */
static bool
is_its_own(const StoreFolder *folder, GError **error)
{
	const int descriptor = openat(folder->descriptor, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *entries = descriptor >= 0 ? fdopendir(descriptor) : NULL;
	const struct dirent *entry = NULL;
	bool ok = true;

	if (entries == NULL) {
		fail_errno(TLSRPT_ERROR_STORE_READONLY, "its directory", error);
		if (descriptor >= 0)
			close(descriptor);
		return false;
	}
	while (ok && (entry = readdir(entries)) != NULL)
		ok = strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0
			|| g_str_has_prefix(entry->d_name, folder->name);
	closedir(entries);
	if (!ok)
		g_set_error_literal(error, TLSRPT_ERROR, TLSRPT_ERROR_CONFIG,
			"the store's directory holds other files: give it one of its own");
	return ok;
}

static bool
open_directory(StoreFolder *folder, const char *directory, struct stat *status, WayLinks *links,
	GError **error)
{
	char *real = realpath(directory, NULL);

	folder->directory = g_strdup(real);
	free(real);
	if (folder->directory != NULL)
		folder->descriptor = way_open(directory, links);
	return (folder->descriptor >= 0 && fstat(folder->descriptor, status) == 0)
		|| fail_directory("its directory", directory, error);
}

/*
 * Refuses a path through a symbolic link of somebody else, who could otherwise choose what root
 * makes or gives away.
 */
static bool
check_way(const StoreFolder *folder, const WayLinks *links, uid_t owner, bool gives, GError **error)
{
	return geteuid() != 0 || !folder->writes || (owner != 0 && !gives)
		|| !way_is_foreign(links, owner) || fail_foreign(links->owner, error);
}

StoreFolder *
folder_open(const char *path, const StoreOptions *options, GError **error)
{
	g_autofree char *directory = g_path_get_dirname(path);
	const StoreDirectory how = options != NULL ? options->directory : DIRECTORY_MUST_EXIST;
	StoreFolder *folder = g_new0(StoreFolder, 1);
	struct stat status;
	WayLinks links;

	folder->descriptor = folder->database = folder->shared_memory = folder->watched = -1;
	folder->writes = options != NULL;
	folder->name = g_path_get_basename(path);
	bool ok = make_directory(directory, how, error)
		&& open_directory(folder, directory, &status, &links, error)
		&& check_way(folder, &links, status.st_uid, how == DIRECTORY_OF_ITS_OWN, error)
		&& (how != DIRECTORY_OF_ITS_OWN || is_its_own(folder, error))
		&& files_check_file_system(folder->descriptor, error);
	if (ok && geteuid() == 0 && status.st_uid != 0)
		ok = user_become(status.st_uid, status.st_gid,
			options == NULL || !options->stays_root, error);
	if (!ok) {
		folder_close(folder);
		return NULL;
	}
	folder->owner = status.st_uid;
	folder->path = g_build_filename(folder->directory, folder->name, NULL);
	folders = g_slist_prepend(folders, folder);
	return folder;
}

void
folder_close(StoreFolder *folder)
{
	if (folder == NULL)
		return;
	folders = g_slist_remove(folders, folder);
	if (folder->watched >= 0)
		close(folder->watched);
	if (folder->descriptor >= 0)
		close(folder->descriptor);
	g_free(folder->directory);
	g_free(folder->name);
	g_free(folder->path);
	g_free(folder->refusal);
	g_free(folder);
}

const char *
folder_path(const StoreFolder *folder)
{
	return folder->path;
}

bool
folder_has(const StoreFolder *folder, const char *suffix)
{
	g_autofree char *name = g_strconcat(folder->name, suffix, NULL);
	struct stat status;

	return fstatat(folder->descriptor, name, &status, AT_SYMLINK_NOFOLLOW) == 0;
}

static void
refuse(StoreFolder *folder, const char *name, const char *why)
{
	g_free(folder->refusal);
	folder->refusal = g_strdup_printf("the store's file \"%s\" %s", name, why);
}

/* Whether a file belongs to the store; if not, notes the reason. */
static bool
is_ours(StoreFolder *folder, const char *name, const struct stat *status)
{
	const uid_t me = geteuid();

	if (S_ISLNK(status->st_mode) || !S_ISREG(status->st_mode)) {
		refuse(folder, name,
			S_ISLNK(status->st_mode) ? "is a symbolic link" : "is no regular file");
		return false;
	}
	if (status->st_uid != folder->owner && (me == 0 || status->st_uid != me)) {
		g_autofree char *user = user_name(status->st_uid);
		g_autofree char *owner = user_name(folder->owner);
		g_autofree char *why = g_strdup_printf(
			"belongs to %s, and not to %s, whose directory it is in", user, owner);
		refuse(folder, name, why);
		return false;
	}
	/* Under its other name it has another WAL beside it, whose content would be lost. */
	if (folder->writes && status->st_nlink != 1) {
		refuse(folder, name, "has a second name (a hard link): it is not written to");
		return false;
	}
	return true;
}

/*
 * Whether the file itself is a mount point, as containers mount single files.  Then it has another
 * name elsewhere, with another WAL beside it.  False where the kernel does not tell.
 */
static bool
is_mounted(int descriptor)
{
#ifdef STATX_ATTR_MOUNT_ROOT
	struct statx status;

	return statx(descriptor, "", AT_EMPTY_PATH, 0, &status) == 0
		&& (status.stx_attributes & STATX_ATTR_MOUNT_ROOT) != 0;
#else
	(void)descriptor;
	return false;
#endif
}

/* Whether an open file belongs to the store; if not, notes the reason. */
static bool
may_use(StoreFolder *folder, const char *name, int descriptor)
{
	struct stat status;

	if (fstat(descriptor, &status) != 0 || !is_ours(folder, name, &status))
		return false;
	if (!folder->writes || !is_mounted(descriptor))
		return true;
	refuse(folder, name, "is mounted there by itself: mount its directory to write to it");
	return false;
}

/* Notes what is wrong with a file that could not be opened, unless permission was lacking. */
static void
explain(StoreFolder *folder, const char *name)
{
	const int problem = errno;
	struct stat status;

	if (problem != ENOENT && problem != EEXIST
		&& fstatat(folder->descriptor, name, &status, AT_SYMLINK_NOFOLLOW) == 0)
		(void)is_ours(folder, name, &status);
	errno = problem;
}

/* Opens a file of the store; -1 with errno. */
static int
open_file(StoreFolder *folder, const char *name, int flags, mode_t mode)
{
	const int descriptor = openat(folder->descriptor, name, flags | OPEN_FLAGS, mode);

	if (descriptor < 0) {
		explain(folder, name);
		return -1;
	}
	if (may_use(folder, name, descriptor))
		return descriptor;
	close(descriptor);
	errno = EPERM;
	return -1;
}

/*
 * Makes a file whose mode does not depend on the umask; -1 with errno, which is EEXIST if it
 * exists.
 */
static int
make_file(StoreFolder *folder, const char *name, mode_t mode)
{
	const int descriptor = open_file(folder, name, O_RDWR | O_CREAT | O_EXCL, mode);

	if (descriptor < 0 || fchmod(descriptor, mode) == 0)
		return descriptor;

	const int problem = errno;
	close(descriptor);
	errno = problem;
	return -1;
}

bool
folder_explain(const StoreFolder *folder, GError **error)
{
	if (folder->refusal == NULL)
		return false;
	g_clear_error(error);
	g_set_error_literal(error, TLSRPT_ERROR, TLSRPT_ERROR_UNSUPPORTED, folder->refusal);
	return true;
}

bool
folder_fail_permission(const StoreFolder *folder, GError **error)
{
	struct stat status;
	const bool found = fstatat(folder->descriptor, folder->name, &status, AT_SYMLINK_NOFOLLOW)
		== 0;
	g_autofree char *owner = user_name(found ? status.st_uid : folder->owner);

	g_autofree char *user = user_name(geteuid());
	g_set_error(error, TLSRPT_ERROR, TLSRPT_ERROR_STORE_READONLY,
		"the store %s/%s belongs to %s, and only that user may write to it, not %s:"
		" \"sudo -u %s\"",
		folder->directory, folder->name, owner, user, owner);
	return false;
}

/* Turns errno, after a file could not be written, into an error.  Returns false. */
static bool
fail_file(const StoreFolder *folder, const char *what, GError **error)
{
	const int problem = errno;

	if (folder_explain(folder, error))
		return false;
	if ((problem == EACCES || problem == EPERM) && geteuid() != folder->owner)
		return folder_fail_permission(folder, error);
	errno = problem;
	return fail_errno(TLSRPT_ERROR_STORE_READONLY, what, error);
}

int
folder_open_lock(StoreFolder *folder, GError **error)
{
	g_autofree char *name = g_strconcat(folder->name, "-lock", NULL);
	int descriptor = make_file(folder, name, LOCK_MODE);

	if (descriptor < 0 && errno == EEXIST)
		descriptor = open_file(folder, name, O_RDWR, 0);
	if (descriptor < 0)
		fail_file(folder, "its lock file", error);
	return descriptor;
}

bool
folder_make_database(StoreFolder *folder, GError **error)
{
	const int descriptor = make_file(folder, folder->name, FILE_MODE);

	/*
	 * This process has the file open nowhere else, so closing it takes no lock away from
	 * SQLite.
	 */
	if (descriptor >= 0)
		close(descriptor);
	else if (errno == EEXIST)
		return true;
	else
		return fail_file(folder, "cannot open it", error);
	return sync_directory(folder->descriptor, ".")
		|| fail_errno(TLSRPT_ERROR_IO, "its directory", error);
}

/*
 * The open folder of the store that a path belongs to, and the end of the path after the database's
 * name; NULL for another path.
 */
static StoreFolder *
find_folder(const char *path, const char **suffix)
{
	static const char *const suffixes[] = { "", "-wal", "-shm", "-journal" };

	for (GSList *link = folders; link != NULL; link = link->next) {
		StoreFolder *folder = link->data;
		if (!g_str_has_prefix(path, folder->path))
			continue;
		*suffix = path + strlen(folder->path);
		for (size_t i = 0; i < G_N_ELEMENTS(suffixes); i++) {
			if (strcmp(*suffix, suffixes[i]) == 0)
				return folder;
		}
	}
	return NULL;
}

int
folder_system_open(const char *path, int flags, int mode)
{
	const char *suffix;
	StoreFolder *folder = find_folder(path, &suffix);

	if (folder == NULL)
		return open(path, flags | O_CLOEXEC, mode);

	g_autofree char *name = g_strconcat(folder->name, suffix, NULL);
	const int descriptor = open_file(folder, name, flags, (mode_t)mode);
	if (*suffix == '\0')
		folder->database = descriptor;
	else if (strcmp(suffix, "-shm") == 0)
		folder->shared_memory = descriptor;
	return descriptor;
}

/*
 * The process that holds a lock which conflicts with one of the given type; *held is the type of
 * that lock.
 */
static pid_t
lock_holder(int descriptor, short type, off_t start, off_t length, short *held)
{
	struct flock lock = {
		.l_type = type, .l_whence = SEEK_SET, .l_start = start, .l_len = length
	};

	*held = F_UNLCK;
	if (descriptor < 0 || fcntl(descriptor, F_GETLK, &lock) != 0)
		return 0;
	*held = lock.l_type;
	return lock.l_type != F_UNLCK && lock.l_pid > 0 ? lock.l_pid : 0;
}

int64_t
folder_lock_holder(const StoreFolder *folder)
{
	const struct {
		int descriptor;
		short type;
		off_t start, length;
	} locks[] = {
		{ folder->shared_memory, F_WRLCK, SHM_EXCLUSIVE, SHM_READERS - SHM_EXCLUSIVE },
		{ folder->shared_memory, F_RDLCK, SHM_READERS, SHM_OPEN + 1 - SHM_READERS },
		{ folder->database, F_WRLCK, DATABASE_PENDING, DATABASE_SHARED - DATABASE_PENDING },
		{ folder->database, F_RDLCK, DATABASE_SHARED, DATABASE_SHARED_SIZE },
	};
	pid_t holder = 0;
	short held;

	for (size_t i = 0; i < G_N_ELEMENTS(locks) && holder == 0; i++)
		holder = lock_holder(
			locks[i].descriptor, locks[i].type, locks[i].start, locks[i].length, &held);
	return holder;
}

/*
 * Whether somebody holds a read lock on a byte on which SQLite itself never takes one; *holder is
 * the process.  SQLite's readers do lock the byte that marks the file as open.
 */
static bool
is_blocked(const StoreFolder *folder, pid_t *holder)
{
	short held, open_held;

	*holder = lock_holder(
		folder->watched, F_WRLCK, SHM_EXCLUSIVE, SHM_READERS - SHM_EXCLUSIVE, &held);
	if (held == F_RDLCK)
		return true;
	(void)lock_holder(folder->watched, F_WRLCK, SHM_OPEN, 1, &open_held);
	*holder = lock_holder(folder->watched, F_WRLCK, SHM_READERS, SHM_OPEN - SHM_READERS, &held);
	return held == F_RDLCK && open_held == F_UNLCK;
}

bool
folder_wait_for_locks(StoreFolder *folder, int64_t wait_until, GError **error)
{
	g_autofree char *name = g_strconcat(folder->name, "-shm", NULL);
	pid_t holder;

	/*
	 * The descriptor stays open as long as SQLite has the file open, since closing it would
	 * release SQLite's locks, too.
	 */
	folder->watched = open_file(folder, name, O_RDONLY, 0);
	while (is_blocked(folder, &holder)) {
		if (g_get_monotonic_time() >= wait_until) {
			/* A lock of an open file description has no process. */
			g_autofree char *who = holder > 0
				? g_strdup_printf("process %ld", (long)holder)
				: g_strdup("somebody");
			g_set_error(error, TLSRPT_ERROR, TLSRPT_ERROR_STORE_BUSY,
				"the store is busy: %s holds a lock on its -shm file", who);
			return false;
		}
		usleep(LOCK_POLL_US);
	}
	return true;
}

/* Gives the existing files to the new owner. */
static bool
give_files(StoreFolder *folder, uid_t uid, gid_t gid, GError **error)
{
	static const struct {
		const char *suffix;
		mode_t mode;
	} files[] = {
		{ "", FILE_MODE },
		{ "-wal", FILE_MODE },
		{ "-shm", FILE_MODE },
		{ "-journal", FILE_MODE },
		{ "-lock", LOCK_MODE },
	};

	for (size_t i = 0; i < G_N_ELEMENTS(files); i++) {
		g_autofree char *name = g_strconcat(folder->name, files[i].suffix, NULL);
		const int descriptor = open_file(folder, name, O_RDONLY, 0);
		if (descriptor < 0 && errno == ENOENT)
			continue;
		if (descriptor < 0)
			return fail_file(folder, "cannot give it away", error);
		const bool ok = fchown(descriptor, uid, gid) == 0
			&& fchmod(descriptor, files[i].mode) == 0;
		const int problem = errno;
		close(descriptor);
		errno = problem;
		if (!ok)
			return fail_errno(
				TLSRPT_ERROR_STORE_READONLY, "cannot give it away", error);
	}
	return true;
}

/*
 * New files get the group of the process that makes them.  If that is not the group of the
 * directory, the directory gets the set-group-id bit, so that its readers can also read the files
 * that the next delivery makes.
 */
static mode_t
directory_mode(uid_t uid, gid_t gid)
{
	const struct passwd *user = getpwuid(uid);

	return user == NULL || user->pw_gid == gid ? DIRECTORY_MODE : DIRECTORY_MODE | S_ISGID;
}

static bool
give_all(StoreFolder *folder, const struct stat *status, int64_t uid, int64_t gid, GError **error)
{
	const uid_t owner = uid >= 0 ? (uid_t)uid : status->st_uid;
	const gid_t group = gid >= 0 ? (gid_t)gid : status->st_gid;

	/* From here on nobody else can put a file there. */
	if (fchmod(folder->descriptor, DIRECTORY_MODE) != 0)
		return geteuid() != 0 && geteuid() != status->st_uid
			? folder_fail_permission(folder, error)
			: fail_errno(TLSRPT_ERROR_STORE_READONLY, "its directory", error);
	if (!give_files(folder, owner, group, error))
		return false;
	if (fchown(folder->descriptor, owner, group) != 0
		|| fchmod(folder->descriptor, directory_mode(owner, group)) != 0)
		return fail_errno(
			TLSRPT_ERROR_STORE_READONLY, "cannot give away its directory", error);
	return true;
}

bool
folder_give(const char *path, int64_t uid, int64_t gid, GError **error)
{
	g_autofree char *directory = g_path_get_dirname(path);
	StoreFolder folder = { .descriptor = -1, .watched = -1, .writes = true };
	struct stat status;
	WayLinks links;

	/*
	 * If the process began as root and became the owner to make the store, it becomes root
	 * again.
	 */
	if (!user_switch(getuid()))
		return fail_errno(TLSRPT_ERROR_STORE_READONLY, "cannot give it away", error);
	folder.name = g_path_get_basename(path);
	bool ok = open_directory(&folder, directory, &status, &links, error);
	folder.owner = ok ? status.st_uid : 0;
	ok = ok && check_way(&folder, &links, status.st_uid, true, error)
		&& is_its_own(&folder, error) && give_all(&folder, &status, uid, gid, error);
	if (folder.descriptor >= 0)
		close(folder.descriptor);
	g_free(folder.directory);
	g_free(folder.name);
	g_free(folder.refusal);
	return ok;
}
