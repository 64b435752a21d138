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

#define ERASE	"\033[K"
#define WIPE	"\r" ERASE

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
	setenv("NO_COLOR", "1", 1);
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

/* The line on the terminal now, and no more of it than can be seen. */
static const char *
line_now(void)
{
	static char line[256];
	const char *last = strrchr(output(), '\r');
	size_t len;

	last = last == NULL ? text : last + 1;
	if (strncmp(last, ERASE, sizeof ERASE - 1) == 0)
		last += sizeof ERASE - 1;
	len = strlen(last);
	if (len >= sizeof ERASE - 1 &&
	    strcmp(last + len - (sizeof ERASE - 1), ERASE) == 0)
		len -= sizeof ERASE - 1;
	ck_assert_uint_lt(len, sizeof line);
	memcpy(line, last, len);
	line[len] = '\0';
	return line;
}

static size_t
drawn_times(void)
{
	const char *p = output();
	size_t n = 0;

	for (; (p = strstr(p, "\rscanning")) != NULL; p++)
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
	ck_assert_ptr_eq(strstr(output(),
	    "\rscanning 250 of 1,000  25%  "), text);
	ck_assert_uint_eq(drawn_times(), 1);
	nap(150);
	mk_progress_step(749);
	ck_assert_ptr_nonnull(strstr(line_now(),
	    "scanning 1,000 of 1,000  100%  "));
	nap(150);
	mk_progress_phase("removing", 0);
	ck_assert_str_eq(line_now(), "removing");	/* the old one is gone */
	nap(150);
	mk_progress_step(7);
	ck_assert_str_eq(line_now(), "removing 7");
	mk_progress_wipe();
	ck_assert_str_eq(line_now(), "");
	mk_progress_step(1);		/* not at once again */
	ck_assert_str_eq(line_now(), "");
	nap(150);
	mk_progress_phase("publishing", 0);	/* without any step */
	ck_assert_str_eq(line_now(), "publishing");
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
	ck_assert_ptr_nonnull(strstr(line_now(), "scanning 50 of 100  50%  "));
	ck_assert_ptr_nonnull(strstr(line_now(), "/s  2s left"));
}
END_TEST

static const struct {
	uint64_t units, total;
	int64_t ms;
	size_t columns;
	const char *line;
} lines[] = {
	{ 12345, 50000, 10000, 79,
	    "w 12,345 of 50,000  24%  1,235/s  30s left" },
	{ 12345, 50000, 10000, 42,
	    "w 12,345 of 50,000  24%  1,235/s  30s left" },
	{ 12345, 50000, 10000, 41, "w 12,345 of 50,000  24%  30s left" },
	{ 12345, 50000, 10000, 32, "w 12,345 of 50,000  24%" },
	{ 12345, 50000, 10000, 22, "w 12,345 of 50,000" },
	{ 12345, 50000, 10000, 17, "w 12,345" },
	{ 12345, 50000, 10000, 5, "w 12," },
	{ 12345, 50000, 10000, 0, "" },
	/* too soon, nothing done yet, all done, more than all */
	{ 12345, 50000, 1999, 79, "w 12,345 of 50,000  24%  6,176/s" },
	{ 0, 50000, 10000, 79, "w 0 of 50,000  0%" },
	{ 999, 1000, 4000, 79, "w 999 of 1,000  99%  250/s" },
	{ 7, 1000, 499, 79, "w 7 of 1,000  0%" },
	{ 1000, 1000, 4000, 79, "w 1,000 of 1,000  100%  250/s" },
	{ 1001, 1000, 4000, 79, "w 1,001 of 1,000  100%  250/s" },
	/* without a total, or a clock that goes */
	{ 1234567, 0, 4000, 79, "w 1,234,567  308,642/s" },
	{ 5, 0, 0, 79, "w 5" },
	{ 0, 0, 9000, 79, "w" },
	{ 5, 10, -3, 79, "w 5 of 10  50%" },
	/* slow, long, huge */
	{ 3, 30, 10000, 79, "w 3 of 30  10%  0.3/s  1m30s left" },
	{ 100, 1000000, 10000, 79,
	    "w 100 of 1,000,000  0%  10/s  1d3h46m left" },
	{ 1, UINT64_MAX, 10000, 120, "w 1 of 18,446,744,073,709,551,615  0%"
	    "  0.1/s  11574d1h46m left" },
};

START_TEST(line_tells_what_can_be_told)
{
	char line[128];
	size_t len = mk_progress_format(line, sizeof line, lines[_i].columns,
	    "w", lines[_i].units, lines[_i].total, lines[_i].ms);

	ck_assert_str_eq(line, lines[_i].line);
	ck_assert_uint_eq(len, strlen(line));
	ck_assert_uint_le(len, lines[_i].columns);
}
END_TEST

START_TEST(line_fits_its_buffer)
{
	char line[8] = "xxxxxx!";

	ck_assert_uint_eq(mk_progress_format(line, 6, 79, "scanning", 1, 2, 9),
	    5);
	ck_assert_str_eq(line, "scann");
	ck_assert_int_eq(line[6], '!');
}
END_TEST

START_TEST(line_never_wraps)
{
	use_terminal(20, "xterm");
	mk_progress_open(-1);
	mk_progress_phase("scanning a very long way", UINT64_MAX);
	nap(600);
	mk_progress_step(UINT64_MAX / 2);
	ck_assert_str_eq(output(), "\rscanning a very lon" ERASE);
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
		ck_assert_ptr_eq(strstr(text, "scanning 5 of 10  50%  "), text);
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
	ck_assert_ptr_nonnull(strstr(line_now(), "scanning 4,800  "));
	ck_assert_uint_gt(drawn_times(), 2);
	ck_assert_uint_lt(drawn_times(), 100);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("progress");
	TCase *tc = tcase_create("progress"), *pure = tcase_create("line");

	tcase_add_checked_fixture(tc, NULL, tear_down);
	tcase_set_timeout(tc, 60);
	tcase_add_test(tc, terminal_shows_it_after_a_while);
	tcase_add_test(tc, estimate_when_there_is_a_rate);
	tcase_add_test(tc, line_never_wraps);
	tcase_add_test(tc, message_wipes_it);
	tcase_add_test(tc, closed_is_silent);
	tcase_add_loop_test(pure, line_tells_what_can_be_told, 0,
	    (int)(sizeof lines / sizeof *lines));
	tcase_add_test(pure, line_fits_its_buffer);
	tcase_add_loop_test(tc, elsewhere_plain_lines_if_any, 0,
	    (int)(sizeof plain / sizeof *plain));
	tcase_add_test(tc, threads_count_and_draw_seldom);
	suite_add_tcase(suite, tc);
	suite_add_tcase(suite, pure);
	return unit_run(suite);
}
