/*
 * watchlog - run a command and look, all the while, whether a file is there.
 *
 *	watchlog -o file label path command [argument ...]
 *
 * A loop of stat(2) on a processor of its own, where there are two.  One line:
 * label, looks, gaps (the name was there and then was not), looks that missed,
 * the longest gap and the longest pause between two looks in seconds, and the
 * command's exit status.  A pause is what a gap could have hidden in, for the
 * system runs others on that processor as well.
 */
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include <err.h>
#include <errno.h>
#include <sched.h>
#include <spawn.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

struct seen {
	long long looks, gaps, misses;
	double gap_s, pause_s;		/* the longest */
};

static double
now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (double)ts.tv_sec + (double)ts.tv_nsec / 1e9;
}

/* For this process alone: the command runs anywhere, and yields. */
static void
settle_down(void)
{
	cpu_set_t all, last;
	int cpu;

	(void)setpriority(PRIO_PROCESS, 0, -10);	/* as root */
	if (sched_getaffinity(0, sizeof all, &all) == -1 ||
	    CPU_COUNT(&all) < 2)
		return;
	for (cpu = CPU_SETSIZE - 1; !CPU_ISSET(cpu, &all); cpu--)
		;
	CPU_ZERO(&last);
	CPU_SET(cpu, &last);
	if (sched_setaffinity(0, sizeof last, &last) == -1)
		warn("stay on a processor");
}

/* Until PID ends; its status. */
static int
watch(const char *path, pid_t pid, struct seen *seen)
{
	double before = now(), there = before, t;
	bool missing = false;
	struct stat st;
	int status;

	for (;;) {
		seen->looks++;
		if (stat(path, &st) == 0) {
			t = now();
			if (missing && t - there > seen->gap_s)
				seen->gap_s = t - there;
			missing = false;
			there = t;
		} else {
			if (errno != ENOENT)
				err(EXIT_FAILURE, "%s", path);
			t = now();
			seen->misses++;
			seen->gaps += !missing;
			missing = true;
		}
		if (t - before > seen->pause_s)
			seen->pause_s = t - before;
		if (seen->looks % 1000 == 0 &&
		    waitpid(pid, &status, WNOHANG) == pid)
			return status;
		before = now();
	}
}

int
main(int argc, char *argv[])
{
	struct seen seen = { 0 };
	FILE *out;
	pid_t pid;
	int status;

	if (argc < 6 || strcmp(argv[1], "-o") != 0) {
		fprintf(stderr, "usage: watchlog -o file label path command "
		    "[argument ...]\n");
		return EXIT_FAILURE;
	}
	errno = posix_spawnp(&pid, argv[5], NULL, NULL, argv + 5, environ);
	if (errno != 0)
		err(EXIT_FAILURE, "run %s", argv[5]);
	settle_down();
	status = watch(argv[4], pid, &seen);
	status = WIFEXITED(status) ? WEXITSTATUS(status) :
	    128 + WTERMSIG(status);
	out = fopen(argv[2], "ae");
	if (out == NULL || fprintf(out, "%s %lld %lld %lld %.9f %.9f %d\n",
	    argv[3], seen.looks, seen.gaps, seen.misses, seen.gap_s,
	    seen.pause_s, status) < 0 || fclose(out) == EOF)
		err(EXIT_FAILURE, "write %s", argv[2]);
	return status;
}
