/* rotate/parse: newsyslog.conf, as three systems write it. */
#ifdef __linux__
#define _GNU_SOURCE			/* unshare(2) */
#endif

#include <pwd.h>
#include <signal.h>

#include "rotate/parse.h"
#include "scratch.h"

#define LINE	"/var/log/a 644 7 "	/* and then size, when, ... */

static struct mk_entries entries;
static struct mk_buf problems, notes;
static struct mk_error err;
static struct mk_parse parse;

static void
gather(void *data, const struct mk_error *why)
{
	ck_assert_ptr_eq(data, &parse);
	ck_assert_int_ne(why->status, EX_OK);
	ck_assert_int_eq(mk_buf_addf(&problems, "%s\n", why->text), 0);
}

static void
note(void *data, const struct mk_error *why)
{
	ck_assert_ptr_eq(data, &parse);
	ck_assert_int_eq(why->status, EX_OK);
	ck_assert_int_eq(mk_buf_addf(&notes, "%s\n", why->text), 0);
}

static const char *
text_of(const struct mk_buf *buf)
{
	return buf->data == NULL ? "" : buf->data;
}

static char *
path_to(const char *name)
{
	static char path[PATH_MAX];

	snprintf(path, sizeof path, "%s/%s", scratch, name);
	return path;
}

static void
begin(enum mk_newsyslog dialect)
{
	mk_entries_free(&entries);
	mk_buf_free(&problems);
	mk_buf_free(&notes);
	parse = (struct mk_parse){ .dialect = dialect, .problem = gather,
	    .data = &parse, .differs = note };
}

static void
end(void)
{
	begin(MK_NETBSD);
	scratch_teardown();
}

static void
read_file(const char *name)
{
	ck_assert_msg(mk_parse_file(&parse, path_to(name), &entries,
	    &err) == 0, "%s", err.text);
}

static void
read_bytes(enum mk_newsyslog dialect, const char *text, size_t len)
{
	begin(dialect);
	put_bytes("conf", text, len);
	read_file("conf");
}

static void
read_text(enum mk_newsyslog dialect, const char *text)
{
	read_bytes(dialect, text, strlen(text));
}

/* One line that is fine. */
static const struct mk_entry *
good(enum mk_newsyslog dialect, const char *line)
{
	read_text(dialect, line);
	ck_assert_str_eq(text_of(&problems), "");
	ck_assert_uint_eq(entries.n, 1);
	return &entries.v[0];
}

START_TEST(reads_the_lines_of_the_article)
{
	static const char *const logs[] = {
		"/var/log/exim/mainlog", "/var/log/exim/rejectlog",
	};
	const struct passwd *mail = getpwnam("mail");
	size_t i;

	ck_assert_ptr_nonnull(mail);
	read_text(MK_NETBSD,
	    "/var/log/exim/mainlog mail:mail 644 7 * $D0 ZN\n"
	    "/var/log/exim/rejectlog mail:mail 644 7 * $D0 ZN\n");
	ck_assert_str_eq(text_of(&problems), "");
	ck_assert_uint_eq(entries.n, 2);
	for (i = 0; i < 2; i++) {
		const struct mk_entry *e = &entries.v[i];

		ck_assert_str_eq(e->log, logs[i]);
		ck_assert_uint_eq(e->uid, mail->pw_uid);
		ck_assert_uint_eq(e->gid, mail->pw_gid);
		ck_assert_uint_eq(e->mode, 0644);
		ck_assert_int_eq(e->count, 7);
		ck_assert_int_eq(e->size_kib, 0);
		ck_assert_int_eq(e->when.hours, 0);
		ck_assert(e->when.timed);
		ck_assert_int_eq(e->when.hour, 0);
		ck_assert_int_eq(e->when.minute, 0);
		ck_assert_int_eq(e->when.day, MK_WHEN_ANY);
		ck_assert_int_eq(e->when.weekday, MK_WHEN_ANY);
		ck_assert_uint_eq(e->flags, MK_ENTRY_FORMAT |
		    MK_ENTRY_NO_SIGNAL);
		ck_assert_int_eq(e->format, MK_GZIP);
		ck_assert_ptr_null(e->notify);
		ck_assert_int_eq(e->signal, SIGHUP);
		ck_assert_str_eq(e->file, path_to("conf"));
		ck_assert_uint_eq(e->line, i + 1);
	}
	ck_assert_uint_eq(entries.files_n, 1);
	ck_assert_ptr_null(entries.fallback);
}
END_TEST

/* Files in the manner of those that the systems come with. */
struct wanted {
	const char *log;
	unsigned mode;
	int64_t count, size_kib, hours;
	int month, day, weekday, hour;	/* hour -1: no time */
	unsigned flags;
	enum mk_pack_format format;
	const char *notify;
	int signal;
};

#define A	MK_WHEN_ANY
#define Z	MK_ENTRY_FORMAT
#define B	MK_ENTRY_BINARY
#define C	MK_ENTRY_CREATE

