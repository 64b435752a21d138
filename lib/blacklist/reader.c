/* blacklist/reader - who reads the lists, and who is told of them. */
#include "blacklist/reader.h"

#include <sys/stat.h>
#include <sys/wait.h>

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <pwd.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/aide.h"
#include "base/buf.h"

#define GROUPS_MAX	65536		/* Linux' NGROUPS_MAX */
#define OTHER		255		/* exit status: could not be tried */

enum request { CAN_READ = 1, CHANGED };

struct mk_reader_aide {
	struct mk_aide *aide;		/* NULL: no child, nothing to ask */
	bool reads, runs;
};

/* What the child knows. */
struct duty {
	const char *reader, *command;
	const char *const *files;	/* to the NULL */
	time_t limit_s;
	uid_t uid;
	gid_t gid, *groups;
	int groups_n;
};

/* Where in PATH its last name begins. */
static size_t
name_of(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash == NULL ? 0 : (size_t)(slash - path) + 1;
}

/*
 * Whether PATH lies in the directory of an output: a program that was taken
 * over is told of no other file.
 */
static bool
is_beside(const struct duty *duty, const char *path)
{
	const char *const *file;
	size_t len = name_of(path);

	for (file = duty->files; *file != NULL; file++)
		if (name_of(*file) == len && memcmp(*file, path, len) == 0)
			return true;
	return false;
}

static bool
in_group(const struct duty *duty, gid_t gid)
{
	int i;

	for (i = 0; i < duty->groups_n; i++)
		if (duty->groups[i] == gid)
			return true;
	return false;
}

/*
 * Whether PATH lets the reader do WANT (S_IROTH: read, S_IXOTH: search).  The
 * first class that fits decides: an owner without the right does not get it
 * as anybody.  What is read is no link: it could lead anywhere.
 */
static int
judge_one(const struct duty *duty, const char *path, mode_t want,
    const char *as, struct mk_error *err)
{
	unsigned shift = 0;
	struct stat st;
	char who = 'o';

	if ((want == S_IROTH ? lstat(path, &st) : stat(path, &st)) == -1)
		return mk_fail_sys(err, "can %s read %s? Look at %s",
		    duty->reader, as, path);
	if (S_ISLNK(st.st_mode))
		return mk_fail(err, EX_DATAERR, "can %s read %s? %s is a link",
		    duty->reader, as, path);
	if (st.st_uid == duty->uid) {
		shift = 6;
		who = 'u';
	} else if (in_group(duty, st.st_gid)) {
		shift = 3;
		who = 'g';
	}
	if (duty->uid == 0 || (st.st_mode >> shift & want) == want)
		return 0;
	return mk_fail(err, EX_NOPERM, "%s can't read %s: no right to %s %s "
	    "(mode %04o): chmod %c+%c %s", duty->reader, as,
	    want == S_IROTH ? "read" : "search", path,
	    (unsigned)(st.st_mode & 07777), who, want == S_IROTH ? 'r' : 'x',
	    path);
}

/* The absolute PATH, from the root down.  It is cut and mended. */
static int
judge_path(const struct duty *duty, char *path, const char *as,
    struct mk_error *err)
{
	char *slash = path;
	int rv;

	rv = judge_one(duty, "/", S_IXOTH, as, err);
	while (rv == 0 && (slash = strchr(slash + 1, '/')) != NULL) {
		*slash = '\0';
		rv = judge_one(duty, path, S_IXOTH, as, err);
		*slash = '/';
	}
	return rv == -1 ? -1 : judge_one(duty, path, S_IROTH, as, err);
}

/* PATH without links above its last name; to be freed.  NULL with errno. */
static char *
real_path(const char *path)
{
	struct mk_buf buf = { 0 };
	size_t len = name_of(path);
	char *dir = len == 0 ? strdup(".") : strndup(path, len), *real = NULL;

	if (dir != NULL)
		real = realpath(dir, NULL);
	if (real != NULL)
		mk_buf_addf(&buf, "%s/%s", strcmp(real, "/") == 0 ? "" : real,
		    path + len);
	free(real);
	free(dir);
	return buf.data;
}

