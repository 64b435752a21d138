/*
 * spamscan/spamd: scores as spamd says them, and nothing else for a score.
 *
 * The server is a child of the test's, which does one thing to each connection;
 * at the end SpamAssassin's own, where it is installed.  Nothing is timed but
 * by bounds so wide that no busy machine breaks them.
 */
#ifdef __linux__
#define _GNU_SOURCE			/* unshare(2) */
#endif

#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <pthread.h>
#include <signal.h>

#include "base/stop.h"
#include "scratch.h"
#include "spamd.h"
#include "spamscan/spamd.h"

#define SOON_S		20		/* of whatever is given up after 1 s */
#define MANY		((size_t)16 << 20)	/* fits no buffer */
#define OK		"SPAMD/1.1 0 EX_OK\r\n"
#define GOOD		OK "Spam: False ; 1.3 / 5.0\r\n\r\n"

enum { UNIX, TCP, KINDS };

typedef void act_fn(int fd, const void *arg);

static char address[256];		/* of the server */
static pid_t server = -1;
static int listener = -1;
static struct mk_spamd_conf conf;
static struct mk_error err;

static void
setup(void)
{
	scratch_setup();
	alarm(120);
	conf = (struct mk_spamd_conf){ .socket = address, .connections = 4,
	    .timeout_s = 60, .max_size = 64 << 20 };
	err = (struct mk_error){ 0 };
}

static void
server_stop(void)
{
	if (server != -1) {
		kill(server, SIGKILL);
		waitpid(server, NULL, 0);
		server = -1;
	}
	if (listener != -1)
		close(listener);
	listener = -1;
}

static void
teardown(void)
{
	server_stop();
	scratch_teardown();
}