static const char netbsd_text[] =
    "#\t$Revision: 1 $\n"
    "# log\t\t\t\towner\tmode count size when flags\n"
    "/var/log/aculog\t\t\tuucp:\t640  7    *    24   ZN\n"
    "/var/log/authlog\t\t\t600  5    30   *    Z\n"
    "/var/log/cron\t\troot:wheel\t600  3    10   *    -\n"
    "/var/log/maillog\t\t\t600  7    *    24   Zp0 /var/run/s.pid 1\n"
    "/var/log/wtmp\t\troot:root\t664  7    *    168  ZBN\n"
    "  # the last one\n"
    "/var/log/xferlog\t\t\t640  7    250  *    JBNc\n"
    "/var/log/monthly 640 12 * $MLD23 xN /var/run/x.pid usr1\n";
static const struct wanted netbsd_logs[] = {
	{ "/var/log/aculog", 0640, 7, 0, 24, A, A, A, -1,
	    Z | MK_ENTRY_NO_SIGNAL, MK_GZIP, NULL, SIGHUP },
	{ "/var/log/authlog", 0600, 5, 30, 0, A, A, A, -1, Z, MK_GZIP, NULL,
	    SIGHUP },
	{ "/var/log/cron", 0600, 3, 10, 0, A, A, A, -1, 0, MK_PACK_NONE, NULL,
	    SIGHUP },
	{ "/var/log/maillog", 0600, 7, 0, 24, A, A, A, -1,
	    Z | MK_ENTRY_PLAIN_FIRST, MK_GZIP, "/var/run/s.pid", SIGHUP },
	{ "/var/log/wtmp", 0664, 7, 0, 168, A, A, A, -1,
	    Z | B | MK_ENTRY_NO_SIGNAL, MK_GZIP, NULL, SIGHUP },
	{ "/var/log/xferlog", 0640, 7, 250, 0, A, A, A, -1,
	    Z | B | C | MK_ENTRY_NO_SIGNAL, MK_BZIP2, NULL, SIGHUP },
	{ "/var/log/monthly", 0640, 12, 0, 0, A, MK_WHEN_LAST_DAY, A, 23,
	    Z | MK_ENTRY_NO_SIGNAL, MK_XZ, NULL, SIGUSR1 },
};

static const char freebsd_text[] =
    "# logfilename [owner:group] mode count size when flags [/pid] [sig]\n"
    "/var/log/all.log\t\t\t600  7\t   *\t@T00  J\n"
    "/var/log/auth.log\t\t\t600  7     1000 @0101T JC\r\n"
    "/var/log/console.log\t\t\t600  5\t   1000 *     J # a comment\n"
    "/var/log/cron\t\t\t\t600  3\t   1000 *     JC\n"
    "/var/log/daily.log\t\t\t640  7\t   *\t$D0   XN\n"
    "/var/log/weekly.log\t\t\t640  5\t   *\t$W6D0 YN\n"
    "/var/log/monthly.log\t\t\t640  12\t   *\t$M1D0 JN\n"
    "/var/log/utx.log\t\t\t644  3\t   *\t@01T05 B\n"
    "/var/log/a\\#b*\troot:wheel\t440  7\t   10\t168@T00 GETU "
	"/var/run/a.pid 30\n"
    "/var/log/web\t\t\t640\t4 0 48 R /usr/local/bin/reload SIGUSR2\n"
    "/var/log/plain 640 4 100 *\n"
    "/var/log/number 640 4 100 * ZPDW 15\n"
    "<Default> 600 2 70 * Z\n";
static const struct wanted freebsd_logs[] = {
	{ "/var/log/all.log", 0600, 7, 0, 0, A, A, A, 0, Z, MK_BZIP2, NULL,
	    SIGHUP },
	{ "/var/log/auth.log", 0600, 7, 1000, 0, 1, 1, A, 0, Z | C, MK_BZIP2,
	    NULL, SIGHUP },
	{ "/var/log/console.log", 0600, 5, 1000, 0, A, A, A, -1, Z, MK_BZIP2,
	    NULL, SIGHUP },
	{ "/var/log/cron", 0600, 3, 1000, 0, A, A, A, -1, Z | C, MK_BZIP2,
	    NULL, SIGHUP },
	{ "/var/log/daily.log", 0640, 7, 0, 0, A, A, A, 0,
	    Z | MK_ENTRY_NO_SIGNAL, MK_XZ, NULL, SIGHUP },
	{ "/var/log/weekly.log", 0640, 5, 0, 0, A, A, 6, 0,
	    Z | MK_ENTRY_NO_SIGNAL, MK_ZSTD, NULL, SIGHUP },
	{ "/var/log/monthly.log", 0640, 12, 0, 0, A, 1, A, 0,
	    Z | MK_ENTRY_NO_SIGNAL, MK_BZIP2, NULL, SIGHUP },
	{ "/var/log/utx.log", 0644, 3, 0, 0, A, 1, A, 5, B, MK_PACK_NONE,
	    NULL, SIGHUP },
	{ "/var/log/a#b*", 0440, 7, 10, 168, A, A, A, 0,
	    MK_ENTRY_GLOB | MK_ENTRY_NOT_EMPTY | MK_ENTRY_RFC5424 |
	    MK_ENTRY_GROUP, MK_PACK_NONE, "/var/run/a.pid", SIGUSR1 },
	{ "/var/log/web", 0640, 4, 0, 48, A, A, A, -1, MK_ENTRY_COMMAND,
	    MK_PACK_NONE, "/usr/local/bin/reload", SIGUSR2 },
	{ "/var/log/plain", 0640, 4, 100, 0, A, A, A, -1, 0, MK_PACK_NONE,
	    NULL, SIGHUP },
	{ "/var/log/number", 0640, 4, 100, 0, A, A, A, -1,
	    Z | MK_ENTRY_PLAIN_FIRST | MK_ENTRY_NODUMP, MK_GZIP, NULL,
	    SIGTERM },
};

