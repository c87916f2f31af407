#include "tlsrpt/user.h"

#include "tlsrpt/error.h"

#include <errno.h>
#include <grp.h>
#include <pwd.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <unistd.h>

char *
user_name(uid_t uid)
{
	const struct passwd *user = getpwuid(uid);

	return user != NULL ? g_strdup(user->pw_name) : g_strdup_printf("%ld", (long)uid);
}

char *
user_group_name(gid_t gid)
{
	const struct group *group = getgrgid(gid);

	return group != NULL ? g_strdup(group->gr_name) : g_strdup_printf("%ld", (long)gid);
}

char *
user_refusal(const char *path, int problem)
{
	struct stat status;

	g_assert(path != NULL);
	if (problem != EACCES && problem != EPERM)
		return g_strdup(g_strerror(problem));
	g_autofree char *user = user_name(geteuid());
	g_autofree char *seen = g_strdup(path);
	while (stat(seen, &status) != 0) {
		char *above = g_path_get_dirname(seen);
		const bool is_last = strcmp(above, seen) == 0;
		g_free(seen);
		seen = above;
		if (is_last)
			return g_strdup_printf("%s for %s", g_strerror(problem), user);
	}
	g_autofree char *owner = user_name(status.st_uid);
	g_autofree char *group = user_group_name(status.st_gid);
	return g_strdup_printf("%s for %s; %s belongs to %s, its group is %s and its mode %03o",
		g_strerror(problem), user, seen, owner, group, status.st_mode & 07777);
}

/*
 * The signal that this process gets when its parent dies; 0 for none.  When the user changes, the
 * kernel forgets it, so it has to be set again.
 */
static int
death_signal(void)
{
	int signal_number = 0;

	prctl(PR_GET_PDEATHSIG, &signal_number, 0, 0, 0);
	return signal_number;
}

static bool
keep_death_signal(int signal_number, pid_t parent)
{
	if (signal_number == 0)
		return true;
	prctl(PR_SET_PDEATHSIG, signal_number, 0, 0, 0);
	return getppid() == parent;
}

static bool
become(uid_t uid, gid_t gid, bool for_good)
{
	const struct passwd *user = getpwuid(uid);
	const uid_t kept = for_good ? uid : (uid_t)-1;
	const gid_t kept_group = for_good ? gid : (gid_t)-1;

	return (user != NULL ? initgroups(user->pw_name, gid) : setgroups(1, &gid)) == 0
		&& setresgid(kept_group, gid, kept_group) == 0 && setresuid(kept, uid, kept) == 0;
}

bool
user_become(uid_t uid, gid_t gid, bool for_good, GError **error)
{
	const int signal_number = death_signal();
	const pid_t parent = getppid();

	if (!become(uid, gid, for_good)) {
		const int problem = errno;
		g_autofree char *name = user_name(uid);
		g_set_error(error, TLSRPT_ERROR, TLSRPT_ERROR_STORE_READONLY,
			"the store: cannot become its owner, %s: %s", name, g_strerror(problem));
		return false;
	}
	if (keep_death_signal(signal_number, parent))
		return true;
	g_set_error_literal(error, TLSRPT_ERROR, TLSRPT_ERROR_INTERRUPTED,
		"the process that started this one has ended");
	return false;
}

bool
user_switch(uid_t uid)
{
	const int signal_number = death_signal();
	const pid_t parent = getppid();

	if (geteuid() == uid)
		return true;
	if (seteuid(uid) != 0)
		return false;
	if (keep_death_signal(signal_number, parent))
		return true;
	errno = ESRCH;
	return false;
}
