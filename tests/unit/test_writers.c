/* rotate/writers: does any process have a file open for writing? */
#ifdef __linux__
#define _GNU_SOURCE			/* scratch.h: unshare(2) */
#endif

#include <sys/mman.h>
#ifdef __linux__
#include <sys/prctl.h>
#endif
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include <signal.h>

#include "base/sys.h"
#include "rotate/writers.h"
#include "scratch.h"

#define ROUNDS	3000

static int fd = -1;
static pid_t pid;
static bool leases;			/* does the system tell? */

static void
setup(void)
{
	scratch_setup();
	put("f", "text\n");
	put("other", "text\n");
	fd = openat(root, "f", O_RDONLY | O_CLOEXEC);
	ck_assert_int_ne(fd, -1);
	pid = -2;
	leases = mk_sys_has_writer(fd) != -1;
}

static void
teardown(void)
{
	close(fd);
	scratch_teardown();
}

/* Nobody: told by a lease; by /proc to who can look into all processes. */
static void
nobody_writes(void)
{
	int rv = mk_writers(fd, &pid);

	if (leases)
		ck_assert_int_eq(rv, 0);
	else
		ck_assert_int_le(rv, 0);
	ck_assert_int_eq(pid, 0);
	ck_assert_int_eq(mk_writers(fd, NULL), rv);
}

START_TEST(nobody_has_it_open)
{
	int again = openat(root, "f", O_RDONLY);
	int other = openat(root, "other", O_WRONLY);

	nobody_writes();
	close(again);
	close(other);
	nobody_writes();
}
END_TEST

static const int flags[] = { O_WRONLY, O_RDWR, O_WRONLY | O_APPEND };

START_TEST(writer_of_our_own_counts)
{
	int own = openat(root, "f", flags[_i]);

	ck_assert_int_eq(mk_writers(fd, &pid), 1);
	ck_assert_int_eq(pid, getpid());
	ck_assert_int_eq(mk_writers(fd, NULL), 1);
	close(own);
	nobody_writes();
}
END_TEST

/* A process that has it open with FLAGS, as UID, until END is closed. */
static pid_t
holder(int how, uid_t uid, int *end)
{
	int ready[2], stop[2];
	pid_t child;
	char c;

	ck_assert_int_eq(pipe(ready), 0);
	ck_assert_int_eq(pipe(stop), 0);
	child = fork();
	if (child == 0) {
		close(stop[1]);
		close(fd);
		if (openat(root, "f", how) == -1 ||
		    (uid != geteuid() && setuid(uid) == -1) ||
		    write(ready[1], "", 1) != 1)
			_exit(1);
		_exit(read(stop[0], &c, 1) == 0 ? 0 : 2);
	}
	close(ready[1]);
	close(stop[0]);
	ck_assert_int_eq(read(ready[0], &c, 1), 1);
	close(ready[0]);
	*end = stop[1];
	return child;
}

static void
end(pid_t child, int stop)
{
	int status;

	close(stop);
	ck_assert_int_eq(waitpid(child, &status, 0), child);
	ck_assert_int_eq(status, 0);
}

START_TEST(writer_elsewhere_is_named)
{
	uid_t uid = geteuid() == 0 && _i % 2 == 1 ? 65534 : geteuid();
	int stop;
	pid_t child;

	child = holder(flags[_i / 2], uid, &stop);
	ck_assert_int_eq(mk_writers(fd, &pid), 1);
	ck_assert_int_eq(pid, child);
	ck_assert_int_eq(mk_writers(fd, NULL), 1);
	end(child, stop);
	nobody_writes();
}
END_TEST

START_TEST(reader_elsewhere_is_no_writer)
{
	int stop;
	pid_t child = holder(O_RDONLY, geteuid(), &stop);

	nobody_writes();
	end(child, stop);
}
END_TEST

