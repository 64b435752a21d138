/*
 * spamscan/spamd - ask SpamAssassin's spamd for a message's score.
 *
 * A talk is one connection: connect, send, and read to its end, all of it
 * without blocking and within one time for the whole.  What was read is judged
 * when there is no more to come.
 */
#include "spamscan/spamd.h"

#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <sys/un.h>

#include <arpa/inet.h>
#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/decimal.h"
#include "base/duration.h"
#include "base/stop.h"

#define PORT		783		/* spamd's own default */
#define HOST_MAX	253		/* of a name in the DNS */
#define ADDRESSES	8		/* of one host, tried in turn */
#define USER_MAX	255
#define HEAD_MAX	(USER_MAX + 200)
#define ANSWER_MAX	8192		/* spamd's has less than 100 */
#define SCORE_MAX	(5000 * 100)	/* hundredths */
#define QUOTE_MAX	200		/* bytes of an answer, in an error */
#define SLICE_MS	100		/* between two looks at mk_stopped() */
#define FULL_MS		20		/* the queue of a socket is full */
#define GRACE_MS	1000		/* between an answer and the close */

struct address {
	union {
		struct sockaddr sa;
		struct sockaddr_un local;
		struct sockaddr_in6 v6;
		struct sockaddr_in v4;
	} to;
	socklen_t len;
};

struct mk_spamd {
	char *name;			/* as the configuration has it */
	int64_t timeout_ms;
	size_t max_size;
	int user;			/* enum mk_spamd_user */
	unsigned port;			/* 0: a unix socket */
	size_t n;			/* addresses */
	struct address addresses[ADDRESSES];
	atomic_size_t good;		/* the one that answered last */
};

enum stage { CONNECT, SEND, ANSWER };
static const char *const stages[] = { "connect", "send", "answer" };

struct talk {
	struct mk_spamd *spamd;
	struct mk_error *err;
	enum stage stage;
	int fd;
	int64_t end_ms;			/* of the monotonic clock */
	bool hurried;			/* by the caller's deadline */
	bool tell;			/* TELL; else CHECK */
	char head[HEAD_MAX];
	size_t head_len;
	const char *text;		/* the message */
	size_t text_len, sent;		/* of head and text together */
	int send_errno, read_errno;	/* why an end came early, or 0 */
	bool early;			/* it spoke before all was sent */
	bool closed;			/* spamd has said all */
	size_t len;
	char answer[ANSWER_MAX + 2];	/* too much fits; ended by a NUL */
};

/* What an answer says. */
struct answer {
	long code;			/* of sysexits(3); 0: it went well */
	const char *text;		/* behind the code, */
	size_t text_len;		/* to the end of the line */
	const char *body;
	int64_t content_length;		/* -1: not said */
	bool scored;
	int64_t score, threshold;	/* hundredths */
};

/* Where spamd is, as it was written. */
struct place {
	char host[HOST_MAX + 1];	/* "" for a unix socket */
	bool numeric;			/* an IPv6 address */
	unsigned port;
};

/* The configuration. */

static int
bad_place(const char *text, const char *why, struct mk_error *err)
{
	return mk_fail(err, EX_CONFIG, "socket: \"%s\" %s: write /PATH, "
	    "HOST:PORT or [IPV6]:PORT", text, why);
}

/* Blanks and what else is no name: a typing mistake that no DNS has to see. */
static bool
is_host(const char *text, size_t len)
{
	static const char chars[] = "abcdefghijklmnopqrstuvwxyz"
	    "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-_";

	return len > 0 && len <= HOST_MAX && strspn(text, chars) >= len;
}

/* 1 to 65535 in at most five digits; 0: none. */
static unsigned
parse_port(const char *text)
{
	size_t len = strspn(text, "0123456789");
	unsigned long port;

	if (len == 0 || len > 5 || text[len] != '\0')
		return 0;
	port = strtoul(text, NULL, 10);
	return port <= 65535 ? (unsigned)port : 0;
}

