/*
 * mkscored - make mailboxes with messages as a host that scans has them.
 *
 *	mkscored boxes messages root [first]
 *
 * MESSAGES a mailbox, half of them in cur and half in new, of about 5 KiB with
 * SpamAssassin's lines on top; every 20th scores 15.3, the others 1.2.  Their
 * numbers begin with FIRST; FIRST not 0 adds to mailboxes that are there.
 */
#include <sys/stat.h>

#include <err.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static char body[2200];

/* As long, and of as many fields, as what a mailing host sends today. */
static const char header[] =
    "Return-path: <bounce-17@mail.example.org>\n"
    "X-Spam-Checker-Version: SpamAssassin 4.0.1 (2024-03-25) on "
    "mx.example.test\n"
    "X-Spam-Level: *\n"
    "X-Spam-Status: %s, score=%s required=5.0 tests=BAYES_50,\n"
    "\tDKIM_SIGNED,SPF_PASS autolearn=no autolearn_force=no "
    "version=4.0.1\n"
    "Received: from out17.mail.example.org ([192.0.2.17]:40000)\n"
    "\tby mx.example.test with esmtps (TLS1.3) tls "
    "TLS_AES_256_GCM_SHA384\n\t(Exim 4.96)\n"
    "\t(envelope-from <bounce-17@mail.example.org>)\n\tid 1abc%08ld\n"
    "\tfor user@example.test;\n\tSun, 22 Nov 2026 20:00:00 +0000\n"
    "DKIM-Signature: v=1; a=rsa-sha256; c=relaxed/relaxed; "
    "d=example.org;\n\ts=k1; t=1795377600; i=news@example.org;\n"
    "\tbh=47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=;\n"
    "\th=Date:From:To:Subject:Message-ID:List-ID:List-Unsubscribe:\n"
    "\t List-Unsubscribe-Post:Content-Type:MIME-Version:Feedback-ID;\n"
    "\tb=Jx2l7vQn0y3D0m4c1pE0oYB2mXqv8Tn5tX4VbqkZ1m6u0yS7dC5rA8eW2hF9gK\n"
    "\t L3pN6qR0sT4uV8wX2yZ6aB1cD5eF9gH3iJ7kL1mN5oP9qR3sT7uV1wX5yZ9aB\n"
    "\t C3dE7fG1hI5jK9lM3nO7pQ1rS5tU9vW3xY7zA1bC5dE9fG3hI7jK1lM5nO9pQ==\n"
    "Received: from app-4.example.org (app-4.example.org [198.51.100.4])\n"
    "\tby out17.mail.example.org (Postfix) with ESMTPS id 4F%08ld\n"
    "\tfor <user@example.test>; Sun, 22 Nov 2026 19:59:58 +0000 (UTC)\n"
    "Received: by app-4.example.org (Postfix, from userid 1000)\n"
    "\tid 7C%08ld; Sun, 22 Nov 2026 19:59:57 +0000 (UTC)\n"
    "Date: Sun, 22 Nov 2026 19:59:57 +0000\n"
    "From: \"Example News\" <news@example.org>\n"
    "Reply-To: \"Example News\" <reply+17@example.org>\n"
    "To: \"A User\" <user@example.test>\n"
    "Message-ID: <%ld.17@app-4.example.org>\n"
    "Subject: =?UTF-8?Q?What_is_new_this_week=3A_number?= %ld\n"
    "List-ID: news <news.example.org>\n"
    "List-Unsubscribe: <https://example.org/u/17/3f2b9c>, "
    "<mailto:u+17@example.org>\n"
    "List-Unsubscribe-Post: List-Unsubscribe=One-Click\n"
    "Feedback-ID: 17:news:example\n"
    "Precedence: bulk\n"
    "Auto-Submitted: auto-generated\n"
    "X-Mailer: Example Mailer 7.2\n"
    "X-Report-Abuse: <abuse@example.org>\n"
    "MIME-Version: 1.0\n"
    "Content-Type: multipart/alternative;\n"
    "\tboundary=\"=_2f8a9b7c6d5e4f3a2b1c0d9e8f7a6b5c\"\n"
    "\n%s";

static void
make_dir(const char *path)
{
	if (mkdir(path, 0700) == -1 && errno != EEXIST)
		err(EXIT_FAILURE, "%s", path);
}

static void
message(const char *box, long n)
{
	char path[1024];
	const char *sub = n % 2 ? "cur" : "new";
	int spam = n % 20 == 0;
	FILE *out;

	snprintf(path, sizeof path, "%s/%s/1795380000.M%ldP1.mx%s", box, sub,
	    n, n % 2 ? ":2,S" : "");
	out = fopen(path, "w");
	if (out == NULL)
		err(EXIT_FAILURE, "%s", path);
	fprintf(out, header, spam ? "Yes" : "No", spam ? "15.3" : "1.2", n, n,
	    n, n, n, body);
	if (ferror(out) || fclose(out) == EOF)
		err(EXIT_FAILURE, "%s", path);
}

int
main(int argc, char *argv[])
{
	static const char *const subs[] = { "", "/cur", "/new", "/tmp" };
	long boxes, messages, first, b, i;
	char path[700], box[600];
	size_t s;

	if (argc < 4 || argc > 5) {
		fprintf(stderr, "usage: mkscored boxes messages root "
		    "[first]\n");
		return EXIT_FAILURE;
	}
	boxes = atol(argv[1]);
	messages = atol(argv[2]);
	first = argc == 5 ? atol(argv[4]) : 0;
	memset(body, 'x', sizeof body - 1);
	for (i = 71; i + 1 < (long)sizeof body; i += 72)
		body[i] = '\n';
	make_dir(argv[3]);
	for (b = 0; b < boxes; b++) {
		snprintf(path, sizeof path, "%s/d%ld.test", argv[3], b % 100);
		make_dir(path);
		snprintf(box, sizeof box, "%s/u%ld", path, b);
		for (s = 0; s < 4 && first == 0; s++) {
			snprintf(path, sizeof path, "%s%s", box, subs[s]);
			make_dir(path);
		}
		for (i = 0; i < messages; i++)
			message(box, first + b * messages + i);
	}
	return EXIT_SUCCESS;
}