static const char openbsd_text[] =
    "# logfile_name\t\towner:group     mode count size when  flags\n"
    "/var/cron/log\t\troot:wheel\t600  3     10   *     Z\n"
    "/var/log/authlog\troot:wheel\t640  7     *    168   Z\n"
    "/var/log/daemon\t\t\t\t640  5     300  *     Z\n"
    "/var/log/wtmp\t\t\t\t644  7     *    $W6D4 B \"\"\n"
    "/var/log/xferlog\t\t\t640  7     250  *     Z\n"
    "/var/log/pflog\t\t\t\t600  3     250  *     ZB "
	"\"pkill -HUP -u root -U root -t - -x pflogd\"\n"
    "/var/www/logs/access.log\t\t644  4     *    $W0   Z "
	"\"pkill -USR1 -u root -x httpd\"\n"
    "/var/log/secure\t\t\t\t600  7     *    168@T00 ZM root "
	"/var/run/s.pid SIGUSR1\n"
    "/var/log/noflags 640 7 10 * /var/run/n.pid\n"
    "/var/log/dash 640 7 10 * - SIGTERM\n";
static const struct wanted openbsd_logs[] = {
	{ "/var/cron/log", 0600, 3, 10, 0, A, A, A, -1, Z, MK_GZIP, NULL,
	    SIGHUP },
	{ "/var/log/authlog", 0640, 7, 0, 168, A, A, A, -1, Z, MK_GZIP, NULL,
	    SIGHUP },
	{ "/var/log/daemon", 0640, 5, 300, 0, A, A, A, -1, Z, MK_GZIP, NULL,
	    SIGHUP },
	{ "/var/log/wtmp", 0644, 7, 0, 0, A, A, 6, 4, B | MK_ENTRY_NO_SIGNAL,
	    MK_PACK_NONE, NULL, SIGHUP },
	{ "/var/log/xferlog", 0640, 7, 250, 0, A, A, A, -1, Z, MK_GZIP, NULL,
	    SIGHUP },
	{ "/var/log/pflog", 0600, 3, 250, 0, A, A, A, -1,
	    Z | B | MK_ENTRY_COMMAND, MK_GZIP,
	    "pkill -HUP -u root -U root -t - -x pflogd", 0 },
	{ "/var/www/logs/access.log", 0644, 4, 0, 0, A, A, 0, 0,
	    Z | MK_ENTRY_COMMAND, MK_GZIP, "pkill -USR1 -u root -x httpd",
	    0 },
	{ "/var/log/secure", 0600, 7, 0, 168, A, A, A, 0, Z, MK_GZIP,
	    "/var/run/s.pid", SIGUSR1 },
	{ "/var/log/noflags", 0640, 7, 10, 0, A, A, A, -1, 0, MK_PACK_NONE,
	    "/var/run/n.pid", SIGHUP },
	{ "/var/log/dash", 0640, 7, 10, 0, A, A, A, -1, 0, MK_PACK_NONE, NULL,
	    SIGTERM },
};

#undef A
#undef Z
#undef B
#undef C

static const struct {
	const char *text;
	const struct wanted *logs;
	size_t n;
} corpus[] = {
	[MK_NETBSD] = { netbsd_text, netbsd_logs, COUNT(netbsd_logs) },
	[MK_FREEBSD] = { freebsd_text, freebsd_logs, COUNT(freebsd_logs) },
	[MK_OPENBSD] = { openbsd_text, openbsd_logs, COUNT(openbsd_logs) },
};

static void
is_as(const struct mk_entry *e, const struct wanted *w)
{
	ck_assert_str_eq(e->log, w->log);
	ck_assert_msg(e->mode == w->mode && e->count == w->count &&
	    e->size_kib == w->size_kib && e->when.hours == w->hours,
	    "%s: %o %lld %lld %lld", e->log, (unsigned)e->mode,
	    (long long)e->count, (long long)e->size_kib,
	    (long long)e->when.hours);
	ck_assert_msg(e->when.timed == (w->hour != -1), "%s", e->log);
	if (e->when.timed)
		ck_assert_msg(e->when.month == w->month &&
		    e->when.day == w->day && e->when.weekday == w->weekday &&
		    e->when.hour == w->hour, "%s: %d %d %d %d", e->log,
		    e->when.month, e->when.day, e->when.weekday,
		    e->when.hour);
	ck_assert_msg(e->flags == w->flags && e->format == w->format,
	    "%s: flags %x, format %d", e->log, e->flags, (int)e->format);
	ck_assert_msg((e->notify == NULL) == (w->notify == NULL), "%s: %s",
	    e->log, e->notify);
	if (w->notify != NULL)
		ck_assert_str_eq(e->notify, w->notify);
	ck_assert_int_eq(e->signal, w->signal);
}

