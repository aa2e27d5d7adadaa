/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "bot/run/privilege.h"

#include <assert.h>
#include <errno.h>
#include <grp.h>
#include <pwd.h>
#include <signal.h>
#include <sys/prctl.h>

int privilege_find(uid_t *uid_out, gid_t *gid_out, const char *user,
		   struct err *err)
{
	struct passwd *pw;

	errno = 0;
	pw = getpwnam(user);
	if (!pw)
		return err_set(err, ERR_CONFIG, "no user '%s' on this machine",
			       user);
	if (pw->pw_uid == 0 || pw->pw_gid == 0)
		return err_set(err, ERR_CONFIG,
			       "user '%s' is root; builds need another", user);
	*uid_out = pw->pw_uid;
	*gid_out = pw->pw_gid;
	return 0;
}

/*
 * A change of user makes the kernel forget PDEATHSIG and take our /proc/self
 * away from us; both are needed to start a sandbox that dies with its parent.
 */
static int restore_process(int death_signal, pid_t parent, struct err *err)
{
	if (prctl(PR_SET_DUMPABLE, 1) < 0 ||
	    prctl(PR_SET_PDEATHSIG, death_signal) < 0)
		return err_sys(err, ERR_SYSTEM, "cannot set up the process");
	if (death_signal && getppid() != parent)
		raise(death_signal);
	return 0;
}

int privilege_drop(const char *user, struct err *err)
{
	pid_t parent = getppid();
	int death_signal = 0;
	uid_t uid;
	gid_t gid;

	if (geteuid() != 0 && getuid() != 0)
		return 0;
	if (privilege_find(&uid, &gid, user, err) < 0)
		return -1;
	if (prctl(PR_GET_PDEATHSIG, &death_signal) < 0)
		return err_sys(err, ERR_SYSTEM, "cannot read the process");
	if (setgroups(0, NULL) < 0 || setresgid(gid, gid, gid) < 0 ||
	    setresuid(uid, uid, uid) < 0)
		return err_sys(err, ERR_SYSTEM, "cannot become user '%s'",
			       user);
	assert(setuid(0) < 0 && setgid(0) < 0);
	return restore_process(death_signal, parent, err);
}
