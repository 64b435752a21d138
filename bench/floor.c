/*
 * floor - the bare loops that no careful program can beat.
 *
 *	floor save ROOT STATE		note the watched folders, untimed
 *	floor compare ROOT STATE [THREADS]
 *					have cur/ or new/ of any changed?
 *	floor stat ROOT STATE [THREADS]
 *					stat each watched message
 *	floor unlink ROOT STATE [THREADS]
 *					the same, and unlink what is due
 *	floor touch ROOT STATE PERCENT	change some folders, untimed
 *
 * They know the folders beforehand, check nothing, keep no books, follow
 * whatever lies in their way, and are no way to treat mail.
 */
#include <sys/stat.h>

#include <dirent.h>
#include <err.h>
#include <fcntl.h>
#include <glob.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { MAX_THREADS = 16, DUE_S = 11 * 86400 };

struct folder {
	struct timespec cur, new;	/* their mtimes */
	char path[80];			/* below ROOT */
};

struct job {
	pthread_t thread;
	const struct folder *folders;
	size_t count;
	void (*work)(struct job *, const struct folder *);
	size_t found;			/* messages, or changed folders */
};

static int root;
static time_t due_before;

static struct timespec
dir_mtime(const char *folder, const char *dir)
{
	char path[96];
	struct stat st;

	snprintf(path, sizeof path, "%s/%s", folder, dir);
	if (fstatat(root, path, &st, 0) == -1)
		err(EXIT_FAILURE, "stat %s", path);
	return st.st_mtim;
}

static bool
same(struct timespec a, struct timespec b)
{
	return a.tv_sec == b.tv_sec && a.tv_nsec == b.tv_nsec;
}

static void
compare(struct job *job, const struct folder *f)
{
	if (!same(dir_mtime(f->path, "cur"), f->cur) ||
	    !same(dir_mtime(f->path, "new"), f->new))
		job->found++;
}

static void
each_message(struct job *job, const struct folder *f, bool removing)
{
	char path[96];
	struct dirent *e;
	struct stat st;
	DIR *dir;
	int fd;

	snprintf(path, sizeof path, "%s/cur", f->path);
	fd = openat(root, path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd == -1 || (dir = fdopendir(fd)) == NULL)
		err(EXIT_FAILURE, "open %s", path);
	while ((e = readdir(dir)) != NULL) {
		if (e->d_name[0] == '.')
			continue;
		if (fstatat(fd, e->d_name, &st, AT_SYMLINK_NOFOLLOW) == -1)
			err(EXIT_FAILURE, "stat %s", e->d_name);
		if (st.st_mtime > due_before)
			continue;
		job->found++;
		if (removing && unlinkat(fd, e->d_name, 0) == -1)
			err(EXIT_FAILURE, "unlink %s", e->d_name);
	}
	closedir(dir);
}

static void
stat_messages(struct job *job, const struct folder *f)
{
	each_message(job, f, false);
}

static void
unlink_messages(struct job *job, const struct folder *f)
{
	each_message(job, f, true);
}

static void *
run_job(void *arg)
{
	struct job *job = arg;
	size_t i;

	for (i = 0; i < job->count; i++)
		job->work(job, &job->folders[i]);
	return NULL;
}

static size_t
spread(const struct folder *folders, size_t count, size_t threads,
    void (*work)(struct job *, const struct folder *))
{
	struct job jobs[MAX_THREADS] = { 0 };
	size_t i, found = 0, from, to;

	if (threads < 1 || threads > MAX_THREADS)
		errx(EXIT_FAILURE, "1 to %d threads", MAX_THREADS);
	for (i = 0; i < threads; i++) {
		from = count * i / threads;
		to = count * (i + 1) / threads;
		jobs[i].folders = folders + from;
		jobs[i].count = to - from;
		jobs[i].work = work;
		if (threads == 1)
			run_job(&jobs[i]);
		else if (pthread_create(&jobs[i].thread, NULL, run_job,
		    &jobs[i]) != 0)
			errx(EXIT_FAILURE, "no thread");
	}
	for (i = 0; i < threads; i++) {
		if (threads > 1)
			pthread_join(jobs[i].thread, NULL);
		found += jobs[i].found;
	}
	return found;
}

