/*
 * spamfloor - the bare loops that no careful scanner can beat.
 *
 *	spamfloor list ROOT FILE	note the directories cur and new
 *	spamfloor stat FILE [THREADS]	stat each of them
 *	spamfloor read FILE [THREADS]	list each, and open and read the first
 *					4 KiB of all in it
 */
#include <sys/stat.h>

#include <dirent.h>
#include <err.h>
#include <fcntl.h>
#include <ftw.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define THREADS_MAX	64

static char **dirs;
static size_t dirs_n, threads = 1;
static int reading;
static FILE *list;

static int
met(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
	(void)st;
	if (type == FTW_D && (strcmp(path + ftw->base, "cur") == 0 ||
	    strcmp(path + ftw->base, "new") == 0))
		fprintf(list, "%s\n", path);
	return 0;
}

static void
read_all(const char *path)
{
	char buf[4096];
	struct dirent *entry;
	DIR *dir = opendir(path);
	int fd;

	if (dir == NULL)
		err(EXIT_FAILURE, "%s", path);
	while ((entry = readdir(dir)) != NULL) {
		if (entry->d_name[0] == '.')
			continue;
		fd = openat(dirfd(dir), entry->d_name, O_RDONLY);
		if (fd == -1 || read(fd, buf, sizeof buf) == -1)
			err(EXIT_FAILURE, "%s", entry->d_name);
		close(fd);
	}
	closedir(dir);
}

static void *
work(void *arg)
{
	const size_t *first = arg;
	struct stat st;
	size_t i;

	for (i = *first; i < dirs_n; i += threads)
		if (reading)
			read_all(dirs[i]);
		else if (stat(dirs[i], &st) == -1)
			err(EXIT_FAILURE, "%s", dirs[i]);
	return NULL;
}

static void
load(const char *path)
{
	char line[4096], **more;

	list = fopen(path, "r");
	if (list == NULL)
		err(EXIT_FAILURE, "%s", path);
	while (fgets(line, sizeof line, list) != NULL) {
		line[strcspn(line, "\n")] = '\0';
		more = realloc(dirs, (dirs_n + 1) * sizeof *dirs);
		if (more == NULL)
			err(EXIT_FAILURE, "memory");
		dirs = more;
		dirs[dirs_n] = strdup(line);
		if (dirs[dirs_n++] == NULL)
			err(EXIT_FAILURE, "memory");
	}
}

int
main(int argc, char *argv[])
{
	pthread_t ids[THREADS_MAX] = { 0 };
	size_t firsts[THREADS_MAX] = { 0 }, i;

	if (argc == 4 && strcmp(argv[1], "list") == 0) {
		list = fopen(argv[3], "w");
		if (list == NULL || nftw(argv[2], met, 32, FTW_PHYS) == -1)
			err(EXIT_FAILURE, "%s", argv[2]);
		return fclose(list) == EOF;
	}
	if (argc < 3)
		errx(EXIT_FAILURE, "usage: spamfloor list|stat|read ...");
	reading = strcmp(argv[1], "read") == 0;
	if (argc > 3)
		threads = strtoul(argv[3], NULL, 10);
	if (threads < 1 || threads > THREADS_MAX)
		errx(EXIT_FAILURE, "%s: threads", argv[3]);
	load(argv[2]);
	for (i = 0; i < threads; i++) {
		firsts[i] = i;
		if (i > 0 && pthread_create(&ids[i], NULL, work,
		    &firsts[i]) != 0)
			errx(EXIT_FAILURE, "threads");
	}
	work(&firsts[0]);
	for (i = 1; i < threads; i++)
		pthread_join(ids[i], NULL);
	return EXIT_SUCCESS;
}
