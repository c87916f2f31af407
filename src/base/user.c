#include "tlsrpt/user.h"

#include "tlsrpt/error.h"

#include <errno.h>
#include <grp.h>
#include <pwd.h>
#include <sys/prctl.h>
#include <unistd.h>

char *
user_name(uid_t uid)
{
	const struct passwd *user = getpwuid(uid);

	return user != NULL ? g_strdup(user->pw_name) : g_strdup_printf("%ld", (long)uid);
}

/* The kernel forgets the signal of a parent's death where the user changes. */
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
		"the process that began this has ended");
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
