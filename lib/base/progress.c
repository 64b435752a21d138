/* base/progress - one line on a terminal while long work goes on. */
#include "base/progress.h"

#include <inttypes.h>
#include <limits.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/diag.h"
#include "base/duration.h"
#include "base/terminal.h"

#define FIRST_MS	500
#define REDRAW_MS	100
#define LOG_MS		10000		/* between lines of a log file */
#define RATE_AFTER_MS	500
#define ETA_AFTER_MS	2000		/* sooner it would be a guess */
#define ETA_MAX_S	1e9
#define SLOW		10		/* a second: decimals tell more */
#define RATE_MAX	1e15
#define ERASE		"\033[K"	/* to the end of the line */
#define WIPE		"\r" ERASE
#define LINE_BYTES	512
#define NUMBER_BYTES	32

static atomic_bool on;
static atomic_uint_least64_t done;
static atomic_int_least64_t due_ms;	/* when to draw next */

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static bool terminal;			/* these five under the mutex */
static bool drawn;
static const char *phase_name;
static uint64_t phase_total;
static int64_t phase_start_ms;

static void
put(const char *text, size_t len)
{
	ssize_t n = write(STDERR_FILENO, text, len);

	(void)n;			/* nobody looks, so nothing is lost */
}

static void
wipe(void)
{
	if (drawn && terminal)
		put(WIPE, sizeof WIPE - 1);
	drawn = false;
}

/* Before a message: wipe, and stay away until it is out. */
static void
make_way(void)
{
	int64_t next_ms = mk_clock_ms() + REDRAW_MS;

	pthread_mutex_lock(&mutex);
	wipe();
	if (terminal && atomic_load(&due_ms) < next_ms)
		atomic_store(&due_ms, next_ms);
	pthread_mutex_unlock(&mutex);
}

/* N as "1,234,567".  Returns BUF. */
static char *
grouped(char buf[NUMBER_BYTES], uint64_t n)
{
	char digits[NUMBER_BYTES];
	size_t len = (size_t)snprintf(digits, sizeof digits, "%" PRIu64, n);
	size_t i, out = 0;

	for (i = 0; i < len; i++) {
		if (i > 0 && (len - i) % 3 == 0)
			buf[out++] = ',';
		buf[out++] = digits[i];
	}
	buf[out] = '\0';
	return buf;
}

/* "  1,234/s", with a decimal where that tells more; or "". */
static void
format_rate(char *buf, size_t size, double rate)
{
	char number[NUMBER_BYTES];

	buf[0] = '\0';
	if (rate >= SLOW && rate < RATE_MAX)
		snprintf(buf, size, "  %s/s", grouped(number,
		    (uint64_t)(rate + 0.5)));
	else if (rate > 0 && rate < SLOW)
		snprintf(buf, size, "  %.1f/s", rate);
}

/* "  31s left"; or "" where that would be a guess. */
static void
format_left(char *buf, size_t size, double left_s, int64_t elapsed_ms)
{
	char duration[48];
	int64_t whole_s;

	buf[0] = '\0';
	if (elapsed_ms < ETA_AFTER_MS || left_s < 1)
		return;
	whole_s = (int64_t)(left_s < ETA_MAX_S ? left_s : ETA_MAX_S);
	if (whole_s >= 3600)
		whole_s -= whole_s % 60;
	snprintf(buf, size, "  %s left", mk_duration_format(duration,
	    sizeof duration, whole_s));
}