static void
save(const char *state)
{
	struct folder f;
	glob_t g;
	FILE *out;
	size_t i;

	out = fopen(state, "we");
	if (out == NULL)
		err(EXIT_FAILURE, "open %s", state);
	if (fchdir(root) == -1)
		err(EXIT_FAILURE, "chdir");
	if (glob("*/*/.Junk", 0, NULL, &g) != 0 ||
	    glob("*/*/.Trash", GLOB_APPEND, NULL, &g) != 0)
		errx(EXIT_FAILURE, "no folder found");
	for (i = 0; i < g.gl_pathc; i++) {
		memset(&f, 0, sizeof f);
		if ((size_t)snprintf(f.path, sizeof f.path, "%s",
		    g.gl_pathv[i]) >= sizeof f.path)
			errx(EXIT_FAILURE, "path too long");
		f.cur = dir_mtime(f.path, "cur");
		f.new = dir_mtime(f.path, "new");
		fwrite(&f, sizeof f, 1, out);
	}
	if (fclose(out) == EOF)
		err(EXIT_FAILURE, "write %s", state);
	globfree(&g);
}

static struct folder *
load(const char *state, size_t *count)
{
	struct folder *folders;
	struct stat st;
	int fd;

	fd = open(state, O_RDONLY | O_CLOEXEC);
	if (fd == -1 || fstat(fd, &st) == -1)
		err(EXIT_FAILURE, "open %s", state);
	folders = malloc((size_t)st.st_size + 1);
	if (folders == NULL)
		err(EXIT_FAILURE, "malloc");
	if (read(fd, folders, (size_t)st.st_size) != st.st_size)
		err(EXIT_FAILURE, "read %s", state);
	close(fd);
	*count = (size_t)st.st_size / sizeof folders[0];
	return folders;
}

/* An old time, but another one at each call. */
static void
touch(const struct folder *folders, size_t count, size_t percent)
{
	struct timespec ts[2] = { { .tv_nsec = UTIME_OMIT } };
	char path[96];
	size_t i;

	clock_gettime(CLOCK_REALTIME, &ts[1]);
	ts[1].tv_sec -= 3600;
	for (i = 0; i < count; i++) {
		if (i * 7919 % 100 >= percent)
			continue;
		snprintf(path, sizeof path, "%s/cur", folders[i].path);
		if (utimensat(root, path, ts, 0) == -1)
			err(EXIT_FAILURE, "touch %s", path);
	}
}

int
main(int argc, char *argv[])
{
	struct folder *folders;
	size_t count, found = 0, number;
	const char *what;

	if (argc < 4 || argc > 5) {
		fprintf(stderr, "usage: floor save|compare|stat|unlink|touch "
		    "root state [threads|percent]\n");
		return EXIT_FAILURE;
	}
	what = argv[1];
	root = open(argv[2], O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (root == -1)
		err(EXIT_FAILURE, "open %s", argv[2]);
	due_before = time(NULL) - DUE_S;
	number = argc == 5 ? (size_t)strtoul(argv[4], NULL, 10) : 1;

	if (strcmp(what, "save") == 0) {
		save(argv[3]);
		return EXIT_SUCCESS;
	}
	folders = load(argv[3], &count);
	if (strcmp(what, "compare") == 0)
		found = spread(folders, count, number, compare);
	else if (strcmp(what, "stat") == 0)
		found = spread(folders, count, number, stat_messages);
	else if (strcmp(what, "unlink") == 0)
		found = spread(folders, count, number, unlink_messages);
	else if (strcmp(what, "touch") == 0)
		touch(folders, count, number);
	else
		errx(EXIT_FAILURE, "%s: no such loop", what);
	if (strcmp(what, "touch") != 0)
		printf("%zu\n", found);
	free(folders);
	return EXIT_SUCCESS;
}