START_TEST(reads_whole_files_of_each_system)
{
	size_t i;

	read_text((enum mk_newsyslog)_i, corpus[_i].text);
	if (_i == MK_NETBSD && getpwnam("uucp") == NULL)
		return;
	ck_assert_str_eq(text_of(&problems), "");
	ck_assert_uint_eq(entries.n, corpus[_i].n);
	for (i = 0; i < entries.n; i++)
		is_as(&entries.v[i], &corpus[_i].logs[i]);
	ck_assert_int_eq(entries.fallback != NULL, _i == MK_FREEBSD);
	if (entries.fallback == NULL)
		return;
	ck_assert_int_eq(entries.fallback->count, 2);
	ck_assert_int_eq(entries.fallback->size_kib, 70);
	ck_assert_uint_eq(entries.fallback->flags, MK_ENTRY_FORMAT |
	    MK_ENTRY_DEFAULT);
	ck_assert_str_eq(entries.fallback->file, path_to("conf"));
}
END_TEST

#define ALL	7U
#define ONLY(d)	(1U << MK_ ## d)

static const struct { unsigned dialects; const char *line, *why; } bad[] = {
	{ ALL, "log 644 7 * 24 Z", ":2: log is not absolute" },
	{ ALL, "/var/../log 644 7 * 24 Z", "has \".\" or \"..\" in it" },
	{ ALL, "/var/./log 644 7 * 24 Z", "has \".\" or \"..\" in it" },
	{ ALL, "/var//log 644 7 * 24 Z", "has \"//\" in it" },
	{ ALL, "/var/log/ 644 7 * 24 Z", "ends in \"/\"" },
	{ ALL, "/ 644 7 * 24 Z", "ends in \"/\"" },
	{ ALL, "/var/l\033og 644 7 * 24 Z", "has a control character" },
	{ ALL, "/var/log", "has no mode; a line is \"log [owner:group] " },
	{ ALL, "/var/log 644", "has no count" },
	{ ALL, "/var/log 644 7", "has no size" },
	{ ALL, "/var/log 644 7 *", "has no time" },
	{ ALL, "/var/log root: ", "has no mode" },
	{ ONLY(NETBSD), LINE "* 24", "has no flags; netbsd wants them" },
	{ ONLY(NETBSD), LINE "* 24 /var/run/a.pid", "has no flags" },
	{ ALL, "/a nobody.here.x:root 644 7 * 24 Z", "there is no user" },
	{ ALL, "/a :no-such-group 644 7 * 24 Z", "there is no group no-such" },
	{ ALL, "/a 4294967295: 644 7 * 24 Z", "there is no user 4294967295" },
	{ ALL, "/a root 644 7 * 24 Z", "\"root\" is neither a mode" },
	{ ALL, "/a 648 7 * 24 Z", "\"648\" is neither a mode" },
	{ ALL, "/a -1 7 * 24 Z", "is neither a mode" },
	{ ALL, "/a 10000 7 * 24 Z", "is neither a mode" },
	{ ALL, "/a 4755 7 * 24 Z", "mode 4755: no log is made setuid" },
	{ ALL, "/a 1777 7 * 24 Z", "mode 1777: no log is made setuid" },
	{ ALL, "/a 644 -1 * 24 Z", "\"-1\" is no count" },
	{ ALL, "/a 644 1000000 * 24 Z", "is no count" },
	{ ALL, "/a 644 18446744073709551617 * 24 Z", "is no count" },
	{ ALL, "/a 644 7 10k 24 Z", "\"10k\" is no size" },
	{ ALL, "/a 644 7 -5 24 Z", "\"-5\" is no size" },
	{ ALL, "/a 644 7 9223372036854775807 24 Z", "is no size" },
	{ ALL, LINE "* $Q4 Z", "$Q4" },
	{ ONLY(NETBSD), LINE "* 24 ZG", "flag \"G\" is of freebsd; netbsd "
	    "has B C J N P 0 X Z -" },
	{ ONLY(OPENBSD), LINE "* 24 ZN", "flag \"N\" is of netbsd and "
	    "freebsd; openbsd has B F M Z -" },
	{ ALL, LINE "* 24 Q", "flag \"Q\" is of no dialect" },
	{ ONLY(FREEBSD), LINE "* 24 M", "flag \"M\" is of openbsd" },
	{ ONLY(OPENBSD), LINE "* 24 F", "flag F: links are not followed" },
	{ ALL, LINE "* 24 Z ../a.pid", "\"../a.pid\" is neither a pid file" },
	{ ALL, LINE "* 24 Z /run/../a.pid", "/run/../a.pid has" },
	{ ALL, LINE "* 24 Z /a.pid SIGNIX", "\"SIGNIX\" is neither" },
	{ ONLY(NETBSD) | ONLY(FREEBSD), LINE "* 24 Z /a.pid 0",
	    "\"0\" is no signal" },
	{ ONLY(NETBSD) | ONLY(FREEBSD), LINE "* 24 Z /a.pid 65",
	    "\"65\" is no signal" },
	{ ONLY(NETBSD) | ONLY(FREEBSD), LINE "* 24 Z /a.pid 7",
	    "signal 7 is SIGEMT on BSD systems" },
	{ ONLY(NETBSD) | ONLY(FREEBSD), LINE "* 24 Z /a.pid 17",
	    "signal 17 is SIGSTOP on BSD systems" },
	{ ONLY(FREEBSD), LINE "* 24 Z /a.pid HUP", "\"HUP\" is neither" },
	{ ONLY(OPENBSD), LINE "* 24 Z /a.pid 1", "\"1\" is neither" },
	{ ALL, LINE "* 24 Z /a.pid SIGHUP x", "\"x\" is one field too many" },
	{ ALL, LINE "* 24 Z /a.pid /b.pid", "\"/b.pid\" is one field too" },
	{ ONLY(FREEBSD), LINE "* 24 R", "flag R: the command" },
	{ ONLY(FREEBSD), LINE "* 24 U", "flag U: the pid file is missing" },
	{ ONLY(OPENBSD), LINE "* 24 M", "flag M: the field" },
	{ ONLY(OPENBSD), LINE "* 24 Z \"kill", "the quote does not end" },
	{ ONLY(OPENBSD), LINE "* 24 Z \"a\"b", "the quote does not end" },
	{ ONLY(OPENBSD), LINE "* 24 Z \"a\" \"b\"", "\"b\" is one field too" },
	{ ONLY(NETBSD), "<include> /etc/x", "freebsd has <include>, netbsd" },
	{ ONLY(OPENBSD), "<default> 600 1 * * Z", "freebsd has <default>" },
	{ ONLY(OPENBSD), "<compress> none", "freebsd has <compress>" },
	{ ONLY(FREEBSD), "<compress> lzma", "<compress> wants one of none" },
	{ ONLY(FREEBSD), "<compress>", "<compress> wants one of none" },
	{ ONLY(FREEBSD), "<include> etc/x", "<include> wants one absolute" },
	{ ONLY(FREEBSD), "<include>", "<include> wants one absolute" },
	{ ONLY(FREEBSD), "<include> /no/such/file", "No such file" },
	{ ALL, "<what> /x", "<what> /x: there is no such line" },
	{ ALL & ~ONLY(FREEBSD), LINE "* 24 Z # why", "\"#\" is neither" },
};

