/*
 * mktree - make a mail tree to measure on, the same one for the same seed.
 *
 * Layout:	ROOT/dNNN.test/userNNNN/{cur,new,tmp,.Sent,.Archive,...}, a
 *		hundred mailboxes to a domain, mailbox sizes log-normal.
 * Watched:	exactly 15 % of all messages lie in .Junk and .Trash, and
 *		every mailbox has both.  Of these, exactly the number asked
 *		for is "due": more than 11 days old by mtime, so that
 *		"find -mtime +10" and a rule of 11 days choose the same set.
 *		A due message lies in cur/ and is not flagged, because the
 *		find lines look nowhere else and spare nothing.
 * Times:	the due are 11.5 to 12.5 days old, the other watched ones 2.5
 *		to 9.5: what a folder holds that is expired every night.
 *		Directories are 20 days old.  A pass whose clock is two days
 *		slow therefore finds nothing due, and nothing of the future.
 * Sizes:	log-normal, median 3.2 KiB, at most 64 KiB; the blocks are
 *		allocated but not written, so that unlink has them to free
 *		while a sparse image of the file system stays small.
 */
#include <sys/stat.h>

#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum {
	PER_DOMAIN = 100,	/* mailboxes */
	PER_MAILBOX = 100,	/* messages, on average */
	WATCHED_PERCENT = 15,
	NEW_PERCENT = 5,	/* unread, in new/ */
	DAY = 86400
};

/* The order matters: the first two are the watched ones. */
static const struct {
	const char *dir;
	unsigned percent;	/* of the unwatched messages */
	const char *flags;
} folders[] = {
	{ ".Junk",	0,	"" },
	{ ".Trash",	0,	"S" },
	{ ".",		50,	"S" },
	{ ".Archive",	27,	"RS" },
	{ ".Sent",	20,	"S" },
	{ ".Drafts",	3,	"DS" },
};
enum { FOLDERS = sizeof folders / sizeof folders[0], WATCHED = 2 };

struct tree {
	uint64_t random;
	time_t now;
	size_t messages;
	size_t watched_left;	/* not yet made */
	size_t due_left;
	size_t due_bytes;
	size_t bytes;		/* of the mailbox at hand */
};

/* splitmix64, by Sebastiano Vigna (public domain). */
static uint64_t
draw(struct tree *t)
{
	uint64_t z = t->random += 0x9e3779b97f4a7c15U;

	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9U;
	z = (z ^ z >> 27) * 0x94d049bb133111ebU;
	return z ^ z >> 31;
}

/* 0 to below LIMIT; the bias is of no account here. */
static size_t
below(struct tree *t, size_t limit)
{
	return limit == 0 ? 0 : (size_t)(draw(t) % limit);
}

static double
lognormal(struct tree *t, double median, double sigma)
{
	double sum = -6;
	int i;

	for (i = 0; i < 12; i++)	/* nearly normal, deviation 1 */
		sum += (double)(draw(t) >> 11) / 9007199254740992.0;
	return median * exp(sigma * sum);
}

static int
make_dir(int at, const char *name)
{
	int fd;

	if (mkdirat(at, name, 0700) == -1)
		err(EXIT_FAILURE, "make directory %s", name);
	fd = openat(at, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd == -1)
		err(EXIT_FAILURE, "open directory %s", name);
	return fd;
}

static void
age_and_close(int fd, time_t atime, time_t mtime, long nsec)
{
	const struct timespec ts[2] = { { atime, 0 }, { mtime, nsec } };

	if (futimens(fd, ts) == -1)
		err(EXIT_FAILURE, "set times");
	if (close(fd) == -1)
		err(EXIT_FAILURE, "close");
}

static void
close_dir(struct tree *t, int fd)
{
	age_and_close(fd, t->now, t->now - 20 * DAY - (time_t)below(t, DAY),
	    (long)below(t, 1000000000));
}