/* With links, the directories of both paths count. */
static int
judge(const struct duty *duty, char *path, const char *as,
    struct mk_error *err)
{
	char *real;
	int rv;

	if (path[0] == '/' && judge_path(duty, path, as, err) == -1)
		return -1;
	real = real_path(path);
	if (real == NULL)
		return mk_fail_sys(err, "can %s read %s? Look at it",
		    duty->reader, as);
	rv = strcmp(real, path) == 0 ? 0 : judge_path(duty, real, as, err);
	free(real);
	return rv;
}

/* errno of opening PATH, or 0. */
static int
open_errno(const char *path)
{
	int fd = open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY |
	    O_CLOEXEC);

	if (fd == -1)
		return errno;
	close(fd);
	return 0;
}

/* Open PATH as the reader; *ERRNUM is what came of it.  False: can't be. */
static bool
try_open(const struct duty *duty, const char *path, int *errnum)
{
	int status;
	pid_t pid;

	if (duty->uid == geteuid()) {
		*errnum = open_errno(path);
		return true;
	}
	if (geteuid() != 0)
		return false;
	pid = fork();
	if (pid == 0) {
		if (setgroups((size_t)duty->groups_n, duty->groups) == -1 ||
		    setgid(duty->gid) == -1 || setuid(duty->uid) == -1)
			_exit(OTHER);
		status = open_errno(path);
		_exit(status < OTHER ? status : OTHER);
	}
	if (pid == -1)
		return false;
	while (waitpid(pid, &status, 0) == -1)
		if (errno != EINTR)
			return false;
	if (!WIFEXITED(status) || WEXITSTATUS(status) == OTHER)
		return false;
	*errnum = WEXITSTATUS(status);
	return true;
}

/* Modes are asked only where it failed, for what to do; or can't be tried. */
static int
can_read(const struct duty *duty, char *path, const char *as,
    struct mk_error *err)
{
	int errnum = 0;
	bool tried;

	if (!is_beside(duty, path))
		return mk_fail(err, EX_SOFTWARE, "can %s read %s? It lies in "
		    "the directory of no output", duty->reader, as);
	tried = try_open(duty, path, &errnum);
	if (tried && errnum == 0)
		return 0;
	if (judge(duty, path, as, err) == -1)
		return -1;
	if (!tried)
		return 0;
	return mk_fail(err, mk_error_status(errnum), "%s can't read %s: %s, "
	    "though modes and owners of %s would let it (an ACL, AppArmor, "
	    "SELinux?)", duty->reader, as, strerror(errnum), path);
}

/*
 * The command may put CHANGED unquoted into another: a program that was
 * taken over must not have its way with our rights.
 */
static int
run(const struct duty *duty, const char *changed, struct mk_error *err)
{
	char sh[] = "/bin/sh", dash_c[] = "-c", name[] = "sh";
	char *argv[] = { sh, dash_c, NULL, name, NULL };
	struct mk_buf what = { 0 }, env = { 0 }, command = { 0 };
	char *envs[] = { NULL, NULL };
	int rv = -1;

	if (changed[strspn(changed,
	    "abcdefghijklmnopqrstuvwxyz0123456789- ")] != '\0')
		return mk_fail(err, EX_SOFTWARE, "on-change: \"%s\" are no "
		    "names of outputs", changed);
	if (mk_buf_addf(&command, "%s", duty->command) == -1 ||
	    mk_buf_addf(&what, "on-change: %s", duty->command) == -1 ||
	    mk_buf_addf(&env, "MAILKEEP_CHANGED=%s", changed) == -1) {
		mk_fail_sys(err, "on-change: start sh");
		goto out;
	}
	argv[2] = command.data;
	envs[0] = env.data;
	rv = mk_aide_run(argv, envs, (uid_t)-1, (gid_t)-1, duty->limit_s,
	    what.data, err);
out:
	mk_buf_free(&command);
	mk_buf_free(&env);
	mk_buf_free(&what);
	return rv;
}