/* "HOST", "HOST:PORT", "[V6]", "[V6]:PORT". */
static int
parse_host(const char *text, struct place *place, struct mk_error *err)
{
	struct in6_addr v6;
	const char *rest;
	size_t len;

	place->numeric = *text == '[';
	len = strcspn(text, place->numeric ? "]" : ":");
	rest = text + len;
	if (place->numeric) {
		if (*rest != ']')
			return bad_place(text, "has no ]", err);
		rest++;
		len--;
	}
	if (len > HOST_MAX)
		return bad_place(text, "is too long", err);
	memcpy(place->host, text + (place->numeric ? 1 : 0), len);
	place->host[len] = '\0';
	if (place->numeric ? inet_pton(AF_INET6, place->host, &v6) != 1 :
	    !is_host(place->host, len))
		return bad_place(text, "is no address", err);
	place->port = *rest == '\0' ? PORT :
	    *rest == ':' ? parse_port(rest + 1) : 0;
	if (place->port == 0)
		return bad_place(text, "has no port from 1 to 65535", err);
	return 0;
}

static int
parse_place(const char *text, struct place *place, struct mk_error *err)
{
	struct sockaddr_un sa;
	const char *at;

	*place = (struct place){ 0 };
	if (*text != '/')
		return parse_host(text, place, err);
	for (at = text; *at != '\0'; at++)
		if ((unsigned char)*at < ' ' || *at == '\177')
			return mk_fail(err, EX_CONFIG, "socket: the path has "
			    "a control character");
	if (strlen(text) >= sizeof sa.sun_path)
		return mk_fail(err, EX_CONFIG, "socket: \"%s\" is too long: "
		    "the system takes %zu bytes", text,
		    sizeof sa.sun_path - 1);
	return 0;
}

#define FIELD(f)	offsetof(struct mk_spamd_conf, f)
static const struct mk_key keys[] = {
	{ "socket", MK_STRING, "", NULL, NULL, NULL, FIELD(socket) },
	{ "connections", MK_INT, "4", "1", "64", NULL, FIELD(connections) },
	{ "timeout", MK_DURATION, "60s", "1s", "1h", NULL, FIELD(timeout_s) },
	{ "max-size", MK_SIZE, "512KiB", "1KiB", "64MiB", NULL,
	    FIELD(max_size) },
	{ "user", MK_ENUM, "email", NULL, NULL, "email|local-part|none",
	    FIELD(user) },
	MK_KEY_END
};
#undef FIELD

static int
check_conf(void *data, struct mk_error *err)
{
	const struct mk_spamd_conf *conf = data;
	struct place place;

	return *conf->socket == '\0' ? 0 :
	    parse_place(conf->socket, &place, err);
}

const struct mk_section mk_spamd_section = {
	.name = "spamscan.spamd", .keys = keys,
	.size = sizeof(struct mk_spamd_conf), .check = check_conf,
};

/* Where spamd is. */

static int
find_socket(struct mk_spamd *spamd, struct mk_error *err)
{
	struct address *a = &spamd->addresses[0];
	struct stat st;

	/* While spamd is away, what needs none of it can be done. */
	if (stat(spamd->name, &st) == -1) {
		if (errno != ENOENT)
			return mk_fail_sys(err, "spamd at %s", spamd->name);
	} else if (!S_ISSOCK(st.st_mode))
		return mk_fail(err, EX_CONFIG, "spamd at %s: no socket",
		    spamd->name);
	a->to.local.sun_family = AF_UNIX;
	snprintf(a->to.local.sun_path, sizeof a->to.local.sun_path, "%s",
	    spamd->name);
	a->len = sizeof a->to.local;
	spamd->n = 1;
	return 0;
}

static int
find_host(struct mk_spamd *spamd, const struct place *place,
    struct mk_error *err)
{
	struct addrinfo hints = { .ai_socktype = SOCK_STREAM }, *list, *ai;
	struct address *a;
	char port[12];
	int why;

