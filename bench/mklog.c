/*
 * mklog - write a main log as Exim does, the same for the same seed.
 *
 *	mklog [-s seed] mebibytes file
 *
 * Messages that arrive, are delivered and completed, in between what was
 * refused, a few under way at a time.  Mail comes from 2,000 hosts and goes to
 * 5,000 local users, to some of both much more often than to others; ids,
 * ports, sizes and Message-IDs are any.  gzip -6 makes a fifth of it.
 */
#include <err.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#define HOSTS		2000
#define USERS		5000
#define UNDER_WAY	8		/* messages at a time */
#define LETTERS	\
	"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"

struct mail {
	char id[17];
	uint32_t host, from;		/* the sender's host, and name */
	unsigned to, left;		/* recipients */
};

static const char *const words[] = {
	"mail", "smtp", "out", "relay", "mta", "bounce", "news", "mx"
}, *const names[] = {
	"alice", "bob", "carol", "dave", "erin", "frank", "grace", "heidi",
	"ivan", "judy", "info", "office", "orders", "support", "sales", "admin"
}, *const zones[] = { "com", "net", "org", "example", "test", "invalid" };

static uint64_t state;
static time_t now_s;
static unsigned long pid = 4000;

/* splitmix64 */
static uint64_t
mix(uint64_t z)
{
	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9;
	z = (z ^ z >> 27) * 0x94d049bb133111eb;
	return z ^ z >> 31;
}

static uint32_t
draw(uint32_t below)
{
	state += 0x9e3779b97f4a7c15;
	return (uint32_t)((mix(state) >> 32) * below >> 32);
}

/* The first ones more often: half of all draws are in the first eighth. */
static uint32_t
favour(uint32_t below)
{
	uint64_t r = draw(1U << 20);

	return (uint32_t)((((r * r) >> 20) * r >> 20) * below >> 20);
}

static void
base62(char *p, int digits, uint64_t n)
{
	for (; digits > 0; n /= 62)
		p[--digits] = LETTERS[n % 62];
}

static void
put_time(FILE *out)
{
	static char text[32];
	static time_t text_s;
	struct tm tm;

	if (text_s != now_s) {
		gmtime_r(&now_s, &tm);
		strftime(text, sizeof text, "%Y-%m-%d %H:%M:%S ", &tm);
		text_s = now_s;
	}
	fputs(text, out);
}

/* What a host is called, and where it is: always the same. */
static void
put_host(FILE *out, uint32_t host)
{
	uint64_t h = mix(host + 1);

	fprintf(out, "H=%s%u.h%x.%s [%u.%u.%u.%u]", words[h % 8],
	    (unsigned)(h >> 3 & 15), (unsigned)(h >> 40 & 0xfffff),
	    zones[h >> 8 & 3], (unsigned)(h >> 16 & 127) + 64,
	    (unsigned)(h >> 24 & 255), (unsigned)(h >> 32 & 255),
	    (unsigned)(h >> 40 & 255));
}

/* USER's name, which Exim writes with and without the domain. */
static int
user(char *buf, size_t size, uint32_t user_no)
{
	return snprintf(buf, size, "%s%u", names[mix(user_no) % 16],
	    (unsigned)user_no);
}

static void
put_sender(FILE *out, const struct mail *m)
{
	uint64_t h = mix(m->host + 1);

	if (m->from % 3 == 0)
		fprintf(out, "bounces+%08x-%06x@h%x.%s", (unsigned)m->from,
		    (unsigned)(mix(m->from) & 0xffffff),
		    (unsigned)(h >> 40 & 0xfffff), zones[h >> 8 & 3]);
	else
		fprintf(out, "%s.%u@h%x.%s", names[m->from % 16],
		    (unsigned)(m->from >> 4) % 500,
		    (unsigned)(h >> 40 & 0xfffff), zones[h >> 8 & 3]);
}