/* Renamed, as logs are, or without any name. */
START_TEST(names_are_no_matter)
{
	int stop;
	pid_t child = holder(O_WRONLY | O_APPEND, geteuid(), &stop);

	ck_assert_int_eq(renameat(root, "f", root, "f.0"), 0);
	put("f", "");
	ck_assert_int_eq(mk_writers(fd, &pid), 1);
	ck_assert_int_eq(pid, child);
	ck_assert_int_eq(unlinkat(root, "f.0", 0), 0);
	ck_assert_int_eq(mk_writers(fd, &pid), 1);
	end(child, stop);
	nobody_writes();
}
END_TEST

/* The descriptor is closed; the mapping still writes. */
START_TEST(mapping_for_writing_counts)
{
	int own = openat(root, "f", O_RDWR);
	char *map;

	map = mmap(NULL, 5, PROT_READ | PROT_WRITE, MAP_SHARED, own, 0);
	ck_assert_ptr_ne(map, MAP_FAILED);
	close(own);
	if (leases) {
		ck_assert_int_eq(mk_writers(fd, &pid), 1);
		ck_assert_int_eq(pid, 0);
		ck_assert_int_eq(mk_writers(fd, NULL), 1);
	}
	map[0] = 'T';
	ck_assert_int_eq(munmap(map, 5), 0);
	nobody_writes();
	map = mmap(NULL, 5, PROT_READ, MAP_SHARED, fd, 0);
	ck_assert_ptr_ne(map, MAP_FAILED);
	nobody_writes();
	ck_assert_int_eq(munmap(map, 5), 0);
}
END_TEST

/* No process has it: it is on its way from one to another. */
START_TEST(descriptor_on_its_way_counts)
{
	union {
		struct cmsghdr head;
		char space[CMSG_SPACE(sizeof(int))];
	} control = { .head = { .cmsg_len = CMSG_LEN(sizeof(int)),
	    .cmsg_level = SOL_SOCKET, .cmsg_type = SCM_RIGHTS } };
	struct iovec iov = { .iov_base = &(char){ 'x' }, .iov_len = 1 };
	struct msghdr msg = { .msg_iov = &iov, .msg_iovlen = 1,
	    .msg_control = &control, .msg_controllen = sizeof control };
	int own = openat(root, "f", O_WRONLY), s[2];

	ck_assert_int_eq(socketpair(AF_UNIX, SOCK_STREAM, 0, s), 0);
	memcpy(CMSG_DATA(&control.head), &own, sizeof own);
	ck_assert_int_eq(sendmsg(s[0], &msg, 0), 1);
	close(own);
	if (leases)
		ck_assert_int_eq(mk_writers(fd, &pid), 1);
	close(s[0]);
	close(s[1]);
	nobody_writes();
}
END_TEST

/*
 * Another's file: no lease without CAP_LEASE, and not every process can be
 * looked into; what can be is still found.
 */
START_TEST(file_of_another_is_looked_for)
{
	int own, rv;

	if (geteuid() == 0) {
		ck_assert_int_eq(fchmodat(root, "f", 0666, 0), 0);
		ck_assert_int_eq(setegid(65534), 0);
		ck_assert_int_eq(seteuid(65534), 0);
	} else {
		close(fd);
		fd = open("/etc/passwd", O_RDONLY | O_CLOEXEC);
	}
	ck_assert_int_eq(mk_sys_has_writer(fd), -1);
	rv = mk_writers(fd, &pid);
	ck_assert_int_eq(rv, -1);
	ck_assert_int_eq(pid, 0);
	if (getuid() != 0)
		return;
	own = openat(root, "f", O_WRONLY);
	ck_assert_int_ne(own, -1);
	ck_assert_int_eq(mk_writers(fd, &pid), 1);
	ck_assert_int_eq(pid, getpid());
	close(own);
}
END_TEST