	snprintf(port, sizeof port, "%u", place->port);
	hints.ai_flags = AI_NUMERICSERV | (place->numeric ?
	    AI_NUMERICHOST : 0);
	why = getaddrinfo(place->host, port, &hints, &list);
	if (why != 0)
		return mk_fail(err, EX_TEMPFAIL, "spamd at %s: no address of "
		    "that name: %s", spamd->name, why == EAI_SYSTEM ?
		    strerror(errno) : gai_strerror(why));
	for (ai = list; ai != NULL && spamd->n < ADDRESSES; ai = ai->ai_next) {
		a = &spamd->addresses[spamd->n];
		if (ai->ai_addrlen > sizeof a->to)
			continue;
		memcpy(&a->to, ai->ai_addr, ai->ai_addrlen);
		a->len = ai->ai_addrlen;
		spamd->n++;
	}
	freeaddrinfo(list);
	spamd->port = place->port;
	return spamd->n > 0 ? 0 : mk_fail(err, EX_TEMPFAIL, "spamd at %s: no "
	    "address of IPv4 or IPv6", spamd->name);
}

struct mk_spamd *
mk_spamd_open(const struct mk_spamd_conf *conf, struct mk_error *err)
{
	struct mk_spamd *spamd;
	struct place place;

	if (*conf->socket == '\0') {
		mk_fail(err, EX_CONFIG, "spamscan.spamd: socket is not set: "
		    "where does spamd listen?");
		return NULL;
	}
	if (parse_place(conf->socket, &place, err) == -1)
		return NULL;
	spamd = calloc(1, sizeof *spamd);
	if (spamd == NULL || (spamd->name = strdup(conf->socket)) == NULL) {
		mk_fail_sys(err, "spamd at %s", conf->socket);
		goto fail;
	}
	atomic_init(&spamd->good, 0);
	spamd->timeout_ms = conf->timeout_s * 1000;
	spamd->max_size = (size_t)conf->max_size;
	spamd->user = conf->user;
	if (place.port == 0 ? find_socket(spamd, err) == -1 :
	    find_host(spamd, &place, err) == -1)
		goto fail;
	return spamd;
fail:
	mk_spamd_close(spamd);
	return NULL;
}

void
mk_spamd_close(struct mk_spamd *spamd)
{
	if (spamd != NULL)
		free(spamd->name);
	free(spamd);
}

int
mk_spamd_allow(const struct mk_spamd *spamd, struct mk_sandbox *sandbox,
    struct mk_error *err)
{
	if (spamd->port == 0)
		return mk_sandbox_allow_socket(sandbox, spamd->name, err);
	return mk_sandbox_allow_connect(sandbox, spamd->port, err);
}

/* The talk. */

/* Whatever befalls a talk may be over the next time. */
static int
fail_why(struct talk *talk, const char *why)
{
	return mk_fail(talk->err, EX_TEMPFAIL, "spamd at %s: %s: %s",
	    talk->spamd->name, stages[talk->stage], why);
}

static int
fail_errno(struct talk *talk, int errnum)
{
	return fail_why(talk, strerror(errnum));
}

static int
fail_time(struct talk *talk)
{
	char limit[64];

	if (talk->hurried)
		return fail_why(talk, "the run's time is up");
	return mk_fail(talk->err, EX_TEMPFAIL, "spamd at %s: %s: not done "
	    "within %s", talk->spamd->name, stages[talk->stage],
	    mk_duration_format(limit, sizeof limit,
	    talk->spamd->timeout_ms / 1000));
}

/*
 * Until something of EVENTS can be done, or END_MS.  poll(2)'s revents, which
 * are 0 at END_MS; -1: stopped, or it failed.  A signal may wake another
 * thread than this one, hence the slices.
 */
static int
await(struct talk *talk, short events, int64_t end_ms)
{
	struct pollfd pfd = { .fd = talk->fd, .events = events };
	int64_t left;
	int r;

	for (;;) {
		if (mk_stopped())
			return fail_why(talk, "stopped by a signal");
		left = end_ms - mk_clock_ms();
		if (left <= 0)
			return 0;
		r = poll(&pfd, 1, left < SLICE_MS ? (int)left : SLICE_MS);
		if (r > 0)
			return pfd.revents;
		if (r == -1 && errno != EINTR)
			return fail_errno(talk, errno);
	}
}