/* TEXT: the path and its name in messages, or the outputs.  Ends in a NUL. */
static int
answer(void *data, uint32_t request, char *text, size_t len,
    struct mk_error *err)
{
	const struct duty *duty = data;
	size_t first = strlen(text) + 1;

	if (request == CAN_READ && first < len)
		can_read(duty, text, text + first, err);
	else if (request == CHANGED)
		run(duty, text, err);
	else
		return -1;
	return 0;
}

/* Who the reader is; read now, since later no file of /etc can be. */
static int
look_up(struct duty *duty, struct mk_error *err)
{
	const struct passwd *pw;
	gid_t *groups;
	int room = 64, n;

	pw = getpwnam(duty->reader);
	if (pw == NULL)
		return mk_fail(err, EX_NOUSER, "reader: there is no user %s; "
		    "name the account that Exim runs as, or \"\"",
		    duty->reader);
	duty->uid = pw->pw_uid;
	duty->gid = pw->pw_gid;
	for (; room <= GROUPS_MAX; room *= 2) {
		groups = realloc(duty->groups, (size_t)room * sizeof *groups);
		if (groups == NULL)
			return mk_fail_sys(err, "reader: the groups of %s",
			    duty->reader);
		duty->groups = groups;
		n = room;
		if (getgrouplist(duty->reader, duty->gid, groups, &n) != -1) {
			duty->groups_n = n;
			return 0;
		}
	}
	return mk_fail(err, EX_CONFIG, "reader: %s is in too many groups",
	    duty->reader);
}

struct mk_reader_aide *
mk_reader_start(const char *reader, const char *const *files,
    const char *command, time_t limit_s, struct mk_error *err)
{
	struct duty duty = { .reader = reader, .files = files,
	    .command = command, .limit_s = limit_s };
	struct mk_reader_aide *aide = calloc(1, sizeof *aide);

	if (aide == NULL) {
		mk_fail_sys(err, "start the aide");
		return NULL;
	}
	aide->reads = reader != NULL && reader[0] != '\0';
	aide->runs = command != NULL && command[0] != '\0';
	if ((aide->reads && look_up(&duty, err) == -1) ||
	    ((aide->reads || aide->runs) &&
	    (aide->aide = mk_aide_start(answer, &duty, err)) == NULL)) {
		free(aide);
		aide = NULL;
	}
	free(duty.groups);
	return aide;
}

int
mk_reader_can_read(struct mk_reader_aide *aide, const char *path,
    const char *as, struct mk_error *err)
{
	struct mk_buf text = { 0 };
	int rv;

	if (aide == NULL || !aide->reads)
		return 0;
	if (as == NULL)
		as = path;
	if (mk_buf_add(&text, path, strlen(path) + 1) == -1 ||
	    mk_buf_add(&text, as, strlen(as) + 1) == -1)
		rv = mk_fail_sys(err, "ask who can read %s", as);
	else
		rv = mk_aide_ask(aide->aide, CAN_READ, text.data, text.len,
		    err);
	mk_buf_free(&text);
	return rv;
}

int
mk_reader_changed(struct mk_reader_aide *aide, const char *changed,
    struct mk_error *err)
{
	if (aide == NULL || !aide->runs || changed == NULL ||
	    changed[0] == '\0')
		return 0;
	return mk_aide_ask(aide->aide, CHANGED, changed, strlen(changed) + 1,
	    err);
}

void
mk_reader_stop(struct mk_reader_aide *aide)
{
	if (aide == NULL)
		return;
	mk_aide_stop(aide->aide);
	free(aide);
}