#ifdef __linux__
/* What mk_writers says to a user, alone on a host with a process of UID. */
static int
in_a_world_of_two(uid_t uid, const char *proc)
{
	int status, ready[2];
	pid_t child;
	char c;

	if (pipe(ready) == -1 ||
	    unshare(CLONE_NEWPID | CLONE_NEWNS) == -1)
		return 9;
	child = fork();
	if (child > 0)
		return waitpid(child, &status, 0) == child &&
		    WIFEXITED(status) ? WEXITSTATUS(status) : 9;
	if (mount("none", "/", "none", MS_REC | MS_PRIVATE, NULL) == -1 ||
	    mount("none", "/proc", proc, 0, NULL) == -1)
		_exit(9);
	child = fork();
	if (child == 0) {
		close(fd);
		if (setuid(uid) == -1 || prctl(PR_SET_DUMPABLE, 1) == -1 ||
		    write(ready[1], "", 1) != 1)
			_exit(1);
		for (;;)
			pause();	/* ends with process 1 */
	}
	if (setuid(65534) == -1 || read(ready[0], &c, 1) != 1)
		_exit(9);
	_exit(mk_writers(fd, NULL) + 1);
}

/* All seen: 0.  Root's process: not told.  No /proc at all: the same. */
START_TEST(nobody_is_said_where_all_were_seen)
{
	static const struct {
		uid_t uid;
		const char *proc;
		int rv;
	} worlds[] = {
		{ 65534, "proc", 0 },
		{ 0, "proc", -1 },
		{ 65534, "tmpfs", -1 },
	};
	int status;
	pid_t child = fork();

	if (child == 0)
		_exit(in_a_world_of_two(worlds[_i].uid, worlds[_i].proc));
	ck_assert_int_eq(waitpid(child, &status, 0), child);
	if (WEXITSTATUS(status) != 9)	/* a container may not */
		ck_assert_int_eq(WEXITSTATUS(status) - 1, worlds[_i].rv);
}
END_TEST
#endif

START_TEST(what_is_no_file_is_not_told)
{
	ck_assert_int_eq(mk_writers(-1, &pid), -1);
	ck_assert_int_eq(pid, 0);
}
END_TEST

/*
 * Who opens the file while we hold the lease breaks it: he must get it, and
 * we must not get the signal that kills.
 */
START_TEST(breaking_the_lease_harms_nobody)
{
	int status, i, rv, seen = 0;
	pid_t child = fork();

	if (child == 0) {
		for (i = 0; i < ROUNDS; i++) {
			rv = openat(root, "f", O_WRONLY | O_APPEND);
			if (rv == -1 || write(rv, "x", 1) != 1)
				_exit(1);
			close(rv);
		}
		_exit(0);
	}
	while (waitpid(child, &status, WNOHANG) == 0) {
		rv = mk_writers(fd, NULL);
		ck_assert_int_ge(rv, leases ? 0 : -1);
		seen += rv == 1;
	}
	ck_assert_int_eq(status, 0);
	ck_assert_int_ge(seen, 0);
	ck_assert_int_eq(stat_of("f").st_size, ROUNDS + 5);
	nobody_writes();
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("rotate/writers");
	TCase *tc = tcase_create("writers");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_set_timeout(tc, 60);
	tcase_add_test(tc, nobody_has_it_open);
	tcase_add_loop_test(tc, writer_of_our_own_counts, 0, COUNT(flags));
	tcase_add_loop_test(tc, writer_elsewhere_is_named, 0,
	    2 * COUNT(flags));
	tcase_add_test(tc, reader_elsewhere_is_no_writer);
	tcase_add_test(tc, names_are_no_matter);
	tcase_add_test(tc, mapping_for_writing_counts);
	tcase_add_test(tc, descriptor_on_its_way_counts);
	tcase_add_test(tc, file_of_another_is_looked_for);
#ifdef __linux__
	if (geteuid() == 0)
		tcase_add_loop_test(tc, nobody_is_said_where_all_were_seen, 0,
		    3);
#endif
	tcase_add_test(tc, what_is_no_file_is_not_told);
	tcase_add_test(tc, breaking_the_lease_harms_nobody);
	suite_add_tcase(suite, tc);
	return unit_run(suite);
}