/* The other lines are done, and the line is named. */
START_TEST(refuses_bad_lines_and_reads_on)
{
	char text[1024];
	int d;

	snprintf(text, sizeof text, "/before 644 1 1 * -\n%s\n"
	    "/behind 644 1 1 * -", bad[_i].line);
	for (d = 0; d < 3; d++) {
		if (!(bad[_i].dialects & 1U << d))
			continue;
		read_text((enum mk_newsyslog)d, text);
		ck_assert_msg(strstr(text_of(&problems), bad[_i].why) != NULL,
		    "%s: %s", bad[_i].line, text_of(&problems));
		ck_assert_ptr_nonnull(strstr(text_of(&problems), "conf:2: "));
		ck_assert_uint_eq(entries.n, 2);
		ck_assert_str_eq(entries.v[0].log, "/before");
		ck_assert_str_eq(entries.v[1].log, "/behind");
		ck_assert_uint_eq(entries.v[1].line, 3);
	}
}
END_TEST

static const struct {
	enum mk_newsyslog dialect;
	const char *line, *note;	/* NULL: none at all */
} differing[] = {
	{ MK_NETBSD, "/a 644 7 * 24 Z", NULL },
	{ MK_OPENBSD, "/a 644 7 10 * ZB SIGHUP", NULL },
	{ MK_FREEBSD, "/a 644 7 10 $D0 Z", "a size and a time" },
	{ MK_NETBSD, "/a 644 7 * 24 ZN", "flags ZN: openbsd has no N" },
	{ MK_FREEBSD, "/a 644 7 * 24 DJ",
	    "flags DJ: netbsd has no D; openbsd has no D, J" },
	{ MK_NETBSD, "/a 644 7 * 168$D0 Z", "an interval and a time: either" },
	{ MK_FREEBSD, "/a 644 7 * 24 C", "C makes the log with -C alone" },
	{ MK_FREEBSD, "/a 644 7 * 24 c", "c is C here" },
	{ MK_OPENBSD, "/a 644 7 * 24", "no flags: netbsd refuses the line" },
	{ MK_NETBSD, "/a 644 7 * @31T00 Z", "day 31: netbsd refuses" },
	{ MK_NETBSD, "/a root.root 644 7 * 24 Z", "\".\" in the owner" },
	{ MK_FREEBSD, "/a 755 7 * 24 Z", "mode 755: freebsd makes it 644" },
	{ MK_NETBSD, "/a 755 7 * 24 Z", "mode 755: freebsd makes it 644" },
	{ MK_FREEBSD, "/a 644 7 * 24 N /x.pid", "/x.pid is not used" },
	{ MK_OPENBSD, "/a 644 7 * 24 M root", "nothing is mailed to root" },
	{ MK_OPENBSD, "/a 644 7 * 24 Z \"x y\"", "no command in quotes" },
	{ MK_FREEBSD, "/a 644 7 * 24 Z #", "no comments behind a line" },
	{ MK_NETBSD, "/a 644 7 * 24 Z 1", "signal 1: openbsd wants its name" },
	{ MK_NETBSD, "/a 644 7 * 24 Z HUP", "name it as in SIGHUP" },
	{ MK_FREEBSD, "<debug> x\n/a 644 7 * 24 Z", "<debug> does nothing" },
};