/* Listen where a client finds it by ADDRESS. */
static void
server_listen(int kind, int backlog)
{
	struct sockaddr_un un = { .sun_family = AF_UNIX };
	struct sockaddr_in in = { .sin_family = AF_INET };
	struct sockaddr *sa = kind == UNIX ? (struct sockaddr *)&un :
	    (struct sockaddr *)&in;
	socklen_t len = kind == UNIX ? sizeof un : sizeof in;
	int room = 65536;		/* else a TCP socket's grows to fit */

	in.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	snprintf(address, sizeof address, "%s/s", scratch);
	snprintf(un.sun_path, sizeof un.sun_path, "%.90s/s", scratch);
	listener = socket(sa->sa_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
	setsockopt(listener, SOL_SOCKET, SO_RCVBUF, &room, sizeof room);
	ck_assert_int_eq(bind(listener, sa, len), 0);
	ck_assert_int_eq(listen(listener, backlog), 0);
	if (kind == UNIX)
		return;
	ck_assert_int_eq(getsockname(listener, sa, &len), 0);
	snprintf(address, sizeof address, "127.0.0.1:%u",
	    (unsigned)ntohs(in.sin_port));
}

/* Do ACT to each connection, one after the other. */
static void
server_serve(act_fn *act, const void *arg)
{
	int fd;

	server = fork();
	ck_assert_int_ne(server, -1);
	if (server != 0)
		return;
	signal(SIGPIPE, SIG_IGN);
	for (;;) {
		fd = accept(listener, NULL, NULL);
		if (fd == -1)
			_exit(1);
		act(fd, arg);
		close(fd);
	}
}

static void
server_start(int kind, act_fn *act, const void *arg)
{
	server_listen(kind, 64);
	server_serve(act, arg);
}

/* For the server. */

static void
say(int fd, const char *text)
{
	if (mk_fs_write_all(fd, text, strlen(text)) == -1)
		_exit(1);
}

static void
hang(void)
{
	for (;;)
		pause();
}

/* The request's head, a byte at a time, so that not one too many is read. */
static void
hear_head(int fd, struct mk_buf *buf)
{
	char c;

	while (buf->len < 4 || memcmp(buf->data + buf->len - 4, "\r\n\r\n",
	    4) != 0)
		if (read(fd, &c, 1) != 1 || mk_buf_add(buf, &c, 1) == -1)
			_exit(1);
}

static void
hear_bytes(int fd, struct mk_buf *buf, size_t len)
{
	char bytes[65536];
	ssize_t n;

	while (len > 0) {
		n = read(fd, bytes, len < sizeof bytes ? len : sizeof bytes);
		if (n <= 0)
			_exit(1);
		if (buf != NULL && mk_buf_add(buf, bytes, (size_t)n) == -1)
			_exit(1);
		len -= (size_t)n;
	}
}

/* Head and message, as spamd does: by the length that is said. */
static void
hear(int fd, struct mk_buf *buf)
{
	const char *length;

	hear_head(fd, buf);
	length = strstr(buf->data, "Content-length: ");
	if (length == NULL)
		_exit(1);
	hear_bytes(fd, buf, strtoul(length + 16, NULL, 10));
}

static void
hear_all(int fd)
{
	struct mk_buf buf = { 0 };

	hear(fd, &buf);
	mk_buf_free(&buf);
}

/* For the client. */

static int64_t
now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static struct mk_spamd *
open_it(void)
{
	struct mk_spamd *spamd = mk_spamd_open(&conf, &err);

	ck_assert_msg(spamd != NULL, "%s", err.text);
	return spamd;
}

/* One message of LEN bytes; what mk_spamd_check says. */
static int
check_long(size_t len, int64_t deadline_ms, int64_t *score)
{
	struct mk_spamd *spamd = open_it();
	char *text = malloc(len);
	int rv;

	ck_assert_ptr_nonnull(text);
	memset(text, 'x', len);
	*score = 4711;
	rv = mk_spamd_check(spamd, "a@example.test", text, len, deadline_ms,
	    score, &err);
	free(text);
	mk_spamd_close(spamd);
	return rv;
}

static int
check(int64_t *score)
{
	return check_long(20, INT64_MAX, score);
}

/* It failed as all do, and the text has all of its parts. */
static void
failed(int rv, const int64_t *score, const char *part)
{
	ck_assert_int_eq(rv, -1);
	ck_assert_int_eq(*score, 4711);
	ck_assert_int_eq(err.status, EX_TEMPFAIL);
	ck_assert_msg(strncmp(err.text, "spamd at ", 9) == 0, "%s", err.text);
	ck_assert_msg(strstr(err.text, address) != NULL, "%s", err.text);
	ck_assert_msg(strstr(err.text, part) != NULL, "%s, not: %s", err.text,
	    part);
}

/* Answers. */

static void
act_answer(int fd, const void *arg)
{
	hear_all(fd);
	say(fd, arg);
}

static const struct { const char *answer; int64_t score; } scores[] = {
	{ GOOD, 130 },
	{ OK "Spam: True ; 1000.0 / 5.0\r\n\r\n", 100000 },
	{ OK "Spam: False ; -1.0 / 5.0\r\n\r\n", -100 },
	{ OK "Spam: False ; -0.0 / 5.0\r\n\r\n", 0 },
	{ OK "Spam: False ; 2 / 5\r\n\r\n", 200 },
	{ OK "Spam: True ; 5.0 / 5.0\r\n\r\n", 500 },
	{ OK "Spam: False ; 4.9 / 5.0\r\n\r\n", 490 },
	{ OK "Spam: False ; 6 / 6.1\r\n\r\n", 600 },	/* 6.1 - 0.1 */
	{ OK "Spam: False ; 5.0 / 5.0\r\n\r\n", 500 },	/* old: 4.96 */
	{ OK "Spam: True ; 6.999 / 5.0\r\n\r\n", 699 },
	{ OK "Spam: False ; -6.999 / 5.0\r\n\r\n", -700 },
	{ OK "Spam: Yes ; 7.0 / 5.0\r\n\r\n", 700 },
	{ OK "Spam: No ; 3.0 / 5.0\r\n\r\n", 300 },
	{ OK "Spam: True ; 5000.0 / 5.0\r\n\r\n", 500000 },
	{ OK "Spam: False ; -5000.0 / 5.0\r\n\r\n", -500000 },
	{ OK "Spam: False ; 70.0 / 99999.0\r\n\r\n", 7000 },
	{ OK "Spam: True ; -3.0 / -5.0\r\n\r\n", -300 },
	{ OK "X-New: \xe4 b\r\nSpam: False ; 1.0 / 5.0\r\nDidX:\r\n\r\n", 100 },
	{ OK "Content-length: 0\r\nSpam: False ; 1.0 / 5.0\r\n\r\n", 100 },
	{ OK "Spam: False ; 1.0 / 5.0\r\nContent-length: 3\r\n\r\nA,B", 100 },
	{ "SPAMD/1.5 0 EX_OK\r\nSpam: False ; 1.0 / 5.0\r\n\r\n", 100 },
	{ "SPAMD/12.0 0 EX_OK\r\nSpam: False ; 1.0 / 5.0\r\n\r\n", 100 },
};

START_TEST(scores_are_read)
{
	int64_t score;
	int rv;

	server_start(_i % KINDS, act_answer, scores[_i / KINDS].answer);
	rv = check(&score);
	ck_assert_msg(rv == 0, "%s", err.text);
	ck_assert_int_eq(score, scores[_i / KINDS].score);
}
END_TEST

#define SPAM(rest)	OK "Spam: " rest "\r\n\r\n"
static const struct { const char *answer, *part; } bad[] = {
	/* no spamd */
	{ "\r\n", "answer: not spamd's: \"\"" },
	{ "\r\n\r\n", "answer: not spamd's" },
	{ "garbage", "answer: not spamd's: \"garbage\"" },
	{ "a\033[31mb\177c\r\n", "not spamd's: \"a?[31mb?c\"" },
	{ "HTTP/1.1 400 Bad Request\r\n\r\n", "not spamd's: \"HTTP/1.1 400" },
	{ "220 mx ESMTP\r\n", "not spamd's" },
	{ "CHECK SPAMC/1.5\r\nContent-length: 20\r\n\r\nx", "not spamd's" },
	{ " " GOOD, "not spamd's" },
	{ "\r\n" GOOD, "not spamd's" },
	{ "spamd/1.1 0 EX_OK\r\nSpam: True ; 9.0 / 5.0\r\n\r\n", "not spamd" },
	{ "SPAMD/1 0 EX_OK\r\nSpam: True ; 9.0 / 5.0\r\n\r\n", "not spamd's" },
	{ "SPAMD/1.1 EX_OK\r\nSpam: True ; 9.0 / 5.0\r\n\r\n", "not spamd's" },
	{ "SPAMD/1.1 0\r\nSpam: True ; 9.0 / 5.0\r\n\r\n", "not spamd's" },
	{ "SPAMD/1.1 0 OK\r\nSpam: True ; 9.0 / 5.0\r\n\r\n", "not spamd's" },
	{ "SPAMD/1.1 0 EX_OKAY\r\nSpam: True ; 9.0 / 5.0\r\n\r\n",
	    "not spamd's" },
	{ "SPAMD/1.1  0 EX_OK\r\nSpam: True ; 9.0 / 5.0\r\n\r\n",
	    "not spamd's" },
	{ "SPAMD/1.1 0 EX_OK\nSpam: True ; 9.0 / 5.0\n\n", "cut short" },
	{ "SPAMD/1.5 0 PONG\r\n", "not spamd's" },
	/* spamd says no */
	{ "SPAMD/1.0 76 Bad header line: (EOF during headers)\r\n",
	    "answer: 76 Bad header line: (EOF during headers)" },
	{ "SPAMD/1.0 79 Timeout: (30 second socket timeout)\r\n",
	    "answer: 79 Timeout: (30" },
	{ "SPAMD/1.0 69 Service Unavailable: \033]0;x\a\r\n",
	    "answer: 69 Service Unavailable: ?]0;x?" },
	{ "SPAMD/1.0 75 EX_TEMPFAIL\r\nSpam: True ; 9.0 / 5.0\r\n\r\n",
	    "answer: 75 EX_TEMPFAIL" },
	{ "SPAMD/1.0 99999 x\r\n", "not spamd's" },
	/* no score, or two */
	{ OK, "cut short" },
	{ OK "\r\n", "no score" },
	{ OK "Content-length: 0\r\n\r\n", "no score" },
	{ OK "\r\nSpam: True ; 9.0 / 5.0\r\n\r\n", "no score" },
	{ OK "Spam: True ; 9.0 / 5.0\r\nSpam: True ; 9.0 / 5.0\r\n\r\n",
	    "a second score" },
	{ OK "Spam: True ; 9.0 / 5.0\r\nspam: True ; 9.0 / 5.0\r\n\r\n",
	    "a bad line: \"spam: True" },
	{ OK "X-Spam: True ; 9.0 / 5.0\r\n\r\n", "no score" },
	/* odd scores */
	{ SPAM("True ; 5000.1 / 5.0"), "beyond" },
	{ SPAM("False ; -5000.1 / 5.0"), "beyond" },
	{ SPAM("True ; 5000.001 / 5.0"), NULL },	/* rounded down */
	{ SPAM("False ; -5000.001 / 5.0"), "beyond" },
	{ SPAM("True ; 99999999999 / 5.0"), "a bad line" },
	{ SPAM("True ; 9223372036854775808 / 5.0"), "a bad line" },
	{ SPAM("True ; nan / 5.0"), "a bad line" },
	{ SPAM("True ; NaN / 5.0"), "a bad line" },
	{ SPAM("False ; -nan / 5.0"), "a bad line" },
	{ SPAM("True ; inf / 5.0"), "a bad line" },
	{ SPAM("True ; 9.0 / nan"), "a bad line" },
	{ SPAM("True ; 9.0 / "), "a bad line" },
	{ SPAM("True ; 9,0 / 5,0"), "a bad line" },
	{ SPAM("True ; 9.0 / 5,0"), "a bad line" },
	{ SPAM("True ; +9.0 / 5.0"), "a bad line" },
	{ SPAM("True ; --9.0 / 5.0"), "a bad line" },
	{ SPAM("True ; .9 / .5"), "a bad line" },
	{ SPAM("True ; 9. / 5.0"), "a bad line" },
	{ SPAM("True ; 9.0.0 / 5.0"), "a bad line" },
	{ SPAM("True ; 9e0 / 5.0"), "a bad line" },
	{ SPAM("True ; 0x9 / 5.0"), "a bad line" },
	{ SPAM("True ;  / 5.0"), "a bad line" },
	{ SPAM("True ; - / 5.0"), "a bad line" },
	/* odd blanks and words */
	{ SPAM(" True ; 9.0 / 5.0"), "a bad line" },
	{ SPAM("True; 9.0 / 5.0"), "a bad line" },
	{ SPAM("True ;  9.0 / 5.0"), "a bad line" },
	{ SPAM("True ; 9.0/5.0"), "a bad line" },
	{ SPAM("True ; 9.0 / 5.0 "), "a bad line" },
	{ SPAM("True ; 9.0 / 5.0 x"), "a bad line" },
	{ SPAM("True ; 9.0"), "a bad line" },
	{ SPAM("True"), "a bad line" },
	{ SPAM("true ; 9.0 / 5.0"), "a bad line" },
	{ SPAM("Maybe ; 9.0 / 5.0"), "a bad line" },
	{ SPAM("TrueFalse ; 9.0 / 5.0"), "a bad line" },
	{ SPAM(""), "a bad line" },
	{ OK "Spam:True ; 9.0 / 5.0\r\n\r\n", "a bad line" },
	{ OK "Spam : True ; 9.0 / 5.0\r\n\r\n", "a bad line" },
	{ OK "spam: True ; 9.0 / 5.0\r\n\r\n", "a bad line" },
	{ OK "Spam: True ; 9.0 / 5.0\n\r\n\r\n", "a bad line" },
	{ OK "Spam: True ;\r\n 9.0 / 5.0\r\n\r\n", "a bad line" },
	/* it says two things */
	{ SPAM("True ; 4.9 / 5.0"), "does not fit" },
	{ SPAM("True ; -9.0 / 5.0"), "does not fit" },
	{ SPAM("False ; 5.1 / 5.0"), "does not fit" },
	{ SPAM("No ; 9.0 / 5.0"), "does not fit" },
	{ SPAM("Yes ; 1.0 / 5.0"), "does not fit" },
	/* other lines, other bytes */
	{ OK "nonsense\r\nSpam: True ; 9.0 / 5.0\r\n\r\n", "a bad line" },
	{ OK ": x\r\nSpam: True ; 9.0 / 5.0\r\n\r\n", "a bad line" },
	{ OK "A: \001\r\nSpam: True ; 9.0 / 5.0\r\n\r\n", "\"A: ?\"" },
	{ OK "A: b\rc\r\nSpam: True ; 9.0 / 5.0\r\n\r\n", "a bad line" },
	{ GOOD "x", "more than an answer: \"x\"" },
	{ GOOD "\r\n", "more than an answer" },
	{ GOOD GOOD, "more than an answer" },
	{ OK "Content-length: x\r\nSpam: True ; 9.0 / 5.0\r\n\r\n", "a bad" },
	{ OK "Content-length: -1\r\nSpam: True ; 9.0 / 5.0\r\n\r\n", "a bad" },
	{ OK "Content-length: 9999999999\r\nSpam: True ; 9.0 / 5.0\r\n\r\n",
	    "a bad line" },
	{ OK "Content-length: 0\r\nContent-length: 0\r\n"
	    "Spam: True ; 9.0 / 5.0\r\n\r\n", "a bad line" },
	{ OK "Content-length: 4\r\nSpam: True ; 9.0 / 5.0\r\n\r\nA,B",
	    "cut short" },
	{ OK "Content-length: 2\r\nSpam: True ; 9.0 / 5.0\r\n\r\nA,B",
	    "more than an answer" },
};
#undef SPAM

START_TEST(other_answers_are_none)
{
	int64_t score;
	int rv;

	server_start(UNIX, act_answer, bad[_i].answer);
	rv = check(&score);
	if (bad[_i].part == NULL)
		ck_assert_int_eq(rv, 0);
	else
		failed(rv, &score, bad[_i].part);
}
END_TEST

/* One byte more each time. */
static void
act_prefix(int fd, const void *arg)
{
	static size_t len;

	hear_all(fd);
	if (mk_fs_write_all(fd, arg, len++) == -1)
		_exit(1);
}

START_TEST(no_part_of_an_answer_is_one)
{
	int64_t score;
	size_t i;

	server_start(_i, act_prefix, GOOD);
	for (i = 0; i < strlen(GOOD); i++)
		failed(check(&score), &score, "answer: ");
	ck_assert_int_eq(check(&score), 0);
}
END_TEST

/* Each byte in turn is another one. */
static void
act_damage(int fd, const void *arg)
{
	static const char bytes[] = { '\0', '\r', '\n', ' ', 'x', '/', '-' };
	static size_t at, which;
	char answer[] = GOOD;

	(void)arg;
	hear_all(fd);
	if (answer[at] == bytes[which])
		answer[at] = '\377';
	else
		answer[at] = bytes[which];
	if (++which == sizeof bytes) {
		which = 0;
		at++;
	}
	if (mk_fs_write_all(fd, answer, sizeof answer - 1) == -1)
		_exit(1);
}

/* A score's sign is no more than a byte; what is not said stays unknown. */
START_TEST(a_damaged_answer_is_none)
{
	int64_t score;
	size_t i, taken = 0;

	server_start(UNIX, act_damage, NULL);
	for (i = 0; i < strlen(GOOD) * 7; i++)
		if (check(&score) == 0)
			taken++;
		else
			failed(-1, &score, "answer: ");
	ck_assert_uint_eq(taken, 0);
}
END_TEST

/* Faults. */

static void
act_close(int fd, const void *arg)
{
	(void)fd;
	(void)arg;
}

static void
act_hang(int fd, const void *arg)
{
	(void)fd;
	(void)arg;
	hang();
}

static void
act_head_close(int fd, const void *arg)
{
	struct mk_buf buf = { 0 };

	(void)arg;
	hear_head(fd, &buf);
	mk_buf_free(&buf);
}

static void
act_head_hang(int fd, const void *arg)
{
	act_head_close(fd, arg);
	hang();
}

static void
act_half_close(int fd, const void *arg)
{
	act_head_close(fd, arg);
	hear_bytes(fd, NULL, MANY / 2);
}

static void
act_half_hang(int fd, const void *arg)
{
	act_half_close(fd, arg);
	hang();
}

static void
act_all_close(int fd, const void *arg)
{
	(void)arg;
	hear_all(fd);
}

static void
act_all_hang(int fd, const void *arg)
{
	act_all_close(fd, arg);
	hang();
}

static void
act_answer_hang(int fd, const void *arg)
{
	act_answer(fd, arg);
	hang();
}

static void
act_endless(int fd, const void *arg)
{
	hear_all(fd);
	for (;;)
		if (mk_fs_write_all(fd, arg, strlen(arg)) == -1)
			return;
}

/* Each byte is in time; together they are not. */
static void
act_drip(int fd, const void *arg)
{
	hear_all(fd);
	say(fd, arg);
	for (;;) {
		if (mk_fs_write_all(fd, "X", 1) == -1)
			return;
		usleep(100000);
	}
}

/* An answer before the message is read, and a close with bytes unread. */
static void
act_early(int fd, const void *arg)
{
	act_head_close(fd, NULL);
	say(fd, arg);
}

/* The same, but it listens to all of it. */
static void
act_early_hear(int fd, const void *arg)
{
	struct mk_buf buf = { 0 };

	hear_head(fd, &buf);
	say(fd, arg);
	shutdown(fd, SHUT_WR);
	hear_bytes(fd, NULL, MANY);
	mk_buf_free(&buf);
}

#define REFUSAL	"SPAMD/1.0 76 Bad header line: no\r\n"
enum { ENDS, LATE, TIMEOUT };		/* LATE: by the caller's deadline */
static const struct {
	act_fn *act;
	const char *arg;
	int how;
	const char *part;		/* no stage where 16 MiB may be late */
} faults[] = {
	{ act_close,		NULL,		ENDS, "send: " },
	{ act_hang,		NULL,		TIMEOUT, "send: not done" },
	{ act_head_close,	NULL,		ENDS, "send: " },
	{ act_head_hang,	NULL,		LATE, "send: the run's" },
	{ act_half_close,	NULL,		ENDS, "send: " },
	{ act_half_hang,	NULL,		LATE, "send: the run's" },
	{ act_all_close,	NULL,		ENDS, "answer: none" },
	{ act_all_hang,		NULL,		LATE, "time is up" },
	{ act_answer_hang,	"SPAMD/1.1 0",	LATE, "time is up" },
	{ act_answer_hang,	OK "Spam: True ; 9.0 / 5.0\r\n", LATE,
						    "time is up" },
	{ act_endless,		"X",		ENDS, "far too long" },
	{ act_endless,		"X: y\r\n",	ENDS, "far too long" },
	{ act_drip,		OK "X: ",	TIMEOUT, "within 1s" },
	{ act_drip,		"",		LATE, "time is up" },
	{ act_early,		GOOD,		ENDS, "send: " },
	{ act_early,		REFUSAL,	ENDS, "answer: 76 Bad" },
	{ act_early_hear,	GOOD,		ENDS, "spamd at " },
	{ act_early_hear,	REFUSAL,	ENDS, "answer: 76 Bad" },
};

START_TEST(a_faulty_server_gives_no_score)
{
	size_t i = (size_t)_i / KINDS;
	int64_t score, start = now_ms(), deadline = INT64_MAX;
	int64_t least[] = { [LATE] = 300, [TIMEOUT] = 1000 };

	if (faults[i].how == TIMEOUT)
		conf.timeout_s = 1;
	if (faults[i].how == LATE)
		deadline = start + 300;
	server_start(_i % KINDS, faults[i].act, faults[i].arg);
	failed(check_long(MANY, deadline, &score), &score, faults[i].part);
	ck_assert_int_lt(now_ms() - start, SOON_S * 1000);
	ck_assert_int_ge(now_ms() - start, least[faults[i].how]);
}
END_TEST

/* With all of it sent at once, and a close before it was read. */
START_TEST(an_answer_to_what_was_not_read_is_none)
{
	int64_t score;

	server_start(_i, act_early, GOOD);
	failed(check(&score), &score, "");
}
END_TEST

/* Some answers, and what hangs behind them: spamd's Bayes expiry does. */
START_TEST(a_whole_answer_needs_no_close)
{
	int64_t score, start = now_ms();

	server_start(_i, act_answer_hang, GOOD);
	ck_assert_int_eq(check(&score), 0);
	ck_assert_int_eq(score, 130);
	ck_assert_int_lt(now_ms() - start, SOON_S * 1000);
}
END_TEST

static void
act_slow(int fd, const void *arg)
{
	const char *text = arg;

	hear_all(fd);
	for (; *text != '\0'; text++) {
		if (mk_fs_write_all(fd, text, 1) == -1)
			return;
		usleep(2000);
	}
}

static void
on_alarm(int signal_number)
{
	(void)signal_number;
}

/* A byte at a time, and a signal every few. */
START_TEST(slow_answers_and_signals_are_no_fault)
{
	struct itimerval often = { { 0, 5000 }, { 0, 5000 } }, never = { 0 };
	struct sigaction action = { .sa_handler = on_alarm }, old;
	int64_t score;
	int rv;

	server_start(_i, act_slow, GOOD);
	sigaction(SIGALRM, &action, &old);
	setitimer(ITIMER_REAL, &often, NULL);
	rv = check_long(MANY, INT64_MAX, &score);
	setitimer(ITIMER_REAL, &never, NULL);
	sigaction(SIGALRM, &old, NULL);
	ck_assert_msg(rv == 0, "%s", err.text);
	ck_assert_int_eq(score, 130);
}
END_TEST

START_TEST(nobody_listens)
{
	int64_t score;
	struct mk_spamd *spamd;
	char text[] = "x";

	server_start(_i, act_close, NULL);
	spamd = open_it();
	server_stop();
	score = 4711;
	failed(mk_spamd_check(spamd, "", text, 1, INT64_MAX, &score, &err),
	    &score, "connect: Connection refused: is spamd running?");
	if (_i == UNIX) {
		unlinkat(root, "s", 0);
		failed(mk_spamd_check(spamd, "", text, 1, INT64_MAX, &score,
		    &err), &score, "No such file or directory: is spamd");
	}
	mk_spamd_close(spamd);
}
END_TEST

/* Connect without a word until the queue takes no more. */
static void
fill_queue(int *fds, int n)
{
	struct sockaddr_storage sa = { 0 };
	socklen_t len = sizeof sa;
	int i;

	ck_assert_int_eq(getsockname(listener, (struct sockaddr *)&sa, &len),
	    0);
	for (i = 0; i < n; i++) {
		fds[i] = socket(sa.ss_family, SOCK_STREAM | SOCK_CLOEXEC |
		    SOCK_NONBLOCK, 0);
		ck_assert_int_ne(fds[i], -1);
		(void)connect(fds[i], (struct sockaddr *)&sa, len);
	}
	usleep(100000);
}

static void
leave_queue(const int *fds, int n)
{
	while (n > 0)
		close(fds[--n]);
}

START_TEST(a_full_queue_is_waited_for_in_vain)
{
	int64_t score, start;
	int fds[8];

	server_listen(_i, 1);
	fill_queue(fds, COUNT(fds));
	conf.timeout_s = 1;
	start = now_ms();
	failed(check(&score), &score, "connect: not done within 1s");
	ck_assert_int_lt(now_ms() - start, SOON_S * 1000);
	ck_assert_int_ge(now_ms() - start, 1000);
	leave_queue(fds, COUNT(fds));
}
END_TEST

static void
act_answer_if_asked(int fd, const void *arg)
{
	struct mk_buf buf = { 0 };
	char c;

	if (recv(fd, &c, 1, MSG_PEEK) != 1)
		return;			/* one of fill_queue's */
	hear(fd, &buf);
	mk_buf_free(&buf);
	say(fd, arg);
}

/* The server begins to work while it is waited for. */
static void *
late_start(void *arg)
{
	const int *fds = arg;

	usleep(300000);
	leave_queue(fds, 8);
	server_serve(act_answer_if_asked, GOOD);
	return NULL;
}

START_TEST(a_full_queue_is_waited_for)
{
	pthread_t thread;
	int64_t score;
	int fds[8], rv;

	server_listen(_i, 1);
	fill_queue(fds, COUNT(fds));
	ck_assert_int_eq(pthread_create(&thread, NULL, late_start, fds), 0);
	rv = check(&score);
	pthread_join(thread, NULL);
	ck_assert_msg(rv == 0, "%s", err.text);
}
END_TEST

/* Deadlines and ends. */

START_TEST(a_deadline_that_is_over_connects_to_nobody)
{
	static const int64_t ago[] = { 0, 1, 100000 };
	int64_t score;
	size_t i;

	server_listen(_i, 1);
	for (i = 0; i < sizeof ago / sizeof *ago; i++)
		failed(check_long(20, now_ms() - ago[i], &score), &score,
		    "connect: the run's time is up");
	failed(check_long(20, INT64_MIN, &score), &score, "time is up");
	ck_assert_int_eq(fcntl(listener, F_SETFL, O_NONBLOCK), 0);
	ck_assert_int_eq(accept(listener, NULL, NULL), -1);
}
END_TEST

START_TEST(a_deadline_counts_before_the_timeout)
{
	int64_t score, start = now_ms();

	conf.timeout_s = 3600;
	server_start(_i, act_all_hang, NULL);
	failed(check_long(20, start + 500, &score), &score,
	    "answer: the run's time is up");
	ck_assert_int_lt(now_ms() - start, SOON_S * 1000);
	conf.timeout_s = 1;
	failed(check_long(20, start + 3600000, &score), &score,
	    "not done within 1s");
}
END_TEST

/* The signal goes to this thread, which does not wait for spamd. */
static void *
stop_soon(void *arg)
{
	pthread_t *main_thread = arg;

	usleep(300000);
	pthread_kill(*main_thread, SIGHUP);
	return NULL;
}

static void *
check_in_vain(void *arg)
{
	int64_t score;

	*(int *)arg = check(&score);
	return NULL;
}

/* 0, or the line that is wrong: a stop can't be undone, hence a child. */
static int
stopped_in_child(void)
{
	pthread_t self = pthread_self(), killer, waiter;
	int64_t start = now_ms();
	int rv = 0;

	mk_stop_catch();
	if (pthread_create(&killer, NULL, stop_soon, &self) != 0 ||
	    pthread_create(&waiter, NULL, check_in_vain, &rv) != 0)
		return __LINE__ % 256;
	pthread_join(killer, NULL);
	pthread_join(waiter, NULL);
	if (rv != -1 || err.status != EX_TEMPFAIL ||
	    strstr(err.text, "stopped by a signal") == NULL)
		return __LINE__ % 256;
	if (now_ms() - start > SOON_S * 1000)
		return __LINE__ % 256;
	return 0;
}

START_TEST(a_stop_ends_the_wait)
{
	int status, fds[8];
	pid_t pid;

	if (_i < KINDS) {
		server_start(_i % KINDS, act_all_hang, NULL);
	} else {
		server_listen(_i % KINDS, 1);
		fill_queue(fds, COUNT(fds));
	}
	pid = fork();
	if (pid == 0)
		_exit(stopped_in_child());
	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	ck_assert_int_eq(status, 0);
}
END_TEST

/* Requests. */

static int pipe_fds[2];			/* from the server to the test */

static void
act_repeat(int fd, const void *arg)
{
	struct mk_buf buf = { 0 };
	char c;

	hear(fd, &buf);
	if (read(fd, &c, 1) != 0)
		_exit(1);		/* more than it said */
	if (mk_fs_write_all(pipe_fds[1], buf.data, buf.len) == -1 ||
	    mk_fs_write_all(pipe_fds[1], "|", 1) == -1)
		_exit(1);
	mk_buf_free(&buf);
	say(fd, arg);
}

/* What the server was told, up to the "|" that no request here has. */
static void
told(const char *want)
{
	char text[4096];
	size_t len = 0;

	do
		ck_assert_int_eq(read(pipe_fds[0], text + len, 1), 1);
	while (text[len] != '|' && ++len < sizeof text - 1);
	text[len] = '\0';
	ck_assert_str_eq(text, want);
}

#define TEN	"abcdefghi@"
#define FIFTY	TEN TEN TEN TEN TEN
#define LONGEST	FIFTY FIFTY FIFTY FIFTY FIFTY "12345"
static const struct { int mode; const char *email, *user; } users[] = {
	{ MK_USER_EMAIL, "alice@example.test", "alice@example.test" },
	{ MK_USER_EMAIL, "alice", "alice" },
	{ MK_USER_EMAIL, "j\xc3\xb6rg@example.test",
	    "j\xc3\xb6rg@example.test" },
	{ MK_USER_EMAIL, LONGEST, LONGEST },
	{ MK_USER_EMAIL, LONGEST "6", NULL },
	{ MK_USER_EMAIL, "", NULL },
	{ MK_USER_EMAIL, NULL, NULL },
	{ MK_USER_EMAIL, "al ice@example.test", NULL },
	{ MK_USER_EMAIL, "alice@example.test ", NULL },
	{ MK_USER_EMAIL, "a\tb@example.test", NULL },
	{ MK_USER_EMAIL, "a\r\nSet: local@example.test", NULL },
	{ MK_USER_EMAIL, "a\n@example.test", NULL },
	{ MK_USER_EMAIL, "a\177@example.test", NULL },
	{ MK_USER_LOCAL_PART, "alice@example.test", "alice" },
	{ MK_USER_LOCAL_PART, "a@b@example.test", "a@b" },
	{ MK_USER_LOCAL_PART, "alice", "alice" },
	{ MK_USER_LOCAL_PART, "@example.test", NULL },
	{ MK_USER_LOCAL_PART, "a b@example.test", NULL },
	{ MK_USER_LOCAL_PART, NULL, NULL },
	{ MK_USER_NONE, "alice@example.test", NULL },
};

START_TEST(requests_are_exact)
{
	const char *user = users[_i].user, *email = users[_i].email;
	char want[1024], line[300] = "";
	struct mk_spamd *spamd;
	int64_t score;

	if (user != NULL)
		snprintf(line, sizeof line, "User: %s\r\n", user);
	conf.user = users[_i].mode;
	ck_assert_int_eq(pipe(pipe_fds), 0);
	server_start(_i % KINDS, act_repeat, GOOD);
	spamd = open_it();
	ck_assert_msg(mk_spamd_check(spamd, email, "A: b\n\nc\r\n", 9,
	    INT64_MAX, &score, &err) == 0, "%s", err.text);
	snprintf(want, sizeof want, "CHECK SPAMC/1.5\r\n%s"
	    "Content-length: 9\r\n\r\nA: b\n\nc\r\n", line);
	told(want);
	ck_assert_int_eq(mk_spamd_tell(spamd, email, true, "ab", 1, INT64_MAX,
	    &err), 0);
	snprintf(want, sizeof want, "TELL SPAMC/1.5\r\nMessage-class: spam\r\n"
	    "Set: local\r\n%sContent-length: 1\r\n\r\na", line);
	told(want);
	ck_assert_int_eq(mk_spamd_tell(spamd, email, false, "ab", 2, INT64_MAX,
	    &err), 0);
	snprintf(want, sizeof want, "TELL SPAMC/1.5\r\nMessage-class: ham\r\n"
	    "Set: local\r\n%sContent-length: 2\r\n\r\nab", line);
	told(want);
	mk_spamd_close(spamd);
	close(pipe_fds[0]);
	close(pipe_fds[1]);
}
END_TEST

/* Many pieces, and what is said of it is what came. */
static void
act_sum(int fd, const void *arg)
{
	struct mk_buf buf = { 0 };
	size_t i, head, wrong = 0;

	(void)arg;
	hear_head(fd, &buf);
	head = buf.len;
	hear_bytes(fd, &buf, MANY);
	for (i = 0; i < MANY; i++)
		if (buf.data[head + i] != (char)(i * 31 / 7))
			wrong++;
	mk_buf_free(&buf);
	say(fd, wrong == 0 ? GOOD : "x");
}

START_TEST(large_messages_arrive_whole)
{
	struct mk_spamd *spamd;
	char *text = malloc(MANY);
	int64_t score;
	size_t i;

	ck_assert_ptr_nonnull(text);
	for (i = 0; i < MANY; i++)
		text[i] = (char)(i * 31 / 7);
	server_start(_i, act_sum, NULL);
	spamd = open_it();
	ck_assert_msg(mk_spamd_check(spamd, "a", text, MANY, INT64_MAX, &score,
	    &err) == 0, "%s", err.text);
	mk_spamd_close(spamd);
	free(text);
}
END_TEST

START_TEST(what_must_not_be_sent_is_not)
{
	struct mk_spamd *spamd;
	int64_t score = 4711;

	conf.max_size = 1024;
	server_listen(UNIX, 1);
	spamd = open_it();
	ck_assert_int_eq(mk_spamd_check(spamd, "a", address, 0, INT64_MAX,
	    &score, &err), -1);
	ck_assert_int_eq(err.status, EX_SOFTWARE);
	ck_assert_int_eq(mk_spamd_check(spamd, "a", address, 1025, INT64_MAX,
	    &score, &err), -1);
	ck_assert_int_eq(err.status, EX_SOFTWARE);
	ck_assert_int_eq(mk_spamd_tell(spamd, "a", true, address, 0, INT64_MAX,
	    NULL), -1);
	ck_assert_int_eq(score, 4711);
	mk_spamd_close(spamd);
}
END_TEST

/* TELL */

static const struct { const char *answer; int status; const char *part; }
tells[] = {
	{ OK "DidSet: local\r\n\r\n\r\n", EX_OK, "" },	/* as spamd says it */
	{ OK "\r\n\r\n", EX_OK, "" },
	{ OK "DidSet: local\r\n\r\n", EX_OK, "" },
	{ OK "DidSet: local,remote\r\nDidRemove: x\r\n\r\n", EX_OK, "" },
	{ OK "DidSet: local\r\n", EX_TEMPFAIL, "cut short" },
	{ OK, EX_TEMPFAIL, "cut short" },
	{ OK "\r\nx", EX_TEMPFAIL, "more than an answer" },
	{ "x", EX_TEMPFAIL, "not spamd's" },
	{ "SPAMD/1.0 69 Service Unavailable: TELL commands are not enabled, "
	    "set the --allow-tell switch.\r\n", EX_UNAVAILABLE,
	    "start it with --allow-tell" },
	{ "SPAMD/1.0 69 Service Unavailable: Error fetching user preferences "
	    "via SQL\r\n", EX_TEMPFAIL, "answer: 69 Service Unavailable: E" },
	{ "SPAMD/1.0 76 Bad header line: x\r\n", EX_TEMPFAIL, "76 Bad" },
	{ "", EX_TEMPFAIL, "answer: none" },
};

START_TEST(tell_says_how_it_went)
{
	struct mk_spamd *spamd;
	int rv;

	server_start(_i % KINDS, act_answer, tells[_i / KINDS].answer);
	spamd = open_it();
	rv = mk_spamd_tell(spamd, "a@example.test", true, "text", 4, INT64_MAX,
	    &err);
	ck_assert_int_eq(rv == 0 ? EX_OK : err.status,
	    tells[_i / KINDS].status);
	ck_assert_msg(strstr(err.text, tells[_i / KINDS].part) != NULL, "%s",
	    err.text);
	mk_spamd_close(spamd);
}
END_TEST

/* Threads and addresses. */

/* The score of a message is what it says: no answer goes to another. */
static void
act_echo(int fd, const void *arg)
{
	struct mk_buf buf = { 0 };
	char answer[100];

	(void)arg;
	hear(fd, &buf);
	snprintf(answer, sizeof answer, OK "Spam: True ; %s / 1.0\r\n\r\n",
	    strstr(buf.data, "\r\n\r\n") + 4);
	mk_buf_free(&buf);
	say(fd, answer);
}

struct job {
	struct mk_spamd *spamd;
	int number, wrong;
};

static void *
ask_often(void *arg)
{
	struct job *job = arg;
	struct mk_error mine;
	int64_t score, want;
	char text[20];
	int i;

	for (i = 0; i < 50; i++) {
		want = 100 + job->number * 1000 + i;
		snprintf(text, sizeof text, "%jd.%02jd",
		    (intmax_t)want / 100, (intmax_t)want % 100);
		if (mk_spamd_check(job->spamd, "a", text, strlen(text),
		    INT64_MAX, &score, &mine) == -1 || score != want)
			job->wrong++;
	}
	return NULL;
}

START_TEST(threads_get_their_own_scores)
{
	struct mk_spamd *spamd;
	pthread_t threads[8];
	struct job jobs[8];
	int i;

	server_start(_i, act_echo, NULL);
	spamd = open_it();
	for (i = 0; i < COUNT(jobs); i++) {
		jobs[i] = (struct job){ spamd, i, 0 };
		ck_assert_int_eq(pthread_create(&threads[i], NULL, ask_often,
		    &jobs[i]), 0);
	}
	for (i = 0; i < COUNT(jobs); i++) {
		pthread_join(threads[i], NULL);
		ck_assert_int_eq(jobs[i].wrong, 0);
	}
	mk_spamd_close(spamd);
}
END_TEST

/* Of localhost's one or two addresses one is right. */
START_TEST(a_name_may_have_several_addresses)
{
	struct mk_spamd *spamd;
	int64_t score;
	char name[64];
	int i;

	server_start(TCP, act_answer, GOOD);
	snprintf(name, sizeof name, "localhost:%s", strchr(address, ':') + 1);
	conf.socket = name;
	spamd = mk_spamd_open(&conf, &err);
	ck_assert_msg(spamd != NULL, "%s", err.text);
	for (i = 0; i < 3; i++)
		ck_assert_msg(mk_spamd_check(spamd, "a", "x", 1, INT64_MAX,
		    &score, &err) == 0, "%s", err.text);
	mk_spamd_close(spamd);
}
END_TEST

/* In a child: confined, it still can ask. */
static int
ask_confined(void)
{
	struct mk_sandbox *sb = mk_sandbox_new(&err);
	struct mk_spamd *spamd = mk_spamd_open(&conf, &err);
	int64_t score;

	if (sb == NULL || spamd == NULL ||
	    mk_spamd_allow(spamd, sb, &err) == -1 ||
	    mk_sandbox_enter(sb, &err) == -1)
		return 1;
	mk_sandbox_free(sb);
	if (mk_spamd_check(spamd, "a", "x", 1, INT64_MAX, &score, &err) == -1)
		return 2;
	mk_spamd_close(spamd);
	return score == 130 ? 0 : 3;
}

START_TEST(works_in_the_sandbox)
{
	int status;
	pid_t pid;

	server_start(_i, act_answer, GOOD);
	pid = fork();
	if (pid == 0)
		_exit(ask_confined());
	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	ck_assert_int_eq(status, 0);
}
END_TEST

/* The configuration. */

static struct mk_spamd_conf loaded;
static struct mk_binding bindings[] = {
	{ .section = &mk_spamd_section, .base = &loaded },
	{ .section = NULL }
};

static int
load(const char *text)
{
	char file[PATH_MAX];

	put("conf", text);
	snprintf(file, sizeof file, "%s/conf", scratch);
	return mk_config_load(file, NULL, 0, bindings, NULL, &err);
}

START_TEST(defaults)
{
	ck_assert_msg(load("") == 0, "%s", err.text);
	ck_assert_str_eq(loaded.socket, "");
	ck_assert_int_eq(loaded.connections, 4);
	ck_assert_int_eq(loaded.timeout_s, 60);
	ck_assert_int_eq(loaded.max_size, 512 * 1024);
	ck_assert_int_eq(loaded.user, MK_USER_EMAIL);
	ck_assert_ptr_null(mk_spamd_open(&loaded, &err));
	ck_assert_int_eq(err.status, EX_CONFIG);
	mk_config_free(bindings);
}
END_TEST

START_TEST(all_keys)
{
	ck_assert_msg(load("spamscan { spamd { socket = \"[::1]:1783\" "
	    "connections = 64 timeout = \"1h\" max-size = \"64MiB\" "
	    "user = \"local-part\" } }\n") == 0, "%s", err.text);
	ck_assert_str_eq(loaded.socket, "[::1]:1783");
	ck_assert_int_eq(loaded.connections, 64);
	ck_assert_int_eq(loaded.timeout_s, 3600);
	ck_assert_int_eq(loaded.max_size, 64 << 20);
	ck_assert_int_eq(loaded.user, MK_USER_LOCAL_PART);
	mk_config_free(bindings);
}
END_TEST

static const char *const bad_keys[] = {
	"connections = 0", "connections = 65", "timeout = \"0s\"",
	"timeout = \"61m\"", "max-size = \"1023B\"", "max-size = \"65MiB\"",
	"user = \"root\"",
};

START_TEST(values_out_of_bounds_are_refused)
{
	char text[100];

	snprintf(text, sizeof text, "spamscan { spamd { %s } }\n",
	    bad_keys[_i]);
	ck_assert_int_eq(load(text), -1);
	ck_assert_int_eq(err.status, EX_CONFIG);
}
END_TEST

static const struct { const char *socket; bool good; } sockets[] = {
	{ "/run/spamd.sock", true },
	{ "127.0.0.1", true },
	{ "127.0.0.1:783", true },
	{ "localhost", true },
	{ "a-b.c_d.example:65535", true },
	{ "[::1]", true },
	{ "[::1]:1", true },
	{ "[::ffff:127.0.0.1]:783", true },
	{ "run/spamd.sock", false },
	{ "::1", false },
	{ "fe80::1", false },
	{ "::1:783", false },
	{ "[::1", false },
	{ "[]", false },
	{ "[::1]783", false },
	{ "[::1]:", false },
	{ "[127.0.0.1]:783", false },
	{ "[x]:783", false },
	{ ":783", false },
	{ "host:", false },
	{ "host:0", false },
	{ "host:65536", false },
	{ "host:123456", false },
	{ "host:4294967297", false },
	{ "host:+1", false },
	{ "host: 1", false },
	{ "host:1 ", false },
	{ "host:spamd", false },
	{ "host name", false },
	{ " host", false },
	{ "/" FIFTY FIFTY FIFTY, false },
	{ LONGEST ":783", false },
};

START_TEST(addresses_are_known_by_their_form)
{
	char text[400];
	int rv;

	snprintf(text, sizeof text, "spamscan { spamd { socket = \"%s\" } }",
	    sockets[_i].socket);
	rv = load(text);
	if (sockets[_i].good) {
		ck_assert_msg(rv == 0, "%s", err.text);
		mk_config_free(bindings);
		return;
	}
	ck_assert_int_eq(rv, -1);
	ck_assert_int_eq(err.status, EX_CONFIG);
	ck_assert_msg(strstr(err.text, "socket: ") != NULL, "%s", err.text);
	snprintf(address, sizeof address, "%.255s", sockets[_i].socket);
	ck_assert_ptr_null(mk_spamd_open(&conf, &err));
	ck_assert_int_eq(err.status, EX_CONFIG);
}
END_TEST

START_TEST(what_is_not_there_is_said_at_once)
{
	int64_t score;

	snprintf(address, sizeof address, "%s/s", scratch);
	failed(check(&score), &score, "/s: connect: No such file or "
	    "directory: is spamd running?");
	put("s", "");
	ck_assert_ptr_null(mk_spamd_open(&conf, &err));
	ck_assert_int_eq(err.status, EX_CONFIG);
	ck_assert_msg(strstr(err.text, "/s: no socket") != NULL, "%s",
	    err.text);
	snprintf(address, sizeof address, "a..b:783");	/* asks no DNS */
	ck_assert_ptr_null(mk_spamd_open(&conf, &err));
	ck_assert_int_eq(err.status, EX_TEMPFAIL);
	ck_assert_msg(strstr(err.text, "no address of that name") != NULL,
	    "%s", err.text);
	mk_spamd_close(NULL);
}
END_TEST

/* SpamAssassin's own. */

#define GTUBE	"XJS*C4JDBQADN1.NSBN3*2IDNEN*GTUBE-STANDARD-ANTI-UBE-TEST-" \
		"EMAIL*C.34X\n"

static void
setup_real(void)
{
	setup();
	snprintf(address, sizeof address, "%s", spamd_socket);
}

static int64_t
real_score(const char *text, size_t len)
{
	struct mk_spamd *spamd = open_it();
	int64_t score = 0;

	ck_assert_msg(mk_spamd_check(spamd, "nobody", text, len, INT64_MAX,
	    &score, &err) == 0, "%s", err.text);
	mk_spamd_close(spamd);
	return score;
}

START_TEST(real_gtube_is_spam)
{
	static const char text[] = "From: a@example.test\nSubject: x\n\n"
	    GTUBE;

	ck_assert_int_ge(real_score(text, strlen(text)), 90000);
}
END_TEST

/* "1.3/5.0" of spamc -c for FILE; false where there is no spamc. */
static bool
spamc_score(const char *file, int64_t *score)
{
	char command[400], line[64] = "";
	char *end = NULL;
	FILE *out;
	long tenths;

	snprintf(command, sizeof command, "spamc -x -U '%s' -u nobody -c "
	    "<'%s' 2>/dev/null", spamd_socket, file);
	out = popen(command, "r");
	ck_assert_ptr_nonnull(out);
	if (fgets(line, sizeof line, out) != NULL) {
		tenths = strtol(line, &end, 10) * 10;
		if (*end == '.')
			tenths += (*line == '-' ? -1 : 1) * (end[1] - '0');
		*score = (int64_t)tenths * 10;
	}
	pclose(out);
	return end != NULL;
}

/* Run from the top of the tree, as make check does. */
START_TEST(real_scores_are_those_of_spamc)
{
	struct mk_buf buf = { 0 };
	char file[64];
	int64_t score = 0;
	int fd;

	snprintf(file, sizeof file, "tests/data/corpus/%s/%03d.eml",
	    _i % 2 == 0 ? "ham" : "spam", 1 + _i / 2);
	fd = open(file, O_RDONLY);
	ck_assert_msg(fd != -1, "%s: %s", file, strerror(errno));
	ck_assert_int_eq(mk_fs_read_all(fd, &buf, 1 << 24), 0);
	close(fd);
	if (spamc_score(file, &score))
		ck_assert_int_eq(real_score(buf.data, buf.len), score);
	mk_buf_free(&buf);
}
END_TEST

/* Refused before it is read, whatever its length. */
START_TEST(real_tell_wants_its_option)
{
	struct mk_spamd *spamd = open_it();
	size_t len = _i == 0 ? 100 : MANY;
	char *text = malloc(len);

	ck_assert_ptr_nonnull(text);
	memset(text, 'x', len);
	ck_assert_int_eq(mk_spamd_tell(spamd, "nobody", true, text, len,
	    INT64_MAX, &err), -1);
	ck_assert_msg(err.status == EX_UNAVAILABLE, "%s", err.text);
	mk_spamd_close(spamd);
	free(text);
}
END_TEST

/* The second time it has nothing new to learn. */
START_TEST(real_tell_learns)
{
	static const char text[] = "From: a@example.test\nMessage-ID: <1@x>\n"
	    "Subject: much to earn\n\nMoney, work at home, much money.\n";
	struct mk_spamd *spamd;
	int i;

	if (!spamd_start("--allow-tell"))
		ck_abort_msg("no second spamd");
	snprintf(address, sizeof address, "%s", spamd_socket);
	spamd = open_it();
	for (i = 0; i < 4; i++)
		ck_assert_msg(mk_spamd_tell(spamd, "nobody", i < 2, text,
		    strlen(text), INT64_MAX, &err) == 0, "%s", err.text);
	mk_spamd_close(spamd);
	spamd_stop();
}
END_TEST

static TCase *
real_cases(void)
{
	TCase *tc = tcase_create("real");

	tcase_add_checked_fixture(tc, setup_real, teardown);
	tcase_set_timeout(tc, 120);
	tcase_add_test(tc, real_gtube_is_spam);
	tcase_add_loop_test(tc, real_scores_are_those_of_spamc, 0, 6);
	tcase_add_loop_test(tc, real_tell_wants_its_option, 0, 2);
	tcase_add_test(tc, real_tell_learns);
	return tc;
}

int
main(void)
{
	Suite *suite = suite_create("spamscan/spamd");
	TCase *tc = tcase_create("spamd"), *conf_tc = tcase_create("conf");
	int status;

	tcase_add_checked_fixture(conf_tc, setup, teardown);
	tcase_add_test(conf_tc, defaults);
	tcase_add_test(conf_tc, all_keys);
	tcase_add_loop_test(conf_tc, values_out_of_bounds_are_refused, 0,
	    COUNT(bad_keys));
	tcase_add_loop_test(conf_tc, addresses_are_known_by_their_form, 0,
	    COUNT(sockets));
	tcase_add_test(conf_tc, what_is_not_there_is_said_at_once);
	suite_add_tcase(suite, conf_tc);

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_set_timeout(tc, 120);
	tcase_add_loop_test(tc, scores_are_read, 0, COUNT(scores) * KINDS);
	tcase_add_loop_test(tc, other_answers_are_none, 0, COUNT(bad));
	tcase_add_loop_test(tc, no_part_of_an_answer_is_one, 0, KINDS);
	tcase_add_test(tc, a_damaged_answer_is_none);
	tcase_add_loop_test(tc, a_faulty_server_gives_no_score, 0,
	    COUNT(faults) * KINDS);
	tcase_add_loop_test(tc, an_answer_to_what_was_not_read_is_none, 0,
	    KINDS);
	tcase_add_loop_test(tc, a_whole_answer_needs_no_close, 0, KINDS);
	tcase_add_loop_test(tc, slow_answers_and_signals_are_no_fault, 0,
	    KINDS);
	tcase_add_loop_test(tc, nobody_listens, 0, KINDS);
	tcase_add_loop_test(tc, a_full_queue_is_waited_for_in_vain, 0, KINDS);
	tcase_add_loop_test(tc, a_full_queue_is_waited_for, 0, KINDS);
	tcase_add_loop_test(tc, a_deadline_that_is_over_connects_to_nobody, 0,
	    KINDS);
	tcase_add_loop_test(tc, a_deadline_counts_before_the_timeout, 0,
	    KINDS);
	tcase_add_loop_test(tc, a_stop_ends_the_wait, 0, 2 * KINDS);
	tcase_add_loop_test(tc, requests_are_exact, 0, COUNT(users));
	tcase_add_loop_test(tc, large_messages_arrive_whole, 0, KINDS);
	tcase_add_test(tc, what_must_not_be_sent_is_not);
	tcase_add_loop_test(tc, tell_says_how_it_went, 0,
	    COUNT(tells) * KINDS);
	tcase_add_loop_test(tc, threads_get_their_own_scores, 0, KINDS);
	tcase_add_test(tc, a_name_may_have_several_addresses);
	tcase_add_loop_test(tc, works_in_the_sandbox, 0, KINDS);
	suite_add_tcase(suite, tc);

	if (spamd_start(NULL))
		suite_add_tcase(suite, real_cases());
	else
		printf("# skipped for want of SpamAssassin's spamd: its own "
		    "answers\n");
	fflush(stdout);
	status = unit_run(suite);
	spamd_stop();
	return status;
}
