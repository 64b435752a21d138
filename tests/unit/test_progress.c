/* base/progress: seen on a terminal, and gone before anything else is. */
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

#include "base/diag.h"
#include "base/progress.h"
#include "unit.h"

#define WIPE	"\r\033[K"

static int reader;			/* the other end of standard error */
static int saved;			/* standard error as it was */
static char text[1 << 16];		/* all that was read so far */
static size_t text_len;

static void
nap(long ms)
{
	struct timespec time = { ms / 1000, ms % 1000 * 1000000 };

	while (nanosleep(&time, &time) == -1)
		ck_assert_int_eq(errno, EINTR);
}

/* Standard error to WRITER; what arrives at READER is the output. */
static void
redirect(int writer)
{
	saved = dup(STDERR_FILENO);
	ck_assert_int_ne(saved, -1);
	ck_assert_int_eq(dup2(writer, STDERR_FILENO), STDERR_FILENO);
	close(writer);
	ck_assert_int_eq(fcntl(reader, F_SETFL, O_NONBLOCK), 0);
	text_len = 0;
}

static void
use_pipe(void)
{
	int fds[2];

	ck_assert_int_eq(pipe(fds), 0);
	reader = fds[0];
	redirect(fds[1]);
}

static void
use_terminal(unsigned short columns, const char *term)
{
	struct winsize size = { .ws_row = 24, .ws_col = columns };
	struct termios mode;
	int fd;

	reader = posix_openpt(O_RDWR | O_NOCTTY);
	ck_assert_int_ne(reader, -1);
	ck_assert_int_eq(grantpt(reader), 0);
	ck_assert_int_eq(unlockpt(reader), 0);
	fd = open(ptsname(reader), O_RDWR | O_NOCTTY);
	ck_assert_int_ne(fd, -1);
	ck_assert_int_eq(tcgetattr(fd, &mode), 0);
	mode.c_oflag &= ~(tcflag_t)OPOST;
	ck_assert_int_eq(tcsetattr(fd, TCSANOW, &mode), 0);
	ck_assert_int_eq(ioctl(fd, TIOCSWINSZ, &size), 0);
	redirect(fd);
	setenv("TERM", term, 1);
}

static void
tear_down(void)
{
	mk_progress_close();
	ck_assert_int_eq(dup2(saved, STDERR_FILENO), STDERR_FILENO);
	close(saved);
	close(reader);
}

/* All that was written since the test began. */
static const char *
output(void)
{
	ssize_t n;

	while ((n = read(reader, text + text_len,
	    sizeof text - 1 - text_len)) > 0)
		text_len += (size_t)n;
	text[text_len] = '\0';
	return text;
}

/* What was written since the last wipe: the line on the terminal now. */
static const char *
line_now(void)
{
	const char *p = output(), *last = p;

	for (; (p = strstr(p, WIPE)) != NULL; last = p)
		p += sizeof WIPE - 1;
	return last;
}

static size_t
drawn_times(void)
{
	const char *p = output();
	size_t n = 0;

	for (; (p = strstr(p, WIPE "scanning")) != NULL; p++)
		n++;
	return n;
}

START_TEST(terminal_shows_it_after_a_while)
{
	use_terminal(80, "xterm");
	mk_progress_open(-1);
	mk_progress_phase("scanning", 1000);
	mk_progress_step(200);
	nap(200);
	mk_progress_step(49);
	ck_assert_str_eq(output(), "");
	nap(400);
	mk_progress_step(1);
	mk_progress_step(1);		/* too soon for another line */
	ck_assert_ptr_eq(strstr(output(), WIPE "scanning 250/1000 25% "),
	    text);
	ck_assert_uint_eq(drawn_times(), 1);
	nap(150);
	mk_progress_step(749);
	ck_assert_ptr_nonnull(strstr(line_now(), "scanning 1000/1000 100% "));
	nap(150);
	mk_progress_phase("removing", 0);
	mk_progress_step(7);
	ck_assert_ptr_nonnull(strstr(line_now(), "removing 7 "));
}
END_TEST

START_TEST(estimate_when_there_is_a_rate)
{
	use_terminal(80, "xterm");
	mk_progress_open(-1);
	mk_progress_phase("scanning", 100);
	nap(600);
	mk_progress_step(10);
	ck_assert_ptr_null(strstr(line_now(), "left"));
	nap(1900);
	mk_progress_step(40);		/* 50 in 2.5 s, so 50 are left */
	ck_assert_ptr_nonnull(strstr(line_now(), "scanning 50/100 50% "));
	ck_assert_ptr_nonnull(strstr(line_now(), "/s 2s left"));
}
END_TEST