START_TEST(says_what_differs_elsewhere)
{
	good(differing[_i].dialect, differing[_i].line);
	if (differing[_i].note == NULL)
		ck_assert_str_eq(text_of(&notes), "");
	else
		ck_assert_msg(strstr(text_of(&notes),
		    differing[_i].note) != NULL, "%s", text_of(&notes));
	begin(differing[_i].dialect);
	parse.differs = NULL;
	read_file("conf");
	ck_assert_uint_eq(entries.n, 1);
}
END_TEST

START_TEST(freebsd_honours_only_read_and_write)
{
	ck_assert_uint_eq(good(MK_FREEBSD, "/a 755 7 * 24 Z")->mode, 0644);
	ck_assert_uint_eq(good(MK_NETBSD, "/a 755 7 * 24 Z")->mode, 0755);
}
END_TEST

static const struct { const char *owner; int64_t uid, gid; } owners[] = {
	{ "root:root", 0, 0 },
	{ "root.root", 0, 0 },
	{ "root:", 0, -1 },
	{ ":root", -1, 0 },
	{ ":", -1, -1 },
	{ "1234:5678", 1234, 5678 },
	{ "1234.root", 1234, 0 },
	{ "root:wheel", 0, 0 },		/* a BSD's name for group 0 */
};

START_TEST(reads_owners)
{
	char line[128];
	int d;

	snprintf(line, sizeof line, "/a %s 640 7 * 24 Z", owners[_i].owner);
	for (d = 0; d < 3; d++) {
		const struct mk_entry *e = good((enum mk_newsyslog)d, line);

		ck_assert_uint_eq(e->uid, (uid_t)owners[_i].uid);
		ck_assert_uint_eq(e->gid, (gid_t)owners[_i].gid);
		ck_assert_uint_eq(e->mode, 0640);
	}
}
END_TEST

/* What was looked up for one line is not taken for another. */
START_TEST(each_line_has_its_own_owner)
{
	static const uid_t uids[] = { 0, 7, 0, (uid_t)-1, 0 };
	static const gid_t gids[] = { 0, 8, 8, 0, (gid_t)-1 };
	size_t i;

	read_text(MK_NETBSD, "/a root:root 644 7 * 24 Z\n"
	    "/b 7:8 644 7 * 24 Z\n/no nobody.here.x:root 644 7 * 24 Z\n"
	    "/c root:8 644 7 * 24 Z\n/d :root 644 7 * 24 Z\n"
	    "/e root: 644 7 * 24 Z\n");
	ck_assert_uint_eq(entries.n, COUNT(uids));
	for (i = 0; i < entries.n; i++) {
		ck_assert_uint_eq(entries.v[i].uid, uids[i]);
		ck_assert_uint_eq(entries.v[i].gid, gids[i]);
	}
}
END_TEST

/* Whatever has no name but the number means the signal of the BSDs. */
static const struct { const char *text; int signal; } signals[] = {
	{ "1", SIGHUP }, { "15", SIGTERM }, { "30", SIGUSR1 },
	{ "31", SIGUSR2 }, { "28", SIGWINCH }, { "SIGUSR1", SIGUSR1 },
	{ "sigterm", SIGTERM },
};

START_TEST(reads_signals)
{
	char line[128];

	snprintf(line, sizeof line, "/a 644 7 * 24 Z /a.pid %s",
	    signals[_i].text);
	ck_assert_int_eq(good(MK_FREEBSD, line)->signal, signals[_i].signal);
	ck_assert_int_eq(good(MK_NETBSD, line)->signal, signals[_i].signal);
}
END_TEST

START_TEST(takes_this_hosts_numbers_of_usr1_and_usr2)
{
	char line[128];

	snprintf(line, sizeof line, "/a 644 7 * 24 Z /a.pid %d", SIGUSR1);
	ck_assert_int_eq(good(MK_FREEBSD, line)->signal, SIGUSR1);
	snprintf(line, sizeof line, "/a 644 7 * 24 Z /a.pid %d", SIGUSR2);
	ck_assert_int_eq(good(MK_FREEBSD, line)->signal, SIGUSR2);
}
END_TEST

START_TEST(no_signal_wins_over_command_and_group)
{
	const struct mk_entry *e = good(MK_FREEBSD, LINE "* 24 NR /bin/x");

	ck_assert_uint_eq(e->flags, MK_ENTRY_NO_SIGNAL);
	ck_assert_ptr_null(e->notify);
	e = good(MK_FREEBSD, LINE "* 24 NU /run/x.pid 30");
	ck_assert_uint_eq(e->flags, MK_ENTRY_NO_SIGNAL);
	ck_assert_ptr_null(e->notify);
}
END_TEST