/* As await(), for nothing but MS to pass, or END_MS to come. */
static int
await_time(struct talk *talk, int64_t ms, int64_t end_ms)
{
	int64_t until_ms = mk_clock_ms() + ms;
	int fd = talk->fd, r;

	talk->fd = -1;
	r = await(talk, 0, until_ms < end_ms ? until_ms : end_ms);
	talk->fd = fd;
	return r;
}

/* 0; -1 with errno; 1: await() failed. */
static int
finish_connect(struct talk *talk, int64_t end_ms)
{
	int r = await(talk, POLLOUT, end_ms), errnum = 0;
	socklen_t len = sizeof errnum;

	if (r == -1)
		return 1;
	if (r == 0)
		errnum = ETIMEDOUT;
	else if (getsockopt(talk->fd, SOL_SOCKET, SO_ERROR, &errnum,
	    &len) == -1)
		return -1;
	errno = errnum;
	return errnum == 0 ? 0 : -1;
}

/*
 * The same.  A unix socket whose queue is full says EAGAIN, and poll(2) will
 * not tell when it no longer is.
 */
static int
try_connect(struct talk *talk, const struct address *a, int64_t end_ms)
{
	talk->fd = socket(a->to.sa.sa_family,
	    SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (talk->fd == -1)
		return -1;
	while (connect(talk->fd, &a->to.sa, a->len) == -1) {
		if (errno == EINPROGRESS || errno == EINTR)
			return finish_connect(talk, end_ms);
		if (errno != EAGAIN)
			return -1;
		if (await_time(talk, FULL_MS, end_ms) == -1)
			return 1;
		if (mk_clock_ms() >= end_ms) {
			errno = ETIMEDOUT;
			return -1;
		}
	}
	return 0;
}

static int
fail_connect(struct talk *talk, int errnum)
{
	if (errnum == ETIMEDOUT && mk_clock_ms() >= talk->end_ms)
		return fail_time(talk);
	if (errnum == ECONNREFUSED || errnum == ENOENT)
		return mk_fail(talk->err, EX_TEMPFAIL, "spamd at %s: connect: "
		    "%s: is spamd running?", talk->spamd->name,
		    strerror(errnum));
	return fail_errno(talk, errnum);
}

/*
 * To the address that was good last; then to the others, each with its share
 * of the time that is left.
 */
static int
open_talk(struct talk *talk)
{
	struct mk_spamd *spamd = talk->spamd;
	size_t first = atomic_load(&spamd->good), at, i;
	int errnum = 0, r;
	int64_t now_ms;

	talk->stage = CONNECT;
	for (i = 0; i < spamd->n; i++) {
		at = (first + i) % spamd->n;
		now_ms = mk_clock_ms();
		r = try_connect(talk, &spamd->addresses[at], now_ms +
		    (talk->end_ms - now_ms) / (int64_t)(spamd->n - i));
		if (r == 0) {
			atomic_store(&spamd->good, at);
			return 0;
		}
		if (r == 1)
			return -1;
		errnum = errno;
		if (talk->fd != -1)
			close(talk->fd);
		talk->fd = -1;
	}
	return fail_connect(talk, errnum);
}

static bool
all_sent(const struct talk *talk)
{
	return talk->sent == talk->head_len + talk->text_len;
}

/*
 * Send some.  Afterwards close our half, as spamc does: with it a count that
 * we got wrong would be found at once.  When spamd no longer listens it may
 * have said why.
 */
static void
give(struct talk *talk)
{
	size_t head = talk->sent < talk->head_len ?
	    talk->head_len - talk->sent : 0;
	size_t done = talk->sent + head - talk->head_len;
	union { const char *in; char *out; } body = { talk->text + done };
	struct iovec iov[2] = {
		{ talk->head + talk->head_len - head, head },
		{ body.out, talk->text_len - done },
	};
	struct msghdr msg = { .msg_iov = iov, .msg_iovlen = 2 };
	ssize_t n = sendmsg(talk->fd, &msg, MSG_NOSIGNAL);

	if (n == -1) {
		if (errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR)
			return;
		talk->send_errno = errno;
		talk->closed = errno != EPIPE && errno != ECONNRESET;
		return;
	}
	talk->sent += (size_t)n;
	if (all_sent(talk))
		shutdown(talk->fd, SHUT_WR);
}

/* Read some.  0, or -1 where it is too much. */
static int
take(struct talk *talk)
{
	ssize_t n = recv(talk->fd, talk->answer + talk->len,
	    ANSWER_MAX + 1 - talk->len, 0);

	if (n == -1) {
		if (errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR)
			return 0;
		talk->read_errno = errno;
	}
	if (n <= 0) {
		talk->closed = true;
		return 0;
	}
	if (!all_sent(talk))
		talk->early = true;
	talk->stage = ANSWER;
	talk->len += (size_t)n;
	talk->answer[talk->len] = '\0';
	if (talk->len > ANSWER_MAX)
		return fail_why(talk, "far too long for spamd's");
	return 0;
}

/*
 * To spamd's end of the connection.  It may answer and close before it has
 * read all.  A whole answer is taken without its close, too: spamd tidies up
 * its Bayes database between the two, which can take minutes.
 */
static int
exchange(struct talk *talk)
{
	int64_t end_ms = talk->end_ms, grace_ms;
	bool sending, whole = false;
	int events;

	while (!talk->closed) {
		sending = !all_sent(talk) && talk->send_errno == 0;
		talk->stage = sending ? SEND : ANSWER;
		if (!whole && all_sent(talk) && talk->len > 0 &&
		    strstr(talk->answer, "\r\n\r\n") != NULL) {
			whole = true;
			grace_ms = mk_clock_ms() + GRACE_MS;
			end_ms = grace_ms < end_ms ? grace_ms : end_ms;
		}
		events = await(talk, sending ? POLLIN | POLLOUT : POLLIN,
		    end_ms);
		if (events == -1)
			return -1;
		if (events == 0)
			return whole ? 0 : fail_time(talk);
		if ((events & ~POLLOUT) != 0 && take(talk) == -1)
			return -1;
		if ((events & POLLOUT) != 0 && !talk->closed)
			give(talk);
	}
	return 0;
}

/* The answer. */

/* LEN bytes at TEXT without what a terminal would obey; cut to fit. */
static char *
quote(char buf[static QUOTE_MAX + 1], const char *text, size_t len)
{
	size_t i;

	if (len > QUOTE_MAX)
		len = QUOTE_MAX;
	for (i = 0; i < len; i++)
		if ((unsigned char)text[i] < ' ' || text[i] == '\177')
			buf[i] = '?';
		else
			buf[i] = text[i];
	buf[len] = '\0';
	return buf;
}

static int
fail_line(struct talk *talk, const char *why, const char *line, size_t len)
{
	char buf[QUOTE_MAX + 1];

	return mk_fail(talk->err, EX_TEMPFAIL, "spamd at %s: answer: %s: "
	    "\"%s\"", talk->spamd->name, why, quote(buf, line, len));
}

/* What stands at *AT is WORD, and passed over. */
static bool
skip(const char **at, const char *word)
{
	size_t len = strlen(word);

	if (strncmp(*at, word, len) != 0)
		return false;
	*at += len;
	return true;
}

/* One to MAX digits at *AT are passed over. */
static bool
skip_digits(const char **at, size_t max)
{
	size_t len = strspn(*at, "0123456789");

	*at += len;
	return len > 0 && len <= max;
}

/* The next line, without its end, which passes *AT; NULL: it has none. */
static const char *
next_line(const char **at, size_t *len)
{
	const char *line = *at, *end = strstr(line, "\r\n");

	if (end == NULL)
		return NULL;
	*len = (size_t)(end - line);
	*at = end + 2;
	return line;
}

/* "SPAMD/1.1 0 EX_OK", "SPAMD/1.0 76 Bad header line: ..." */
static bool
parse_status(const char *line, size_t len, struct answer *answer)
{
	const char *at = line, *code;

	if (!skip(&at, "SPAMD/") || !skip_digits(&at, 4) || !skip(&at, ".") ||
	    !skip_digits(&at, 4) || !skip(&at, " "))
		return false;
	code = at;
	if (!skip_digits(&at, 3) || !skip(&at, " "))
		return false;
	answer->code = strtol(code, NULL, 10);
	answer->text = at;
	answer->text_len = (size_t)(line + len - at);
	return answer->code != 0 || (answer->text_len == 5 &&
	    strncmp(at, "EX_OK", 5) == 0);
}

/* As perl's "%.1f" and plain numbers are: no blank, no +, no exponent. */
static bool
parse_number(const char **at, int64_t *hundredths)
{
	const char *start = *at;
	size_t len;

	skip(at, "-");
	if (!skip_digits(at, 12) || (skip(at, ".") && !skip_digits(at, 20)))
		return false;
	len = (size_t)(*at - start);
	return mk_decimal_parse(start, len, hundredths) == len;
}

/*
 * "Spam: True ; 15.3 / 5.0".  True is score >= required_score before both are
 * rounded to a tenth, which keeps their order; a False that is rounded up to
 * the limit is shown as such by old releases, a tenth lower by new ones.
 * Source: spamd's check(), get_tag_value_for_score() of Util.pm.
 */
static int
parse_spam(struct talk *talk, const char *line, size_t len,
    struct answer *answer)
{
	const char *at = line;
	bool spam;

	if (!skip(&at, "Spam: "))
		return fail_line(talk, "a bad line", line, len);
	spam = skip(&at, "True") || skip(&at, "Yes");
	if ((!spam && !skip(&at, "False") && !skip(&at, "No")) ||
	    !skip(&at, " ; ") || !parse_number(&at, &answer->score) ||
	    !skip(&at, " / ") || !parse_number(&at, &answer->threshold) ||
	    at != line + len)
		return fail_line(talk, "a bad line", line, len);
	if (answer->scored)
		return fail_line(talk, "a second score", line, len);
	if (answer->score < -SCORE_MAX || answer->score > SCORE_MAX)
		return fail_line(talk, "a score beyond 5000", line, len);
	if (spam ? answer->score < answer->threshold :
	    answer->score > answer->threshold)
		return fail_line(talk, "the verdict does not fit the score",
		    line, len);
	answer->scored = true;
	return 0;
}

static bool
is_named(const char *line, const char *name)
{
	size_t len = strlen(name);

	return strncasecmp(line, name, len) == 0 && line[len] == ':';
}

static int
parse_length(struct talk *talk, const char *line, size_t len,
    struct answer *answer)
{
	const char *at = line, *digits;

	if (!skip(&at, "Content-length: "))
		return fail_line(talk, "a bad line", line, len);
	digits = at;
	if (!skip_digits(&at, 9) || at != line + len ||
	    answer->content_length != -1)
		return fail_line(talk, "a bad line", line, len);
	answer->content_length = strtol(digits, NULL, 10);
	return 0;
}

/* One header.  Unknown ones are to be ignored. */
static int
parse_header(struct talk *talk, const char *line, size_t len,
    struct answer *answer)
{
	static const char chars[] = "abcdefghijklmnopqrstuvwxyz"
	    "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-";
	size_t name = strspn(line, chars), i;

	if (name == 0 || line[name] != ':')
		return fail_line(talk, "a bad line", line, len);
	for (i = name; i < len; i++)
		if ((unsigned char)line[i] < ' ' || line[i] == '\177')
			return fail_line(talk, "a bad line", line, len);
	if (!talk->tell && is_named(line, "Spam"))
		return parse_spam(talk, line, len, answer);
	if (is_named(line, "Content-length"))
		return parse_length(talk, line, len, answer);
	return 0;
}

/* All that is behind the headers. */
static int
check_body(struct talk *talk, const struct answer *answer)
{
	size_t len = (size_t)(talk->answer + talk->len - answer->body);

	if (answer->content_length != -1 ?
	    len == (size_t)answer->content_length : len == 0)
		return 0;
	if (talk->tell && strcmp(answer->body, "\r\n") == 0)
		return 0;		/* spamd's TELL has one too many */
	return fail_line(talk, answer->content_length > (int64_t)len ?
	    "it is cut short" : "there is more than an answer", answer->body,
	    len);
}

/* spamd says no, CODE being one of sysexits(3) or 79 for its own timeout. */
static int
fail_code(struct talk *talk, const struct answer *answer)
{
	char buf[QUOTE_MAX + 1];

	quote(buf, answer->text, answer->text_len);
	if (talk->tell && answer->code == EX_UNAVAILABLE &&
	    strstr(buf, "TELL") != NULL)
		return mk_fail(talk->err, EX_UNAVAILABLE, "spamd at %s: it "
		    "may not learn: start it with --allow-tell",
		    talk->spamd->name);
	return mk_fail(talk->err, EX_TEMPFAIL, "spamd at %s: answer: %ld %s",
	    talk->spamd->name, answer->code, buf);
}

/* The connection ended before it should, and what came says no more. */
static int
fail_end(struct talk *talk)
{
	int errnum = talk->send_errno != 0 ? talk->send_errno :
	    talk->read_errno;

	if (!all_sent(talk))
		talk->stage = SEND;
	if (errnum != 0 && errnum != EPIPE)
		return fail_errno(talk, errnum);
	if (talk->stage == SEND)
		return fail_why(talk, "it closed the connection");
	return fail_why(talk, "none: it closed the connection; its log may "
	    "say why");
}

/* Judge what came, in ANSWER's order: who it is, how it went, the rest. */
static int
parse(struct talk *talk, struct answer *answer)
{
	const char *at = talk->answer, *line;
	size_t len;

	*answer = (struct answer){ .content_length = -1 };
	if (talk->len == 0)
		return fail_end(talk);
	talk->stage = ANSWER;
	line = next_line(&at, &len);
	if (line == NULL && strncmp(at, "SPAMD/", 6) == 0)
		return fail_why(talk, "it is cut short");
	if (line == NULL || !parse_status(line, len, answer))
		return fail_line(talk, "not spamd's", talk->answer,
		    line == NULL ? strlen(talk->answer) : len);
	if (answer->code != 0)
		return fail_code(talk, answer);
	if (!all_sent(talk) || talk->read_errno != 0)
		return fail_end(talk);
	if (talk->early)
		return fail_why(talk, "it came before all was sent");
	if (memchr(talk->answer, '\0', talk->len) != NULL)
		return fail_why(talk, "it has a NUL byte");
	while ((line = next_line(&at, &len)) != NULL && len > 0)
		if (parse_header(talk, line, len, answer) == -1)
			return -1;
	if (line == NULL)
		return fail_why(talk, "it is cut short");
	answer->body = at;
	if (!talk->tell && !answer->scored)
		return fail_why(talk, "it has no score");
	return check_body(talk, answer);
}

/* The request. */

/* The user is the first *LEN bytes of EMAIL; false: none that can be said. */
static bool
user_of(const struct mk_spamd *spamd, const char *email, size_t *len)
{
	const char *at = email == NULL ? NULL : strrchr(email, '@');
	size_t i;

	if (email == NULL || spamd->user == MK_USER_NONE)
		return false;
	*len = spamd->user == MK_USER_LOCAL_PART && at != NULL ?
	    (size_t)(at - email) : strlen(email);
	for (i = 0; i < *len; i++)
		if ((unsigned char)email[i] <= ' ' || email[i] == '\177')
			return false;
	return *len > 0 && *len <= USER_MAX;
}

static void
put_head(struct talk *talk, const char *request, const char *email)
{
	size_t user = 0;
	bool said = user_of(talk->spamd, email, &user);

	talk->head_len = (size_t)snprintf(talk->head, sizeof talk->head,
	    "%s%s%.*s%sContent-length: %zu\r\n\r\n", request,
	    said ? "User: " : "", said ? (int)user : 0, said ? email : "",
	    said ? "\r\n" : "", talk->text_len);
}

/* REQUEST is its first lines. */
static int
converse(struct talk *talk, const char *request, const char *email,
    int64_t deadline_ms, struct answer *answer)
{
	const struct mk_spamd *spamd = talk->spamd;
	int64_t now_ms;
	int rv = -1;

	if (talk->text_len == 0 || talk->text_len > spamd->max_size)
		return mk_fail(talk->err, EX_SOFTWARE, "spamd at %s: a "
		    "message of %zu bytes is not to be sent", spamd->name,
		    talk->text_len);
	put_head(talk, request, email);
	now_ms = mk_clock_ms();
	talk->end_ms = now_ms + spamd->timeout_ms;
	talk->hurried = deadline_ms < talk->end_ms;
	if (deadline_ms <= now_ms)
		return fail_time(talk);
	if (talk->hurried)
		talk->end_ms = deadline_ms;
	if (open_talk(talk) == 0 && exchange(talk) == 0)
		rv = parse(talk, answer);
	if (talk->fd != -1)
		close(talk->fd);
	return rv;
}

int
mk_spamd_check(struct mk_spamd *spamd, const char *email, const char *text,
    size_t len, int64_t deadline_ms, int64_t *hundredths,
    struct mk_error *err)
{
	struct talk talk = { .spamd = spamd, .err = err, .fd = -1,
	    .text = text, .text_len = len };
	struct answer answer;

	if (converse(&talk, "CHECK SPAMC/1.5\r\n", email, deadline_ms,
	    &answer) == -1)
		return -1;
	*hundredths = answer.score;
	return 0;
}

/* What spamd had learned before is not in DidSet, and is no failure. */
int
mk_spamd_tell(struct mk_spamd *spamd, const char *email, bool spam,
    const char *text, size_t len, int64_t deadline_ms, struct mk_error *err)
{
	struct talk talk = { .spamd = spamd, .err = err, .fd = -1,
	    .tell = true, .text = text, .text_len = len };
	struct answer answer;

	return converse(&talk, spam ?
	    "TELL SPAMC/1.5\r\nMessage-class: spam\r\nSet: local\r\n" :
	    "TELL SPAMC/1.5\r\nMessage-class: ham\r\nSet: local\r\n", email,
	    deadline_ms, &answer);
}

/* "SPAMD/1.5 0 PONG", and that is all of it. */
static int
parse_pong(struct talk *talk)
{
	struct answer answer = { 0 };
	const char *at = talk->answer, *line;
	size_t len;

	if (talk->len == 0)
		return fail_end(talk);
	talk->stage = ANSWER;
	line = next_line(&at, &len);
	if (line != NULL)
		parse_status(line, len, &answer);
	if (answer.text == NULL)
		return fail_line(talk, "not spamd's", talk->answer,
		    line == NULL ? strlen(talk->answer) : len);
	if (answer.code != 0)
		return fail_code(talk, &answer);
	if (answer.text_len != 4 || memcmp(answer.text, "PONG", 4) != 0)
		return fail_line(talk, "not PONG", line, len);
	return 0;
}

int
mk_spamd_ping(struct mk_spamd *spamd, struct mk_error *err)
{
	struct talk talk = { .spamd = spamd, .err = err, .fd = -1,
	    .text = "", .end_ms = mk_clock_ms() + spamd->timeout_ms };
	int rv = -1;

	talk.head_len = (size_t)snprintf(talk.head, sizeof talk.head,
	    "PING SPAMC/1.5\r\n\r\n");
	if (open_talk(&talk) == 0 && exchange(&talk) == 0)
		rv = parse_pong(&talk);
	if (talk.fd != -1)
		close(talk.fd);
	return rv;
}
