/*
 * timer - run a command and append what it cost to a file.
 *
 *	timer [-n runs] [-s path] -o file label command [argument ...]
 *
 * One line a run: label, wall, user and system seconds, peak KiB, exit status
 * (128 + n for a signal), and with -s the seconds that syncfs(2) of the file
 * system at PATH took afterwards, else 0.  A line is started with "#" when the
 * command failed, and timer then fails too.
 */
#include <sys/resource.h>
#include <sys/time.h>
#include <sys/wait.h>

#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

static double
now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (double)ts.tv_sec + (double)ts.tv_nsec / 1e9;
}

static double
seconds(struct timeval tv)
{
	return (double)tv.tv_sec + (double)tv.tv_usec / 1e6;
}

static double
sync_seconds(const char *path)
{
	double start = now();
	int fd = open(path, O_RDONLY | O_CLOEXEC);

	if (fd == -1 || syncfs(fd) == -1)
		err(EXIT_FAILURE, "sync %s", path);
	close(fd);
	return now() - start;
}

static int
run_once(FILE *out, const char *path, char *argv[])
{
	struct rusage ru;
	double start, wall;
	pid_t pid;
	int status;

	start = now();
	errno = posix_spawnp(&pid, argv[1], NULL, NULL, argv + 1, environ);
	if (errno != 0)
		err(EXIT_FAILURE, "run %s", argv[1]);
	if (wait4(pid, &status, 0, &ru) == -1)
		err(EXIT_FAILURE, "wait");
	wall = now() - start;
	status = WIFEXITED(status) ? WEXITSTATUS(status) :
	    128 + WTERMSIG(status);
	fprintf(out, "%s%s %.6f %.6f %.6f %ld %d %.6f\n",
	    status == 0 ? "" : "#", argv[0], wall, seconds(ru.ru_utime),
	    seconds(ru.ru_stime), ru.ru_maxrss, status,
	    path == NULL ? 0 : sync_seconds(path));
	return status;
}

int
main(int argc, char *argv[])
{
	const char *file = NULL, *path = NULL;
	FILE *out;
	int c, runs = 1, status = 0;

	while ((c = getopt(argc, argv, "+n:o:s:")) != -1) {
		switch (c) {
		case 'n':
			runs = atoi(optarg);
			break;
		case 'o':
			file = optarg;
			break;
		case 's':
			path = optarg;
			break;
		default:
			goto usage;
		}
	}
	if (file == NULL || argc - optind < 2)
		goto usage;
	out = fopen(file, "ae");
	if (out == NULL)
		err(EXIT_FAILURE, "open %s", file);
	while (status == 0 && runs-- > 0)
		status = run_once(out, path, argv + optind);
	if (fclose(out) == EOF)
		err(EXIT_FAILURE, "write %s", file);
	return status;
usage:
	fprintf(stderr, "usage: timer [-n runs] [-s path] -o file label "
	    "command [argument ...]\n");
	return EXIT_FAILURE;
}
