/* base/progress - one line on a terminal while long work goes on. */
#include "base/progress.h"

#include <inttypes.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/diag.h"
#include "base/duration.h"

#define FIRST_MS	500
#define REDRAW_MS	100
#define LOG_MS		10000		/* between lines of a log file */
#define ETA_AFTER_MS	2000		/* sooner it would be a guess */
#define ETA_MAX_S	1e9
#define WIPE		"\r\033[K"
#define LINE_BYTES	512

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
	pthread_mutex_lock(&mutex);
	wipe();
	if (terminal)
		atomic_store(&due_ms, mk_clock_ms() + REDRAW_MS);
	pthread_mutex_unlock(&mutex);
}

/* "scanning 250/1000 25% 125/s 6s left" into BUF; returns its length. */
static size_t
compose(char *buf, size_t size, uint64_t units, int64_t elapsed_ms)
{
	char left[64] = "", eta[48];
	double rate = 0, eta_s;
	int64_t whole_s;
	int n;

	if (elapsed_ms > 0)
		rate = (double)units * 1000 / (double)elapsed_ms;
	if (phase_total == 0) {
		n = snprintf(buf, size, "%s %" PRIu64 " %.0f/s", phase_name,
		    units, rate);
	} else if (units >= phase_total) {
		n = snprintf(buf, size, "%s %" PRIu64 "/%" PRIu64
		    " 100%% %.0f/s", phase_name, units, phase_total, rate);
	} else {
		if (units > 0 && elapsed_ms >= ETA_AFTER_MS) {
			eta_s = (double)(phase_total - units) / rate;
			whole_s = (int64_t)(eta_s < ETA_MAX_S ? eta_s :
			    ETA_MAX_S);
			if (whole_s >= 3600)
				whole_s -= whole_s % 60;
			snprintf(left, sizeof left, " %s left",
			    mk_duration_format(eta, sizeof eta, whole_s));
		}
		n = snprintf(buf, size, "%s %" PRIu64 "/%" PRIu64
		    " %d%% %.0f/s%s", phase_name, units, phase_total,
		    (int)((double)units / (double)phase_total * 100), rate,
		    left);
	}
	return n < 0 ? 0 : (size_t)n < size ? (size_t)n : size - 1;
}

static void
draw(int64_t now_ms)
{
	char line[LINE_BYTES];
	struct winsize ws;
	size_t start = 0, len, columns = 80;

	if (terminal) {
		start = sizeof WIPE - 1;
		memcpy(line, WIPE, start);
		if (ioctl(STDERR_FILENO, TIOCGWINSZ, &ws) == 0 && ws.ws_col > 0)
			columns = ws.ws_col;
	}
	len = compose(line + start, sizeof line - start - 1,
	    atomic_load(&done), now_ms - phase_start_ms);
	if (terminal && len > columns - 1)
		len = columns - 1;	/* the last column would wrap */
	if (!terminal)
		line[len++] = '\n';
	put(line, start + len);
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
mk_progress_close(void)
{
	if (!atomic_exchange(&on, false))
		return;
	mk_diag_before(NULL);
	pthread_mutex_lock(&mutex);
	wipe();
	pthread_mutex_unlock(&mutex);
}
