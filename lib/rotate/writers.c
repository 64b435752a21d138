/* rotate/writers - does any process have a file open for writing? */
#include "rotate/writers.h"

#include <sys/stat.h>

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/sys.h"

#define NUMBER_MAX	12		/* letters of a pid or a descriptor */

struct search {
	int proc;			/* /proc */
	struct stat st;			/* of the file */
	struct mk_dir fds;		/* of a process */
	bool blind;			/* not all could be seen */
	bool proved;			/* our own descriptor was */
};

static bool
is_number(const char *name)
{
	size_t len = strspn(name, "0123456789");

	return len > 0 && len < NUMBER_MAX && name[len] == '\0';
}

/* A process, or its descriptor, that is gone has not the file open. */
static bool
is_gone(void)
{
	return errno == ENOENT || errno == ESRCH;
}

/* The flags of open(2) of a process' descriptor; -1 with errno. */
static int
flags_of(const struct search *s, const char *process, const char *name)
{
	char path[2 * NUMBER_MAX + sizeof "/fdinfo/"], text[512], *line;
	ssize_t n;
	int fd, errnum;

	snprintf(path, sizeof path, "%s/fdinfo/%s", process, name);
	fd = mk_sys_open_file(s->proc, path, O_RDONLY, 0);
	if (fd == -1)
		return -1;
	n = read(fd, text, sizeof text - 1);
	errnum = errno;
	close(fd);
	errno = errnum;
	if (n == -1)
		return -1;
	text[n] = '\0';
	line = strstr(text, "flags:\t");
	if (line == NULL) {
		errno = EINVAL;
		return -1;
	}
	return (int)strtoul(line + strlen("flags:\t"), NULL, 8);
}

/* Whether PROCESS's descriptor NAME is the file, open for writing. */
static bool
writes_by(struct search *s, const char *process, const char *name)
{
	struct stat st;
	int flags;

	if (fstatat(s->fds.fd, name, &st, 0) == -1) {
		s->blind |= !is_gone();
		return false;
	}
	if (st.st_dev != s->st.st_dev || st.st_ino != s->st.st_ino)
		return false;
	flags = flags_of(s, process, name);
	if (flags == -1) {
		s->blind |= !is_gone();
		return false;
	}
	if (strtol(process, NULL, 10) == (long)getpid())
		s->proved = true;
	return (flags & O_ACCMODE) != O_RDONLY;
}

static bool
writes(struct search *s, const char *process)
{
	char path[NUMBER_MAX + sizeof "/fd"];
	struct mk_dirent entry;
	bool found = false;
	int fd, rv = 0;

	snprintf(path, sizeof path, "%s/fd", process);
	fd = mk_sys_open_dir(s->proc, path);
	if (fd == -1) {
		s->blind |= !is_gone();
		return false;
	}
	if (mk_sys_dir_start(&s->fds, fd) == -1)
		s->blind = true;
	else
		while (!found && (rv = mk_sys_dir_next(&s->fds, &entry)) == 1)
			found = is_number(entry.name) &&
			    writes_by(s, process, entry.name);
	if (rv == -1)
		s->blind |= !is_gone();
	close(fd);
	return found;
}

/*
 * 1 and *PID, 0 or -1.  That nobody has it is said only where the descriptor
 * that we know of, our own, was seen: a /proc of another system, or of other
 * processes (a container's), shows nothing as well.
 */
static int
look(int fd, pid_t *pid)
{
	struct search s = { .fds = { .fd = -1 } };
	struct mk_dir all = { .fd = -1 };
	struct mk_dirent entry;
	int rv = -1;

	s.proc = open("/proc", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (s.proc == -1)
		return -1;
	if (fstat(fd, &s.st) == -1 || mk_sys_dir_start(&all, s.proc) == -1)
		goto out;
	while ((rv = mk_sys_dir_next(&all, &entry)) == 1)
		if (is_number(entry.name) && writes(&s, entry.name)) {
			*pid = (pid_t)strtol(entry.name, NULL, 10);
			goto out;
		}
	if (rv == 0 && (s.blind || !s.proved))
		rv = -1;
out:
	mk_sys_dir_free(&s.fds);
	mk_sys_dir_free(&all);
	close(s.proc);
	return rv;
}

int
mk_writers(int fd, pid_t *pid)
{
	int told = mk_sys_has_writer(fd), seen;
	pid_t who = 0;

	if (pid != NULL)
		*pid = 0;
	if (told == 0 || (told == 1 && pid == NULL))
		return told;
	seen = look(fd, &who);
	if (pid != NULL)
		*pid = who;
	return told == 1 ? 1 : seen;
}
