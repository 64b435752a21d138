/*
 * A PostgreSQL server of the test's own: a cluster in a scratch directory, on
 * a unix socket there, run by the user postgres where the test is root.
 */
#ifndef MK_CLUSTER_H
#define MK_CLUSTER_H

#include <sys/stat.h>
#include <sys/types.h>
#include <sys/wait.h>
#ifdef __linux__
#include <sys/prctl.h>
#endif

#include <fcntl.h>
#include <glob.h>
#include <grp.h>
#include <limits.h>
#include <pwd.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/pgsql.h"

static char server[120];		/* the cluster's directory, or "" */
static char programs[PATH_MAX];
static pid_t postmaster = -1;

/* In a child: be the user postgres, where root, and run COMMAND. */
static inline pid_t
start_as_postgres(const char *command)
{
	struct passwd *pw = getpwnam("postgres");
	pid_t pid = fork();
	int fd;

	if (pid != 0)
		return pid;
	if (geteuid() == 0 && (pw == NULL || initgroups("postgres",
	    pw->pw_gid) == -1 || setgid(pw->pw_gid) == -1 ||
	    setuid(pw->pw_uid) == -1))
		_exit(1);
#ifdef __linux__
	prctl(PR_SET_PDEATHSIG, SIGQUIT);	/* it does not outlive us */
#endif
	fd = open("/dev/null", O_RDWR);
	dup2(fd, STDIN_FILENO);
	dup2(fd, STDOUT_FILENO);
	dup2(fd, STDERR_FILENO);
	setenv("LC_ALL", "C", 1);
	execl("/bin/sh", "sh", "-c", command, (char *)NULL);
	_exit(127);
}

static inline bool
run_as_postgres(const char *command)
{
	pid_t pid = start_as_postgres(command);
	int status;

	return pid != -1 && waitpid(pid, &status, 0) == pid && status == 0;
}

static inline bool
find_programs(void)
{
	glob_t found = { 0 };
	bool there;

	there = glob("/usr/lib/postgresql/*/bin/initdb", 0, NULL, &found) == 0;
	if (there)
		snprintf(programs, sizeof programs, "%.*s",
		    (int)(strlen(found.gl_pathv[0]) - strlen("/initdb")),
		    found.gl_pathv[0]);
	globfree(&found);
	return there && (geteuid() != 0 || getpwnam("postgres") != NULL);
}

static inline void
server_conninfo(char *conninfo, size_t size, const char *more)
{
	snprintf(conninfo, size, "host='%s' user=mk dbname=postgres %s",
	    server, more);
}

/* Start the server, and wait until it answers. */
static inline bool
start_server(void)
{
	char command[PATH_MAX + 400];
	struct mk_pgsql_limits limits = { .connect_s = 5 };
	struct mk_pgsql *pg = NULL;
	char conninfo[300];
	int tries;

	snprintf(command, sizeof command, "exec '%s/postgres' -D '%s/data' "
	    "-k '%s' -c listen_addresses= -c fsync=off "
	    "-c unix_socket_permissions=0777 -c max_connections=10", programs,
	    server, server);
	server_conninfo(conninfo, sizeof conninfo, "");
	postmaster = start_as_postgres(command);
	for (tries = 0; pg == NULL && tries < 200; tries++) {
		usleep(50000);
		pg = mk_pgsql_open(conninfo, &limits, NULL);
	}
	mk_pgsql_close(pg);
	return pg != NULL;
}

static inline void
stop_server(int sig)
{
	if (postmaster != -1) {
		kill(postmaster, sig);
		waitpid(postmaster, NULL, 0);
		postmaster = -1;
	}
}

/* False where PostgreSQL's programs are not there. */
static inline bool
make_server(void)
{
	const char *tmp = getenv("TMPDIR");
	char command[PATH_MAX + 300];
	struct passwd *pw = getpwnam("postgres");

	if (!find_programs())
		return false;
	snprintf(server, sizeof server, "%s/mk-pg.XXXXXX",
	    tmp != NULL ? tmp : "/tmp");
	if (mkdtemp(server) == NULL || chmod(server, 0755) == -1)
		return false;
	if (geteuid() == 0 && chown(server, pw->pw_uid, pw->pw_gid) == -1)
		return false;
	snprintf(command, sizeof command, "cd '%s' && '%s/initdb' -D data "
	    "-U mk -A trust -N -E UTF8 --locale=C", server, programs);
	return run_as_postgres(command) && start_server();
}

static inline void
remove_server(void)
{
	char command[300];

	stop_server(SIGQUIT);
	if (*server == '\0')
		return;
	snprintf(command, sizeof command, "rm -rf '%s'", server);
	if (system(command) != 0)
		fprintf(stderr, "%s is left behind\n", server);
}

#endif