START_TEST(compress_decides_for_the_lines_behind_it)
{
	static const enum mk_pack_format formats[] = {
		MK_BZIP2, MK_ZSTD, MK_ZSTD, MK_PACK_NONE, MK_PACK_NONE,
		MK_PACK_NONE, MK_XZ,
	};
	static const bool named[] = {
		true, true, true, false, true, true, true,
	};
	size_t i;

	read_text(MK_FREEBSD, "/a 644 7 * 24 J\n<compress> zstd\n"
	    "/b 644 7 * 24 J\n/c 644 7 * 24 Z\n/d 644 7 * 24 -\n"
	    "<COMPRESS> none\n/e 644 7 * 24 Z\n/f 644 7 * 24 -\n"
	    "<compress> legacy\n/g 644 7 * 24 X\n");
	ck_assert_str_eq(text_of(&problems), "");
	ck_assert_uint_eq(entries.n, COUNT(formats));
	for (i = 0; i < entries.n; i++) {
		ck_assert_int_eq(entries.v[i].format, formats[i]);
		ck_assert_int_eq((entries.v[i].flags & MK_ENTRY_FORMAT) != 0,
		    named[i]);
	}
}
END_TEST

START_TEST(a_second_default_is_ignored)
{
	read_text(MK_FREEBSD, "<default> 600 1 * *\n<DEFAULT> 600 2 * * G\n"
	    "/a 644 7 * 24\n");
	ck_assert_ptr_nonnull(strstr(text_of(&problems),
	    "conf:2: a second <default> is ignored"));
	ck_assert_int_eq(entries.fallback->count, 1);
	ck_assert_uint_eq(entries.n, 1);
}
END_TEST

/* After the file itself, sorted, and from inside those again. */
START_TEST(includes_by_name_and_pattern)
{
	static const char *const logs[] = { "/a", "/z", "/b1", "/b2", "/c" };
	char text[1024];
	size_t i;

	make_dir("d");
	snprintf(text, sizeof text, "/a 644 7 * 24\n<include> %s/d/*.conf\n"
	    "<include> %s/none-*\n/z 644 7 * 24\n", scratch, scratch);
	put("conf", text);
	put("d/2.conf", "/b2 644 7 * 24\n");
	snprintf(text, sizeof text, "<Include> %s/other\n/b1 644 7 * 24\n",
	    scratch);
	put("d/1.conf", text);
	put("d/not", "/no 644 7 * 24\n");
	put("other", "/c 644 7 * 24\n");
	begin(MK_FREEBSD);
	read_file("conf");
	ck_assert_str_eq(text_of(&problems), "");
	ck_assert_uint_eq(entries.n, COUNT(logs));
	for (i = 0; i < entries.n; i++)
		ck_assert_str_eq(entries.v[i].log, logs[i]);
	ck_assert_uint_eq(entries.files_n, 4);
	ck_assert_str_eq(entries.v[4].file, path_to("other"));
	ck_assert_uint_eq(entries.v[4].line, 1);
}
END_TEST

START_TEST(a_ring_of_includes_is_read_once)
{
	char text[1024], wanted[1024];

	snprintf(text, sizeof text, "<include> %s/two\n/a 644 7 * 24\n",
	    scratch);
	put("conf", text);
	ck_assert_int_eq(symlinkat("conf", root, "link"), 0);
	snprintf(text, sizeof text, "/b 644 7 * 24\n<include> %s/link\n"
	    "<include> %s/two\n", scratch, scratch);
	put("two", text);
	begin(MK_FREEBSD);
	read_file("conf");
	snprintf(wanted, sizeof wanted, "%s/two:2: %s/link was read before, "
	    "and is not again\n%s/two:3: %s/two was read before, and is not "
	    "again\n", scratch, scratch, scratch, scratch);
	ck_assert_str_eq(text_of(&problems), wanted);
	ck_assert_uint_eq(entries.n, 2);
}
END_TEST

START_TEST(an_included_pipe_holds_nobody_up)
{
	char text[1024];

	ck_assert_int_eq(mkfifoat(root, "pipe", 0600), 0);
	snprintf(text, sizeof text, "<include> %s/pipe\n/a 644 7 * 24\n",
	    scratch);
	put("conf", text);
	begin(MK_FREEBSD);
	read_file("conf");
	ck_assert_ptr_nonnull(strstr(text_of(&problems),
	    "conf:1: "));
	ck_assert_ptr_nonnull(strstr(text_of(&problems),
	    "is no regular file"));
	ck_assert_uint_eq(entries.n, 1);
}
END_TEST

START_TEST(a_nul_spoils_its_line_alone)
{
	static const char text[] = "/a 644 7 * 24 Z\n/b 6\0 7 * 24 Z\n"
	    "/c 644 7 * 24 Z";

	read_bytes(MK_NETBSD, text, sizeof text - 1);
	ck_assert_ptr_nonnull(strstr(text_of(&problems),
	    "conf:2: has a NUL byte"));
	ck_assert_uint_eq(entries.n, 2);
	ck_assert_str_eq(entries.v[1].log, "/c");
}
END_TEST