static int
make_file(int at, const char *name, size_t size)
{
	int fd;

	fd = openat(at, name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	if (fd == -1)
		err(EXIT_FAILURE, "make %s", name);
	if (size > 0 && (errno = posix_fallocate(fd, 0, (off_t)size)) != 0)
		err(EXIT_FAILURE, "allocate %s", name);
	return fd;
}

static void
make_plain_file(struct tree *t, int at, const char *name, size_t size)
{
	age_and_close(make_file(at, name, size), t->now, t->now - 20 * DAY, 0);
}

/* True for exactly the wanted number out of all (Knuth's algorithm S). */
static bool
pick_due(struct tree *t)
{
	bool due = below(t, t->watched_left) < t->due_left;

	t->watched_left--;
	if (due)
		t->due_left--;
	return due;
}

static void
make_message(struct tree *t, int cur, int new, size_t folder)
{
	char name[160];
	double span;
	size_t size;
	time_t when;
	long usec = (long)below(t, 1000000);
	bool due = false, unread;
	int fd;

	size = (size_t)lognormal(t, 3277, 0.6);
	if (size < 400)
		size = 400;
	if (size > 65536)
		size = 65536;

	unread = below(t, 100) < NEW_PERCENT;
	if (folder < WATCHED && (due = pick_due(t))) {
		when = t->now - 23 * DAY / 2 - (time_t)below(t, DAY);
		unread = false;
		t->due_bytes += size;
	} else if (folder < WATCHED) {
		when = t->now - 5 * DAY / 2 - (time_t)below(t, 7 * DAY);
	} else {		/* three years back, the young ones many */
		span = (double)below(t, 1000000) / 1000000;
		when = t->now - 3600 - (time_t)(span * span * 1095 * DAY);
	}
	snprintf(name, sizeof name, "%lld.M%ldP%zu.mx.example.test,S=%zu%s%s",
	    (long long)when, usec, 1000 + below(t, 31000), size,
	    unread ? "" : ":2,", unread ? "" : folders[folder].flags);
	fd = make_file(unread ? new : cur, name, size);
	age_and_close(fd, t->now, when, usec * 1000);
	t->bytes += size;
}

static void
make_folder(struct tree *t, int mailbox, size_t folder, size_t messages)
{
	const char *dir = folders[folder].dir;
	bool inbox = strcmp(dir, ".") == 0;
	int at, cur, new;

	at = inbox ? dup(mailbox) : make_dir(mailbox, dir);
	if (at == -1)
		err(EXIT_FAILURE, "dup");
	cur = make_dir(at, "cur");
	new = make_dir(at, "new");
	close_dir(t, make_dir(at, "tmp"));
	if (!inbox)
		make_plain_file(t, at, "maildirfolder", 0);
	make_plain_file(t, at, "dovecot-uidlist", 40 + messages * 60);
	make_plain_file(t, at, "dovecot.index.log", 200 + messages * 30);
	while (messages-- > 0)
		make_message(t, cur, new, folder);
	close_dir(t, cur);
	close_dir(t, new);
	close_dir(t, at);
}

static void
write_quota(struct tree *t, int mailbox, size_t messages)
{
	char text[80];
	int fd, n;

	n = snprintf(text, sizeof text, "1000000000S\n%zu %zu\n", t->bytes,
	    messages);
	fd = make_file(mailbox, "maildirsize", 0);
	if (write(fd, text, (size_t)n) != n)
		err(EXIT_FAILURE, "write maildirsize");
	age_and_close(fd, t->now, t->now - 20 * DAY, 0);
}

static void
make_mailbox(struct tree *t, int domain, size_t number, size_t messages,
    size_t watched)
{
	char name[32];
	size_t i, n, junk, rest = messages - watched;
	int mailbox;

	snprintf(name, sizeof name, "user%04zu", number);
	mailbox = make_dir(domain, name);
	t->bytes = 0;

	junk = watched * (30 + below(t, 41)) / 100;
	make_folder(t, mailbox, 0, junk);
	make_folder(t, mailbox, 1, watched - junk);
	for (i = FOLDERS - 1; i >= WATCHED; i--) {
		n = (messages - watched) * folders[i].percent / 100;
		if (i == WATCHED)	/* the inbox has what remains */
			n = rest;
		make_folder(t, mailbox, i, n);
		rest -= n;
	}
	make_plain_file(t, mailbox, "subscriptions", 40);
	write_quota(t, mailbox, messages);
	close_dir(t, mailbox);
}

/* Mailboxes of very different sizes, in sum exactly t->messages. */
static void
make_tree(struct tree *t, int root, size_t mailboxes)
{
	char name[32];
	double *weight, total = 0, sum = 0;
	size_t i, made = 0, upto;
	int domain = -1;

	weight = calloc(mailboxes, sizeof weight[0]);
	if (weight == NULL)
		err(EXIT_FAILURE, "calloc");
	for (i = 0; i < mailboxes; i++)
		total += weight[i] = lognormal(t, 1, 1);

	for (i = 0; i < mailboxes; i++) {
		if (i % PER_DOMAIN == 0) {
			if (domain != -1)
				close_dir(t, domain);
			snprintf(name, sizeof name, "d%03zu.test",
			    i / PER_DOMAIN);
			domain = make_dir(root, name);
		}
		sum += weight[i];
		upto = (size_t)((double)t->messages * (sum / total));
		if (i == mailboxes - 1 || upto > t->messages)
			upto = t->messages;
		make_mailbox(t, domain, i % PER_DOMAIN, upto - made,
		    upto * WATCHED_PERCENT / 100 -
		    made * WATCHED_PERCENT / 100);
		made = upto;
	}
	if (domain != -1)
		close_dir(t, domain);
	free(weight);
}

static size_t
number(const char *s)
{
	char *end;
	unsigned long long n = strtoull(s, &end, 10);

	if (*s == '\0' || *s == '-' || *end != '\0')
		errx(EXIT_FAILURE, "%s: not a number", s);
	return (size_t)n;
}

int
main(int argc, char *argv[])
{
	struct tree t = { .messages = 100000 };
	size_t mailboxes = 0, watched, due;
	int c, root;

	t.now = time(NULL);
	while ((c = getopt(argc, argv, "d:m:n:s:")) != -1) {
		switch (c) {
		case 'd':
			t.due_left = number(optarg);
			break;
		case 'm':
			mailboxes = number(optarg);
			break;
		case 'n':
			t.messages = number(optarg);
			break;
		case 's':
			t.random = number(optarg);
			break;
		default:
			goto usage;
		}
	}
	if (argc - optind != 1)
		goto usage;
	if (mailboxes == 0)
		mailboxes = t.messages / PER_MAILBOX;
	if (mailboxes == 0)
		mailboxes = 1;
	watched = t.watched_left = t.messages * WATCHED_PERCENT / 100;
	due = t.due_left;
	if (due > watched)
		errx(EXIT_FAILURE, "%zu due, but only %zu in Junk and Trash",
		    due, watched);

	root = make_dir(AT_FDCWD, argv[optind]);
	make_tree(&t, root, mailboxes);
	close_dir(&t, root);
	printf("messages=%zu mailboxes=%zu watched=%zu due=%zu due_bytes=%zu\n",
	    t.messages, mailboxes, watched, due, t.due_bytes);
	return EXIT_SUCCESS;
usage:
	fprintf(stderr, "usage: mktree [-d due] [-m mailboxes] "
	    "[-n messages] [-s seed] root\n");
	return EXIT_FAILURE;
}
