/*
 * mkpending - fill the pending queue of a TMDA directory.
 *
 *	mkpending [-d] count now directory
 *
 * COUNT messages in DIRECTORY/pending, of TMDA's original format: one in ten
 * came 15 to 40 days before NOW and has a process number from 70000 on, the
 * others came in the last 13 days and have one below; so a pattern of names
 * can tell them as well as the time in them does.  -d: those old ones alone,
 * as far as they are missing.  The young ones are empty, for nobody opens them.
 *
 * DIRECTORY/lists/confirmed and whitelist have 10,000 addresses each; of the
 * old messages one in a hundred is from one of them.
 */
#include <sys/stat.h>

#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define DAY_S		86400LL
#define OLD_EVERY	10
#define LISTED_EVERY	100
#define ADDRESSES	10000

static const char text[] =
    "Return-Path: <sender%lld@%s.example.org>\n"
    "Received: from mx%lld.example.org ([192.0.2.17]:40000)\n"
    "\tby mx.example.test with esmtps (TLS1.3) tls "
    "TLS_AES_256_GCM_SHA384\n\t(Exim 4.96)\n"
    "\t(envelope-from <sender%lld@mail.example.org>)\n"
    "\tid 1xV3Pd-00004z-1u for user%lld@example.test;\n"
    "\tSun, 22 Nov 2026 20:00:00 +0000\n"
    "X-TMDA-Recipient: user%lld@example.test\n"
    "Date: Sun, 22 Nov 2026 19:59:57 +0000\n"
    "From: \"A Sender\" <sender%lld@mail.example.org>\n"
    "To: \"A User\" <user%lld@example.test>\n"
    "Message-ID: <%lld.17@app-4.example.org>\n"
    "Subject: What is new this week, number %lld\n"
    "MIME-Version: 1.0\n"
    "Content-Type: text/plain; charset=utf-8\n"
    "\n"
    "You have won a prize.  Answer within a week, and it is yours.\n";

static void
make_dir(int at, const char *name)
{
	if (mkdirat(at, name, 0700) == -1 && errno != EEXIST)
		err(EXIT_FAILURE, "%s", name);
}

static int
open_dir(int at, const char *name)
{
	int fd = openat(at, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (fd == -1)
		err(EXIT_FAILURE, "%s", name);
	return fd;
}

/* Sender I of a list is "senderI@mail"; others are at "other". */
static void
message(int dirfd, long long i, long long count, long long now_s)
{
	bool old = i % OLD_EVERY == 0;
	long long n = i / OLD_EVERY, time_s;
	const char *domain;
	char name[64];
	int fd;

	if (old)
		time_s = now_s - 15 * DAY_S - n * OLD_EVERY * 25 * DAY_S /
		    (count + OLD_EVERY);
	else
		time_s = now_s - 3600 - i * 13 * DAY_S / count;
	snprintf(name, sizeof name, "%lld.%lld.msg", time_s,
	    old ? 70000 + n % 10000 : 10000 + i % 60000);
	fd = openat(dirfd, name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC,
	    0600);
	if (fd == -1 && errno == EEXIST && old)
		return;
	if (fd == -1)
		err(EXIT_FAILURE, "%s", name);
	domain = n % LISTED_EVERY == 0 ? "mail" : "other";
	n %= 2 * ADDRESSES;
	if (old && dprintf(fd, text, n, domain, i, n, i, i, n, i, i, i) == -1)
		err(EXIT_FAILURE, "%s", name);
	close(fd);
}

static void
list(int dirfd, const char *name, long long first)
{
	int fd = openat(dirfd, name, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC,
	    0600);
	FILE *out = fd == -1 ? NULL : fdopen(fd, "w");
	long long i;

	if (out == NULL)
		err(EXIT_FAILURE, "%s", name);
	for (i = first; i < first + ADDRESSES; i++)
		fprintf(out, "sender%lld@mail.example.org\n", i);
	if (ferror(out) || fclose(out) == EOF)
		err(EXIT_FAILURE, "%s", name);
}

int
main(int argc, char *argv[])
{
	bool old_only = false;
	long long count, now_s, i;
	int c, top, pending, lists;

	while ((c = getopt(argc, argv, "d")) != -1) {
		if (c != 'd')
			goto usage;
		old_only = true;
	}
	if (argc - optind != 3)
		goto usage;
	count = atoll(argv[optind]);
	now_s = atoll(argv[optind + 1]);
	make_dir(AT_FDCWD, argv[optind + 2]);
	top = open_dir(AT_FDCWD, argv[optind + 2]);
	make_dir(top, "pending");
	make_dir(top, "lists");
	pending = open_dir(top, "pending");
	lists = open_dir(top, "lists");
	list(lists, "confirmed", 0);
	list(lists, "whitelist", ADDRESSES);
	for (i = 0; i < count; i++)
		if (!old_only || i % OLD_EVERY == 0)
			message(pending, i, count, now_s);
	close(lists);
	close(pending);
	close(top);
	return EXIT_SUCCESS;
usage:
	fprintf(stderr, "usage: mkpending [-d] count now directory\n");
	return EXIT_FAILURE;
}
