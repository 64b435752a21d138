/*
 * A spamd of the test's own: SpamAssassin's, with a scratch directory for a
 * home, on a unix socket there, run by the user nobody where the test is root.
 * It asks no network and no file of a user.
 */
#ifndef MK_UNIT_SPAMD_H
#define MK_UNIT_SPAMD_H

#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <sys/un.h>
#include <sys/wait.h>
#ifdef __linux__
#include <sys/prctl.h>
#endif

#include <fcntl.h>
#include <grp.h>
#include <pwd.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define SPAMD_PROGRAM	"/usr/sbin/spamd"

static char spamd_dir[70];		/* "" before spamd_start() */
static char spamd_socket[80];
static pid_t spamd_pid = -1;

/* In the child: be nobody, where root, and become spamd. */
static inline void
spamd_exec(const char *option)
{
	char path_option[100], log[80];
	struct passwd *pw = getpwnam("nobody");
	int fd;

	if (geteuid() == 0 && (pw == NULL || setgroups(0, NULL) == -1 ||
	    setgid(pw->pw_gid) == -1 || setuid(pw->pw_uid) == -1))
		_exit(1);
#ifdef __linux__
	prctl(PR_SET_PDEATHSIG, SIGTERM);	/* it does not outlive us */
#endif
	snprintf(path_option, sizeof path_option, "--socketpath=%s",
	    spamd_socket);
	snprintf(log, sizeof log, "%s/log", spamd_dir);
	fd = open("/dev/null", O_RDWR);
	dup2(fd, STDIN_FILENO);
	fd = open(log, O_WRONLY | O_CREAT | O_APPEND, 0644);
	dup2(fd, STDOUT_FILENO);
	dup2(fd, STDERR_FILENO);
	if (chdir(spamd_dir) == -1 || setenv("HOME", spamd_dir, 1) == -1)
		_exit(1);
	execl(SPAMD_PROGRAM, "spamd", "--local", "--nouser-config",
	    "--max-children=2", "--syslog=stderr", "--socketmode=0666",
	    path_option, option, (char *)NULL);
	_exit(127);
}

static inline bool
spamd_answers(void)
{
	struct sockaddr_un sa = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	bool answers;

	snprintf(sa.sun_path, sizeof sa.sun_path, "%s", spamd_socket);
	answers = connect(fd, (struct sockaddr *)&sa, sizeof sa) == 0;
	close(fd);
	return answers;
}

static inline void
spamd_stop(void)
{
	char command[100];

	if (spamd_pid != -1) {
		kill(spamd_pid, SIGTERM);
		waitpid(spamd_pid, NULL, 0);
		spamd_pid = -1;
	}
	if (*spamd_dir == '\0')
		return;
	snprintf(command, sizeof command, "rm -rf '%s'", spamd_dir);
	if (system(command) != 0)
		fprintf(stderr, "%s is left behind\n", spamd_dir);
	*spamd_dir = '\0';
}

/*
 * Start it with OPTION (NULL: none more), and wait until it takes connections.
 * False where it is not installed, or does not start: then its log is shown.
 */
static inline bool
spamd_start(const char *option)
{
	const char *tmp = getenv("TMPDIR");
	char command[100];
	int tries;

	if (access(SPAMD_PROGRAM, X_OK) == -1)
		return false;
	snprintf(spamd_dir, sizeof spamd_dir, "%.50s/mk-spamd.XXXXXX",
	    tmp != NULL ? tmp : "/tmp");
	if (mkdtemp(spamd_dir) == NULL || chmod(spamd_dir, 0777) == -1)
		return false;
	snprintf(spamd_socket, sizeof spamd_socket, "%s/s", spamd_dir);
	spamd_pid = fork();
	if (spamd_pid == 0)
		spamd_exec(option);
	for (tries = 0; tries < 600; tries++) {
		if (spamd_answers())
			return true;
		if (waitpid(spamd_pid, NULL, WNOHANG) != 0) {
			spamd_pid = -1;
			break;
		}
		usleep(50000);
	}
	snprintf(command, sizeof command, "sed 's/^/# /' '%s/log' >&2",
	    spamd_dir);
	if (system(command) != 0)
		fprintf(stderr, "# spamd does not start\n");
	spamd_stop();
	return false;
}

#endif
