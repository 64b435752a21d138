/* check/exim_samples - a few entries of a list. */
#include "check/exim_samples.h"

#include <sys/stat.h>
#include <sys/wait.h>

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/fs.h"
#include "base/owner.h"
#include "base/stop.h"

#define LIMIT_S		60

/* What the child found. */
struct reply {
	int rv;
	struct mk_error err;
	struct mk_samples samples[MK_FAMILIES];
};

static void
note(struct mk_samples *samples, struct mk_net net)
{
	if (samples->there[net.len] == 0) {
		samples->there[net.len] = 1;
		samples->first[net.len] = net;
		samples->n++;
	}
	samples->last[net.len] = net;
}

static void
take_samples(const struct mk_netlist *e, struct mk_samples samples[MK_FAMILIES])
{
	struct mk_net net = { .family = MK_V4 };
	size_t i;

	for (i = 0; i < e->v4_n; i++) {
		net.first.lo = e->v4[i].first;
		net.len = MK_TAG_LEN(e->v4[i].tag);
		note(&samples[MK_V4], net);
	}
	net.family = MK_V6;
	for (i = 0; i < e->v6_n; i++) {
		net.first.hi = e->v6[i].hi;
		net.first.lo = e->v6[i].lo;
		net.len = MK_TAG_LEN(e->v6[i].tag);
		note(&samples[MK_V6], net);
	}
}

/* The entries of the list ID that AT is.  0 or -1. */
static int
read_list(enum mk_output_id id, const struct mk_outfile *at,
    struct mk_samples samples[MK_FAMILIES], struct mk_error *err)
{
	struct mk_netlist entries = { 0 };
	struct mk_origins origins = { 0 };
	size_t foreign = 0;
	uint32_t number;
	int rv = -1;

	if (mk_origin_feed(&origins, "check", &number) == -1 ||
	    mk_origin_file(&origins, "", &number) == -1)
		mk_fail_sys(err, "%s", at->path);
	else
		rv = mk_outputs[id].read(at, &entries, &origins, &foreign,
		    err);
	if (rv == 0)
		take_samples(&entries, samples);
	mk_netlist_free(&entries);
	mk_origins_free(&origins);
	return rv;
}

/* In the child. */
static void
answer(enum mk_output_id id, const struct mk_outfile *at,
    const struct mk_owner *owner, int fd)
{
	struct reply *reply = calloc(1, sizeof *reply);

	if (reply == NULL)
		_exit(EX_TEMPFAIL);
	reply->rv = mk_owner_become(owner, &reply->err);
	if (reply->rv == 0)
		reply->rv = read_list(id, at, reply->samples, &reply->err);
	_exit(mk_fs_write_all(fd, reply, sizeof *reply) == 0 ? EX_OK :
	    EX_IOERR);
}

/* What comes of FD in LIMIT_S, a reply at most.  0 or -1. */
static int
read_within(int fd, struct mk_buf *buf)
{
	int64_t end_ms = mk_clock_ms() + LIMIT_S * 1000, left_ms;
	struct pollfd pipe = { .fd = fd, .events = POLLIN };
	char part[4096];
	ssize_t n = 1;
	int ready;

	while (n > 0 && buf->len <= sizeof(struct reply)) {
		left_ms = end_ms - mk_clock_ms();
		ready = left_ms <= 0 || mk_stopped() ? 0 :
		    poll(&pipe, 1, (int)left_ms);
		if (ready == 0)
			return -1;
		if (ready == -1 && errno == EINTR)
			continue;
		n = ready == -1 ? -1 : read(fd, part, sizeof part);
		if (n > 0 && mk_buf_add(buf, part, (size_t)n) == -1)
			return -1;
	}
	return n == -1 ? -1 : 0;
}

/*
 * The whole reply, or none.  The child may have been taken over by what it
 * read: nothing of it is an index, and what is text ends.
 */
static int
take_reply(int fd, const char *path, struct mk_samples *samples,
    struct mk_error *err)
{
	struct mk_buf buf = { 0 };
	struct reply *reply;
	unsigned family, len;
	int rv;

	if (read_within(fd, &buf) == -1 || buf.len != sizeof *reply) {
		mk_buf_free(&buf);
		return mk_fail(err, EX_DATAERR, "%s: reading it ended early",
		    path);
	}
	reply = calloc(1, sizeof *reply);
	if (reply == NULL) {
		mk_buf_free(&buf);
		return mk_fail_sys(err, "%s", path);
	}
	memcpy(reply, buf.data, sizeof *reply);
	mk_buf_free(&buf);
	reply->err.text[MK_ERROR_MAX - 1] = '\0';
	rv = reply->rv == 0 ? 0 : mk_fail(err, reply->err.status, "%s",
	    reply->err.text);
	for (family = 0; family < MK_FAMILIES; family++)
		for (len = 0; len < MK_LENGTHS; len++) {
			reply->samples[family].first[len].family =
			    reply->samples[family].last[len].family =
			    (uint8_t)family;
			reply->samples[family].first[len].len =
			    reply->samples[family].last[len].len =
			    (uint8_t)len;
		}
	memcpy(samples, reply->samples, sizeof reply->samples);
	free(reply);
	return rv;
}

/* As OWNER, by a child. */
static int
read_as(enum mk_output_id id, const struct mk_outfile *at,
    const struct mk_owner *owner, struct mk_samples *samples,
    struct mk_error *err)
{
	int fds[2], rv, status;
	pid_t pid;

	if (pipe(fds) == -1)
		return mk_fail_sys(err, "%s", at->path);
	pid = fork();
	if (pid == 0) {
		close(fds[0]);
		answer(id, at, owner, fds[1]);
	}
	close(fds[1]);
	rv = pid == -1 ? mk_fail_sys(err, "fork") :
	    take_reply(fds[0], at->path, samples, err);
	close(fds[0]);
	if (pid != -1 && rv == -1)
		kill(pid, SIGKILL);
	while (pid != -1 && waitpid(pid, &status, 0) == -1 && errno == EINTR)
		;
	return rv;
}

int
mk_exim_samples(enum mk_output_id id, const char *path,
    struct mk_samples samples[MK_FAMILIES], struct mk_error *err)
{
	const char *slash = strrchr(path, '/');
	struct mk_outfile at = { .path = path,
	    .name = slash == NULL ? path : slash + 1 };
	struct mk_owner owner = { .name = "the owner of the list" };
	struct stat st;
	int rv;

	at.dirfd = mk_fs_open_parent(path, err);
	if (at.dirfd == -1)
		return -1;
	/* Who can put another file in its place is whose it is. */
	if (fstat(at.dirfd, &st) == -1 || (st.st_uid == 0 && fstatat(at.dirfd,
	    at.name, &st, AT_SYMLINK_NOFOLLOW) == -1))
		rv = mk_fail_sys(err, "%s", path);
	else if (geteuid() != 0 || st.st_uid == 0)
		rv = read_list(id, &at, samples, err);
	else {
		owner.uid = st.st_uid;
		owner.gid = st.st_gid;
		rv = read_as(id, &at, &owner, samples, err);
	}
	close(at.dirfd);
	return rv;
}