START_TEST(puts_destdir_before_logs_alone)
{
	begin(MK_NETBSD);
	put("conf", "/a 644 7 * 24 Z /run/a.pid\nb 644 7 * 24 Z\n");
	parse.destdir = "/jail/";
	read_file("conf");
	ck_assert_uint_eq(entries.n, 1);
	ck_assert_str_eq(entries.v[0].log, "/jail/a");
	ck_assert_str_eq(entries.v[0].notify, "/run/a.pid");
	ck_assert_ptr_nonnull(strstr(text_of(&problems),
	    "conf:2: b is not absolute"));
}
END_TEST

START_TEST(refuses_logs_without_room_for_a_suffix)
{
	char text[PATH_MAX + 64];

	memset(text, 'x', sizeof text);
	text[0] = '/';
	snprintf(text + PATH_MAX - 64, 64, " 644 7 * 24 Z\n");
	good(MK_NETBSD, text);
	text[PATH_MAX - 64] = 'x';
	snprintf(text + PATH_MAX - 63, 64, " 644 7 * 24 Z\n");
	read_text(MK_NETBSD, text);
	ck_assert_uint_eq(entries.n, 0);
	ck_assert_ptr_nonnull(strstr(text_of(&problems), "is too long"));
}
END_TEST

START_TEST(reads_standard_input)
{
	int fd;

	put("conf", "/a 644 7 * 24 Z\nb\n");
	fd = openat(root, "conf", O_RDONLY);
	ck_assert_int_eq(dup2(fd, STDIN_FILENO), STDIN_FILENO);
	close(fd);
	begin(MK_NETBSD);
	ck_assert_int_eq(mk_parse_file(&parse, "-", &entries, &err), 0);
	ck_assert_uint_eq(entries.n, 1);
	ck_assert_str_eq(entries.v[0].file, "<stdin>");
	ck_assert_str_eq(text_of(&problems), "<stdin>:2: b is not absolute\n");
}
END_TEST

START_TEST(a_missing_file_is_an_error_of_the_whole)
{
	begin(MK_NETBSD);
	ck_assert_int_eq(mk_parse_file(&parse, path_to("none"), &entries,
	    &err), -1);
	ck_assert_ptr_nonnull(strstr(err.text, path_to("none")));
	ck_assert_int_eq(err.status, EX_NOINPUT);
	ck_assert_int_eq(mk_parse_file(&parse, scratch, &entries, &err), -1);
	ck_assert_ptr_nonnull(strstr(err.text, "Is a directory"));
	ck_assert_uint_eq(entries.n, 0);
	ck_assert_str_eq(text_of(&problems), "");
}
END_TEST

START_TEST(an_empty_file_names_nothing)
{
	read_text(MK_FREEBSD, _i == 0 ? "" : "\n \t\n#x\n \t# y\n\r\n");
	ck_assert_uint_eq(entries.n, 0);
	ck_assert_str_eq(text_of(&problems), "");
	ck_assert_str_eq(text_of(&notes), "");
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("newsyslog_conf");
	TCase *tc = tcase_create("newsyslog_conf");

	tcase_add_checked_fixture(tc, scratch_setup, end);
	tcase_add_test(tc, reads_the_lines_of_the_article);
	tcase_add_loop_test(tc, reads_whole_files_of_each_system, 0,
	    COUNT(corpus));
	tcase_add_loop_test(tc, refuses_bad_lines_and_reads_on, 0,
	    COUNT(bad));
	tcase_add_loop_test(tc, says_what_differs_elsewhere, 0,
	    COUNT(differing));
	tcase_add_test(tc, freebsd_honours_only_read_and_write);
	tcase_add_loop_test(tc, reads_owners, 0, COUNT(owners));
	tcase_add_test(tc, each_line_has_its_own_owner);
	tcase_add_loop_test(tc, reads_signals, 0, COUNT(signals));
	tcase_add_test(tc, takes_this_hosts_numbers_of_usr1_and_usr2);
	tcase_add_test(tc, no_signal_wins_over_command_and_group);
	tcase_add_test(tc, compress_decides_for_the_lines_behind_it);
	tcase_add_test(tc, a_second_default_is_ignored);
	tcase_add_test(tc, includes_by_name_and_pattern);
	tcase_add_test(tc, a_ring_of_includes_is_read_once);
	tcase_add_test(tc, an_included_pipe_holds_nobody_up);
	tcase_add_test(tc, a_nul_spoils_its_line_alone);
	tcase_add_test(tc, puts_destdir_before_logs_alone);
	tcase_add_test(tc, refuses_logs_without_room_for_a_suffix);
	tcase_add_test(tc, reads_standard_input);
	tcase_add_test(tc, a_missing_file_is_an_error_of_the_whole);
	tcase_add_loop_test(tc, an_empty_file_names_nothing, 0, 2);
	suite_add_tcase(suite, tc);
	return unit_run(suite);
}