size_t
mk_progress_format(char *buf, size_t size, size_t columns, const char *what,
    uint64_t units, uint64_t total, int64_t elapsed_ms)
{
	char number[NUMBER_BYTES], of[NUMBER_BYTES + 8] = "", share[16] = "";
	char rate[48] = "", left[64] = "";
	char *const dispensable[] = { rate, left, share, of };
	double per_s = 0;
	size_t i = 0;
	int n;

	if (elapsed_ms > 0)
		per_s = (double)units * 1000 / (double)elapsed_ms;
	if (elapsed_ms >= RATE_AFTER_MS)
		format_rate(rate, sizeof rate, per_s);
	if (total > 0) {
		snprintf(of, sizeof of, " of %s", grouped(number, total));
		snprintf(share, sizeof share, "  %d%%", units >= total ? 100 :
		    (int)((double)units / (double)total * 100));
		if (units > 0 && units < total)
			format_left(left, sizeof left,
			    (double)(total - units) / per_s, elapsed_ms);
	}
	grouped(number, units);
	while (strlen(what) + 1 + strlen(number) + strlen(of) +
	    strlen(share) + strlen(rate) + strlen(left) > columns &&
	    i < sizeof dispensable / sizeof dispensable[0])
		dispensable[i++][0] = '\0';
	n = units == 0 && total == 0 ? snprintf(buf, size, "%s", what) :
	    snprintf(buf, size, "%s %s%s%s%s%s", what, number, of, share,
	    rate, left);
	if (n < 0)
		n = 0;
	if ((size_t)n >= size)
		n = (int)size - 1;
	if ((size_t)n > columns)
		n = (int)columns;
	buf[n] = '\0';
	return (size_t)n;
}

/* One write: a line drawn over the last one, then what is left of that
 * erased, does not flicker. */
static void
draw(int64_t now_ms)
{
	char line[LINE_BYTES];
	size_t len = 0, columns = SIZE_MAX;

	if (terminal)
		columns = mk_terminal_columns(STDERR_FILENO, 1, UINT_MAX);
	if (terminal)
		line[len++] = '\r';
	/* In the last column it would wrap. */
	len += mk_progress_format(line + len, sizeof line - len -
	    sizeof ERASE, columns - 1, phase_name, atomic_load(&done),
	    phase_total, now_ms - phase_start_ms);
	if (terminal) {
		memcpy(line + len, ERASE, sizeof ERASE - 1);
		len += sizeof ERASE - 1;
	} else
		line[len++] = '\n';
	put(line, len);
	drawn = true;
	atomic_store(&due_ms, now_ms + (terminal ? REDRAW_MS : LOG_MS));
}

void
mk_progress_open(int wanted)
{
	const char *term = getenv("TERM");
	bool can = isatty(STDERR_FILENO) && term != NULL &&
	    strcmp(term, "dumb") != 0;

	if (wanted == 0 || (wanted < 0 && !can))
		return;
	pthread_mutex_lock(&mutex);
	terminal = can;
	drawn = false;
	phase_name = "working";
	phase_total = 0;
	phase_start_ms = mk_clock_ms();
	atomic_store(&done, 0);
	atomic_store(&due_ms, phase_start_ms + FIRST_MS);
	pthread_mutex_unlock(&mutex);
	mk_diag_before(make_way);
	atomic_store(&on, true);
}

void
mk_progress_phase(const char *what, uint64_t total)
{
	if (!atomic_load_explicit(&on, memory_order_relaxed))
		return;
	pthread_mutex_lock(&mutex);
	phase_name = what;
	phase_total = total;
	phase_start_ms = mk_clock_ms();
	atomic_store(&done, 0);
	/* It may be long before the first unit is done. */
	if ((drawn && terminal) || phase_start_ms >= atomic_load(&due_ms))
		draw(phase_start_ms);
	pthread_mutex_unlock(&mutex);
}

void
mk_progress_step(uint64_t units)
{
	int64_t now_ms;

	if (!atomic_load_explicit(&on, memory_order_relaxed))
		return;
	atomic_fetch_add_explicit(&done, units, memory_order_relaxed);
	now_ms = mk_clock_ms();
	if (now_ms < atomic_load_explicit(&due_ms, memory_order_relaxed) ||
	    pthread_mutex_trylock(&mutex) != 0)
		return;
	if (now_ms >= atomic_load(&due_ms))	/* nobody was faster */
		draw(now_ms);
	pthread_mutex_unlock(&mutex);
}

void
mk_progress_wipe(void)
{
	if (atomic_load_explicit(&on, memory_order_relaxed))
		make_way();
}

void
mk_progress_close(void)
{
	if (!atomic_exchange(&on, false))
		return;
	mk_diag_before(NULL);
	pthread_mutex_lock(&mutex);
	wipe();
	pthread_mutex_unlock(&mutex);
}