static void
arrive(FILE *out, struct mail *m)
{
	pid += 1 + draw(40);
	base62(m->id, 6, (uint64_t)now_s);
	m->id[6] = '-';
	base62(m->id + 7, 6, pid % 4194304);
	m->id[13] = '-';
	base62(m->id + 14, 2, draw(2000));
	m->id[16] = '\0';
	m->host = favour(HOSTS);
	m->from = draw(1U << 31);
	m->to = m->left = draw(8) == 0 ? 2 + draw(3) : 1;
	put_time(out);
	fprintf(out, "%s <= ", m->id);
	put_sender(out, m);
	putc(' ', out);
	put_host(out, m->host);
	fprintf(out, " P=esmtps X=TLS1.3:ECDHE_X25519__RSA_PSS_RSAE_SHA256__"
	    "AES_256_GCM:256 CV=no S=%u id=%08x.%u@%s%u.h%x.%s\n",
	    (unsigned)(900 + favour(400000)), (unsigned)draw(~0U),
	    (unsigned)draw(100000), words[mix(m->host + 1) % 8],
	    (unsigned)(mix(m->host + 1) >> 3 & 15),
	    (unsigned)(mix(m->host + 1) >> 40 & 0xfffff),
	    zones[mix(m->host + 1) >> 8 & 3]);
}

/* To a mailbox here, or on to a host elsewhere. */
static void
deliver(FILE *out, struct mail *m)
{
	uint32_t to = favour(USERS);
	char name[32];

	user(name, sizeof name, to);
	put_time(out);
	if (draw(6) > 0) {
		fprintf(out, "%s %s %s <%s@example%u.test> R=%s T=%s\n",
		    m->id, m->left == m->to ? "=>" : "->", name, name,
		    (unsigned)(to % 40), draw(10) > 0 ?
		    "virtual_local_mailbox" : "blacklist_router",
		    "virtual_delivery");
		return;
	}
	fprintf(out, "%s => %s@h%x.%s R=dnslookup T=remote_smtp ", m->id, name,
	    (unsigned)(mix(to) & 0xffff), zones[to & 3]);
	put_host(out, to % HOSTS);
	fprintf(out, " X=TLS1.3:ECDHE_SECP256R1__RSA_PSS_RSAE_SHA256__"
	    "AES_256_GCM:256 CV=yes C=\"250 2.0.0 Ok: queued as %010llX\"\n",
	    (unsigned long long)draw(~0U) << 4);
}

static void
refuse(FILE *out)
{
	struct mail m = { .host = draw(4) > 0 ? HOSTS + draw(1U << 20) :
	    favour(HOSTS), .from = draw(1U << 31) };
	char name[32];

	user(name, sizeof name, draw(4) > 0 ? favour(USERS) : draw(1U << 24));
	put_time(out);
	put_host(out, m.host);
	switch (draw(5)) {
	case 0:
		fprintf(out, ":%u rejected connection in \"connect\" ACL: is "
		    "blacklisted\n", (unsigned)(1024 + draw(64000)));
		break;
	case 1:
		fputs(" sender verify fail for <", out);
		put_sender(out, &m);
		fputs(">: Unknown user\n", out);
		break;
	default:
		fputs(" F=<", out);
		put_sender(out, &m);
		fprintf(out, "> rejected RCPT <%s@example%u.test>: %s\n", name,
		    (unsigned)draw(40), draw(4) > 0 ? "Unknown user" :
		    "relay not permitted");
	}
}

/* One or more lines: something happens to one of the messages under way. */
static void
go_on(FILE *out, struct mail *m)
{
	if (draw(5) == 0)
		refuse(out);
	if (m->id[0] == '\0')
		arrive(out, m);
	else if (m->left > 0) {
		deliver(out, m);
		m->left--;
	} else {
		put_time(out);
		fprintf(out, "%s Completed\n", m->id);
		m->id[0] = '\0';
	}
	now_s += draw(3) == 0;
}

int
main(int argc, char *argv[])
{
	struct mail mails[UNDER_WAY] = { 0 };
	long long size;
	FILE *out;
	int c;

	while ((c = getopt(argc, argv, "s:")) != -1) {
		if (c != 's')
			goto usage;
		state = strtoull(optarg, NULL, 10);
	}
	if (argc - optind != 2)
		goto usage;
	size = strtoll(argv[optind], NULL, 10) * 1024 * 1024;
	now_s = 1795300000;
	out = fopen(argv[optind + 1], "w");
	if (out == NULL)
		err(EXIT_FAILURE, "%s", argv[optind + 1]);
	while (!ferror(out) && ftello(out) < size)
		for (c = 0; c < 100; c++)
			go_on(out, &mails[draw(UNDER_WAY)]);
	if (ferror(out) || fclose(out) == EOF)
		err(EXIT_FAILURE, "%s", argv[optind + 1]);
	return EXIT_SUCCESS;
usage:
	fprintf(stderr, "usage: mklog [-s seed] mebibytes file\n");
	return EXIT_FAILURE;
}