START_TEST(line_never_wraps)
{
	use_terminal(20, "xterm");
	mk_progress_open(-1);
	mk_progress_phase("scanning a very long way", UINT64_MAX);
	nap(600);
	mk_progress_step(UINT64_MAX / 2);
	ck_assert_str_eq(output(), WIPE "scanning a very lon");
}
END_TEST

START_TEST(message_wipes_it)
{
	use_terminal(80, "xterm");
	mk_diag_open("t", MK_NORMAL);
	mk_progress_open(-1);
	mk_progress_phase("scanning", 10);
	nap(600);
	mk_progress_step(1);
	mk_diag_warn("oh");
	ck_assert_ptr_nonnull(strstr(output(), WIPE "t: oh\n"));
	mk_progress_step(1);		/* not at once again */
	ck_assert_uint_eq(drawn_times(), 1);
	nap(150);
	mk_progress_step(1);
	ck_assert_uint_eq(drawn_times(), 2);
	mk_progress_close();
	ck_assert_str_eq(line_now(), "");
	mk_diag_warn("still here");
	ck_assert_str_eq(line_now(), "t: still here\n");
}
END_TEST

START_TEST(closed_is_silent)
{
	use_terminal(80, "xterm");
	mk_progress_open(1);
	mk_progress_close();
	nap(600);
	mk_progress_phase("scanning", 10);
	mk_progress_step(1);
	mk_progress_close();
	ck_assert_str_eq(output(), "");
}
END_TEST

static const struct {
	bool terminal;
	const char *term;
	int wanted;
	bool lines;			/* else silent */
} plain[] = {
	{ true,  "xterm",  0, false },
	{ true,  "dumb",  -1, false },
	{ true,  "dumb",   1, true },
	{ false, "xterm", -1, false },
	{ false, "xterm",  0, false },
	{ false, "xterm",  1, true },
};

START_TEST(elsewhere_plain_lines_if_any)
{
	if (plain[_i].terminal)
		use_terminal(80, plain[_i].term);
	else
		use_pipe();
	mk_progress_open(plain[_i].wanted);
	mk_progress_phase("scanning", 10);
	nap(600);
	mk_progress_step(5);
	nap(150);
	mk_progress_step(1);
	mk_diag_open("t", MK_NORMAL);
	mk_diag_warn("oh");
	mk_progress_close();
	output();
	ck_assert_ptr_null(strchr(text, '\r'));
	ck_assert_ptr_null(strchr(text, '\033'));
	ck_assert_str_eq(strchr(text, '\0') - 6, "t: oh\n");
	if (plain[_i].lines)
		ck_assert_ptr_eq(strstr(text, "scanning 5/10 50% "), text);
	else
		ck_assert_str_eq(text, "t: oh\n");
}
END_TEST

#define THREADS	8
#define STEPS	200

static void *
work(void *unused)
{
	int i;

	(void)unused;
	for (i = 0; i < STEPS; i++) {
		mk_progress_step(3);
		nap(5);
	}
	return NULL;
}

START_TEST(threads_count_and_draw_seldom)
{
	pthread_t threads[THREADS];
	int i;

	use_terminal(80, "xterm");
	mk_progress_open(-1);
	mk_progress_phase("scanning", 0);
	for (i = 0; i < THREADS; i++)
		ck_assert_int_eq(pthread_create(&threads[i], NULL, work,
		    NULL), 0);
	for (i = 0; i < THREADS; i++)
		ck_assert_int_eq(pthread_join(threads[i], NULL), 0);
	nap(150);
	mk_progress_step(0);
	ck_assert_ptr_nonnull(strstr(line_now(), "scanning 4800 "));
	ck_assert_uint_gt(drawn_times(), 2);
	ck_assert_uint_lt(drawn_times(), 100);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("progress");
	TCase *tc = tcase_create("progress");

	tcase_add_checked_fixture(tc, NULL, tear_down);
	tcase_set_timeout(tc, 60);
	tcase_add_test(tc, terminal_shows_it_after_a_while);
	tcase_add_test(tc, estimate_when_there_is_a_rate);
	tcase_add_test(tc, line_never_wraps);
	tcase_add_test(tc, message_wipes_it);
	tcase_add_test(tc, closed_is_silent);
	tcase_add_loop_test(tc, elsewhere_plain_lines_if_any, 0,
	    (int)(sizeof plain / sizeof *plain));
	tcase_add_test(tc, threads_count_and_draw_seldom);
	suite_add_tcase(suite, tc);
	return unit_run(suite);
}
