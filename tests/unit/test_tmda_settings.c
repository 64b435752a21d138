/* tmda/settings: what is plain is read, and nothing else is taken for known. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tmda/settings.h"
#include "unit.h"

#define COUNT(array)	((int)(sizeof (array) / sizeof *(array)))
#define HOME		"/home/vmail"

static struct mk_tmda_settings settings;
static struct mk_error err;
static char told[4096];
static int tellings;

static void
problem(void *data, const struct mk_error *why)
{
	size_t len = strlen(told);

	ck_assert_ptr_eq(data, &tellings);
	ck_assert_int_eq(why->status, EX_CONFIG);
	snprintf(told + len, sizeof told - len, "%s\n", why->text);
	tellings++;
}

static int
parse_bytes(const char *text, size_t len, const char *home)
{
	/* Of its own, so that a byte too far is seen by ASan. */
	char *copy = malloc(len == 0 ? 1 : len);
	int rv;

	ck_assert_ptr_nonnull(copy);
	memcpy(copy, text, len);
	mk_tmda_settings_free(&settings);
	told[0] = '\0';
	tellings = 0;
	rv = mk_tmda_settings_parse(&settings, "config", copy, len, home,
	    problem, &tellings, &err);
	free(copy);
	return rv;
}

static void
parse(const char *text)
{
	ck_assert_msg(parse_bytes(text, strlen(text), HOME) == 0, "%s",
	    err.text);
}

static void
teardown(void)
{
	mk_tmda_settings_free(&settings);
}

/* What PENDING_DIR is, by a letter: default, set, None, unknown. */
enum { D = MK_TMDA_DEFAULT, S = MK_TMDA_SET, N = MK_TMDA_NONE,
	U = MK_TMDA_UNKNOWN };

static const struct { const char *text; int known; const char *value;
	unsigned line; } rows[] = {
	{ "", D, NULL, 0 },
	{ "\n\n# nothing\n", D, NULL, 0 },
	{ "PENDING_DIR = \"/p\"\n", S, "/p", 1 },
	{ "PENDING_DIR = '/p'", S, "/p", 1 },
	{ "PENDING_DIR='/p'", S, "/p", 1 },
	{ "\n# x\nPENDING_DIR\t=\t'/p'\t# y\n", S, "/p", 3 },
	{ "PENDING_DIR = '/p'\r\nX = 1\r\n", S, "/p", 1 },
	{ "# x\rPENDING_DIR = '/p'\r", S, "/p", 2 },
	{ "\xef\xbb\xbfPENDING_DIR = '/p'\n", S, "/p", 1 },
	{ "\fPENDING_DIR = '/p'\n", S, "/p", 1 },
	{ "PENDING_DIR = '/p';\n", S, "/p", 1 },
	{ "X = 1; PENDING_DIR = '/p'; Y = 2\n", S, "/p", 1 },
	{ "PENDING_DIR \\\n = \\\n '/p'\n", S, "/p", 1 },
	{ "PENDING_DIR = (\n  '/p' # here\n)\n", S, "/p", 1 },
	{ "PENDING_DIR = ((('/p')))\n", S, "/p", 1 },
	{ "PENDING_DIR = '/a' \"/b\"\n", S, "/a/b", 1 },
	{ "PENDING_DIR = ('/a'\n   '/b')\n", S, "/a/b", 1 },
	{ "PENDING_DIR = '/a\\\n/b'\nX = 1\n", S, "/a/b", 1 },
	{ "PENDING_DIR = '''/a'''\n", S, "/a", 1 },
	{ "PENDING_DIR = \"\"\"/a\n'\"b\"\"\"\n", S, "/a\n'\"b", 1 },
	{ "PENDING_DIR = '''/a\r\nb'''\n", S, "/a\nb", 1 },
	{ "PENDING_DIR = ''\n", S, "", 1 },
	{ "PENDING_DIR = ''''''\n", S, "", 1 },
	{ "PENDING_DIR = '' ''\n", S, "", 1 },
	{ "PENDING_DIR = '#;='\n", S, "#;=", 1 },
	{ "PENDING_DIR = 'rel/ative'\n", S, "rel/ative", 1 },
	{ "PENDING_DIR = None\n", N, NULL, 1 },
	{ "PENDING_DIR = (None)\n", N, NULL, 1 },
	{ "PENDING_DIR = X = '/p'\n", S, "/p", 1 },
	{ "X = PENDING_DIR = '/p'\n", S, "/p", 1 },

	/* The last one counts. */
	{ "PENDING_DIR = '/a'\nPENDING_DIR = '/b'\n", S, "/b", 2 },
	{ "PENDING_DIR = '/a'\nPENDING_DIR = f()\n", U, NULL, 2 },
	{ "PENDING_DIR = f()\nPENDING_DIR = '/b'\n", S, "/b", 2 },
	{ "PENDING_DIR = '/a'\nPENDING_DIR = None\n", N, NULL, 2 },

	/* Strings. */
	{ "PENDING_DIR = '/\\'\\\"\\\\\\t\\n\\x41\\101\\60'\n", S,
	    "/'\"\\\t\nAA0", 1 },
	{ "PENDING_DIR = '/\\d\\.'\n", S, "/\\d\\.", 1 },
	{ "PENDING_DIR = r'/\\t\\x'\n", S, "/\\t\\x", 1 },
	{ "PENDING_DIR = R'/\\''\n", S, "/\\'", 1 },
	{ "PENDING_DIR = u'/p'\n", S, "/p", 1 },
	{ "PENDING_DIR = ur'/\\t'\n", S, "/\\t", 1 },
	{ "PENDING_DIR = '/\xc3\xb6'\n", S, "/\xc3\xb6", 1 },
	{ "PENDING_DIR = f'/p'\n", U, NULL, 1 },
	{ "PENDING_DIR = rF'/p'\n", U, NULL, 1 },
	{ "PENDING_DIR = b'/p'\n", U, NULL, 1 },
	{ "PENDING_DIR = '/a' f'/p'\n", U, NULL, 1 },
	{ "PENDING_DIR = '/\\xff'\n", U, NULL, 1 },
	{ "PENDING_DIR = '/\\400'\n", U, NULL, 1 },
	{ "PENDING_DIR = '/\\x4'\n", U, NULL, 1 },
	{ "PENDING_DIR = '/\\0'\n", U, NULL, 1 },
	{ "PENDING_DIR = '/\\u0041'\n", U, NULL, 1 },
	{ "PENDING_DIR = '/\\N{DIGIT ONE}'\n", U, NULL, 1 },

	/* Homes. */
	{ "PENDING_DIR = '~/p'\n", S, HOME "/p", 1 },
	{ "PENDING_DIR = '~'\n", S, HOME, 1 },
	{ "PENDING_DIR = '~bob/p'\n", U, NULL, 1 },
	{ "PENDING_DIR = '/~/p'\n", S, "/~/p", 1 },
	{ "PENDING_DIR = os.path.expanduser('~/p')\n", S, HOME "/p", 1 },
	{ "PENDING_DIR = os.path.expanduser(\n '~/p',\n)\n", S, HOME "/p", 1 },
	{ "PENDING_DIR = os . path . expanduser ( '/p' )\n", S, "/p", 1 },
	{ "PENDING_DIR = os.path.expanduser('~bob/p')\n", U, NULL, 1 },
	{ "PENDING_DIR = os.path.join('/a', 'b', 'c')\n", S, "/a/b/c", 1 },
	{ "PENDING_DIR = os.path.join('/a/', 'b/')\n", S, "/a/b/", 1 },
	{ "PENDING_DIR = os.path.join('/a', '/b', 'c')\n", S, "/b/c", 1 },
	{ "PENDING_DIR = os.path.join('', 'b', '')\n", S, "b/", 1 },
	{ "PENDING_DIR = os.path.join('~', 'p')\n", S, HOME "/p", 1 },
	{ "PENDING_DIR = os.path.join('/a', '~/p')\n", S, "/a/~/p", 1 },
	{ "PENDING_DIR = os.path.join('/a', os.path.expanduser('~/p'))\n", S,
	    HOME "/p", 1 },
	{ "PENDING_DIR = os.path.join(os.path.expanduser('~'), 'p')\n", S,
	    HOME "/p", 1 },
	{ "PENDING_DIR = os.path.expanduser(os.path.join('~', 'p'))\n", S,
	    HOME "/p", 1 },

	/* Not plain. */
	{ "PENDING_DIR = '/a/%s' % 'b'\n", U, NULL, 1 },
	{ "PENDING_DIR = '/a' + '/b'\n", U, NULL, 1 },
	{ "PENDING_DIR = HOME\n", U, NULL, 1 },
	{ "PENDING_DIR = os.environ['P']\n", U, NULL, 1 },
	{ "PENDING_DIR = os.path.join('/a', X)\n", U, NULL, 1 },
	{ "PENDING_DIR = os.path.join('/a', None)\n", U, NULL, 1 },
	{ "PENDING_DIR = os.path.join()\n", U, NULL, 1 },
	{ "PENDING_DIR = os.path.join('/a' '/b'\n 'c').x\n", U, NULL, 1 },
	{ "PENDING_DIR = os.path.expanduser('/a', '/b')\n", U, NULL, 1 },
	{ "PENDING_DIR = os.path.dirname('/a/b')\n", U, NULL, 1 },
	{ "PENDING_DIR = '/a'.lower()\n", U, NULL, 1 },
	{ "PENDING_DIR = '/a'[1:]\n", U, NULL, 1 },
	{ "PENDING_DIR = '/a', '/b'\n", U, NULL, 1 },
	{ "PENDING_DIR = ('/a',)\n", U, NULL, 1 },
	{ "PENDING_DIR = ['/a']\n", U, NULL, 1 },
	{ "PENDING_DIR = '/a' if X else '/b'\n", U, NULL, 1 },
	{ "PENDING_DIR = X or '/b'\n", U, NULL, 1 },
	{ "PENDING_DIR = 5\n", U, NULL, 1 },
	{ "PENDING_DIR = True\n", U, NULL, 1 },
	{ "PENDING_DIR =\n", U, NULL, 1 },
	{ "PENDING_DIR = ((((((((((((((((((((('a')))))))))))))))))))))\n", U,
	    NULL, 1 },

	/* Changed in another way. */
	{ "PENDING_DIR = '/a'\nPENDING_DIR += '/b'\n", U, NULL, 2 },
	{ "PENDING_DIR = '/a'\nPENDING_DIR **= 2\n", U, NULL, 2 },
	{ "PENDING_DIR = '/a'\nPENDING_DIR, X = '/b', 1\n", U, NULL, 2 },
	{ "PENDING_DIR = '/a'\n(X, PENDING_DIR) = 1, '/b'\n", U, NULL, 2 },
	{ "PENDING_DIR = '/a'\nPENDING_DIR: str = '/b'\n", U, NULL, 2 },
	{ "PENDING_DIR = '/a'\nf(PENDING_DIR := '/b')\n", U, NULL, 2 },
	{ "PENDING_DIR = '/a'\ndel PENDING_DIR\n", U, NULL, 2 },
	{ "PENDING_DIR = '/a'\nfrom x import PENDING_DIR\n", U, NULL, 2 },
	{ "PENDING_DIR = '/a'\nimport x as PENDING_DIR\n", U, NULL, 2 },
	{ "PENDING_DIR = '/a'\nfor PENDING_DIR in x: pass\n", U, NULL, 2 },
	{ "PENDING_DIR = '/a'\nif x: import y as PENDING_DIR\n", U, NULL, 2 },
	{ "if x: del PENDING_DIR\n", U, NULL, 1 },
	{ "PENDING_DIR = '/a'\nvars()['PENDING_DIR'] = '/b'\n", U, NULL, 2 },
	{ "PENDING_DIR = '/a'\nvars().update(PENDING_DIR='/b')\n", U, NULL,
	    2 },
	{ "PENDING_DIR = '/a'\nif X: PENDING_DIR = '/b'\n", U, NULL, 2 },
	{ "PENDING_DIR = '/a'\nif X: Y = 1; PENDING_DIR = '/b'\n", U, NULL,
	    2 },
	{ "PENDING_DIR = '/a'\nif X:\n\tPENDING_DIR = '/b'\n", U, NULL, 3 },
	{ "if X:\n  Y = 1\nelse:\n  PENDING_DIR = '/b'\n", U, NULL, 4 },
	{ "def f():\n\n# x\n  PENDING_DIR = '/b'\n", U, NULL, 4 },
	{ "try:\n PENDING_DIR = '/b'\nexcept: pass\n", U, NULL, 2 },
	{ " PENDING_DIR = '/b'\n", U, NULL, 1 },
	{ "if X:\n  PENDING_DIR = '/b'\nPENDING_DIR = '/c'\n", S, "/c", 3 },
	{ "def f():\n  global PENDING_DIR\n  X = 1\nPENDING_DIR = '/c'\n", U,
	    NULL, 2 },

	/* By its name, or out of sight. */
	{ "PENDING_DIR = '/a'\nX = {'PENDING_DIR': '/b'}\n", U, NULL, 2 },
	{ "PENDING_DIR = '/a'\nsetattr(x, \"PENDING_DIR\", '/b')\n", U, NULL,
	    2 },
	{ "PENDING_DIR = '/a'\nx.put(u'PENDING_DIR', '/b')\n", U, NULL, 2 },
	{ "PENDING_DIR = '/a'\nx.put('''PENDING_DIR''', 1)\n", U, NULL, 2 },
	{ "PENDING_DIR = '/a'\nX = 'PENDING_DIR'\n", U, NULL, 2 },
	{ "X = {'PENDING_DIR': '/b'}\nPENDING_DIR = '/a'\n", S, "/a", 2 },
	{ "PENDING_DIR = 'PENDING_DIR'\n", S, "PENDING_DIR", 1 },
	{ "execfile('/etc/x')\n", U, NULL, 1 },
	{ "PENDING_DIR = '/a'\nexecfile('/etc/x')\n", U, NULL, 2 },
	{ "execfile('/etc/x')\nPENDING_DIR = '/a'\n", S, "/a", 2 },
	{ "exec('PENDING_DIR = 5')\n", U, NULL, 1 },
	{ "exec 'PENDING_DIR = 5'\n", U, NULL, 1 },
	{ "builtins.exec(x)\n", U, NULL, 1 },
	{ "if x:\n  execfile(x)\n", U, NULL, 2 },
	{ "X = eval(x)\n", U, NULL, 1 },
	{ "__import__('x')\n", U, NULL, 1 },
	{ "from site_config import *\n", U, NULL, 1 },
	{ "\nfrom x import *; PENDING_DIR = '/a'\n", S, "/a", 2 },
	{ "vars().update({'PENDING_DIR': '/b'})\n", U, NULL, 1 },
	{ "vars().update(x)\n", U, NULL, 1 },
	{ "globals()[x] = '/b'\n", U, NULL, 1 },
	{ "import os\nfrom os import path\nX = 2 * 3\n", D, NULL, 0 },

	/* Only read, or another thing. */
	{ "PENDING_DIR = '/a'\nX = PENDING_DIR + '/b'\n", S, "/a", 1 },
	{ "PENDING_DIR = '/a'\nprint(PENDING_DIR)\n", S, "/a", 1 },
	{ "PENDING_DIR = '/a'\nif PENDING_DIR == '/b': X = 1\n", U, NULL, 2 },
	{ "PENDING_DIR = '/a'\nif PENDING_DIR <= '/b':\n  X = 1\n", S, "/a",
	    1 },
	{ "PENDING_DIR = '/a'\nos.mkdir(PENDING_DIR)\n", S, "/a", 1 },
	{ "PENDING_DIR = '/a'\nX.PENDING_DIR = '/b'\n", S, "/a", 1 },
	{ "PENDING_DIRX = '/a'\nXPENDING_DIR = '/b'\n", D, NULL, 0 },
	{ "pending_dir = '/a'\n", D, NULL, 0 },
	{ "# PENDING_DIR = '/a'\n", D, NULL, 0 },
	{ "X = 'PENDING_DIR = 5'\n", D, NULL, 0 },
	{ "'''\nPENDING_DIR = '/a'\n'''\n", D, NULL, 0 },
	{ "\"\"\"\nPENDING_DIR = '/a' \\\"\"\"\n\"\"\"\n", D, NULL, 0 },
	{ "X = r'\\'\nPENDING_DIR = 1 #'\n", U, NULL, 1 },
	{ "X = '\\\nPENDING_DIR = 1'\n", D, NULL, 0 },
	{ "X = (\nPENDING_DIR)\n", D, NULL, 0 },
	{ "X = \\\nPENDING_DIR\n", D, NULL, 0 },
	{ "X = '''' '''\nPENDING_DIR = '/a'\n", S, "/a", 2 },
	{ "X = a<b>c; Y = not 1 <> 2\nPENDING_DIR = '/a'\n", S, "/a", 2 },

	/* What Python refuses TMDA does not run with: all is open. */
	{ "PENDING_DIR = '/a'\nX = 'b\n", U, NULL, 2 },
	{ "PENDING_DIR = '/a'\n\nX = '''b\nY = 1\n", U, NULL, 3 },
	{ "PENDING_DIR = '/a'\nX = (\nY = 1\n", U, NULL, 2 },
	{ "PENDING_DIR = '/a'\nX = )\n", U, NULL, 2 },
	{ "PENDING_DIR = '/a'\nX = $HOME\n", U, NULL, 2 },
	{ "PENDING_DIR = '/a'\nX = 'b\\", U, NULL, 2 },
	{ "PENDING_DIR = '/a' \\ \n", U, NULL, 1 },
	{ "[TMDA_CONFIG]\npending_dir = /a\n", U, NULL, 1 },
	{ "[TMDA_CONFIG]\nPENDING_DIR = '/a'\n", U, NULL, 1 },
};

START_TEST(pending_dir)
{
	const struct mk_tmda_setting *got = &settings.v[MK_TMDA_PENDING_DIR];
	const char *text = rows[_i].text;

	parse(text);
	ck_assert_msg((int)got->known == rows[_i].known, "%s: %d", text,
	    (int)got->known);
	ck_assert_msg(got->line == rows[_i].line, "%s: line %u", text,
	    got->line);
	if (rows[_i].value == NULL)
		ck_assert_ptr_null(got->text);
	else
		ck_assert_str_eq(got->text, rows[_i].value);
	if (rows[_i].known == U)
		ck_assert_int_ge(tellings, 1);
	else if (got->line <= 1)
		ck_assert_msg(tellings == 0, "%s", told);
}
END_TEST

/* A virtual host's whole file, in the usual manner. */
static const char host[] =
"# -*- python -*-\n"
"\"\"\"Our TMDA.\n"
"\n"
"PENDING_DIR = \"/nowhere\"\n"
"\"\"\"\n"
"import os\n"
"\n"
"MAIL_TRANSFER_AGENT = \"exim\"\n"
"RECIPIENT_DELIMITER = \"+\"\n"
"DELIVERY = \"/var/mail/%s/%s/\" % (os.environ[\"DOMAIN\"],\n"
"    os.environ[\"LOCAL_PART\"])\n"
"CONFIRM_APPEND = os.path.expanduser(\"/var/mail/.tmda/lists/confirmed\")\n"
"BARE_APPEND = os.path.expanduser(\"/var/mail/.tmda/lists/whitelist\")\n"
"LOGFILE_DEBUG = os.path.expanduser(\"/var/mail/.tmda/logs/debug\")\n"
"if os.environ.get('DOMAIN') == 'example.org':\n"
"    FULLNAME = 'Example'\n"
"DATADIR = '/var/mail/.tmda/'\n"
"PENDING_LIFETIME = '2w'\t\t# two weeks\n"
"PENDING_QUEUE_FORMAT = \"maildir\"\n"
"PENDING_DIR = os.path.join(DATADIR, 'pending')\n"
"RESPONSE_DIR = \"~/.tmda/responses\"\n"
"PENDING_DELETE_APPEND = None\n"
"MAX_AUTORESPONSES_PER_DAY = 5\n";

static void
check_host(void)
{
	static const struct { enum mk_tmda_key key; int known;
		const char *text; } want[] = {
		{ MK_TMDA_DATADIR, S, "/var/mail/.tmda/" },
		{ MK_TMDA_LIFETIME, S, "2w" },
		{ MK_TMDA_PENDING_DIR, U, NULL },
		{ MK_TMDA_RESPONSE_DIR, S, HOME "/.tmda/responses" },
		{ MK_TMDA_FORMAT, S, "maildir" },
		{ MK_TMDA_PENDING_CACHE, D, NULL },
		{ MK_TMDA_DELETE_APPEND, N, NULL },
		{ MK_TMDA_CONFIRM_APPEND, S,
		    "/var/mail/.tmda/lists/confirmed" },
		{ MK_TMDA_BARE_APPEND, S, "/var/mail/.tmda/lists/whitelist" },
		{ MK_TMDA_RELEASE_APPEND, D, NULL },
		{ MK_TMDA_WHITELIST_APPEND, D, NULL },
		{ MK_TMDA_TMDARC, D, NULL },
		{ MK_TMDA_CONFIG_EXEC, D, NULL },
	};
	int i;

	ck_assert_int_eq(COUNT(want), MK_TMDA_KEYS);
	for (i = 0; i < COUNT(want); i++) {
		const struct mk_tmda_setting *got = &settings.v[want[i].key];

		ck_assert_msg((int)got->known == want[i].known, "%s: %d",
		    mk_tmda_key_names[want[i].key], (int)got->known);
		if (want[i].text == NULL)
			ck_assert_ptr_null(got->text);
		else
			ck_assert_str_eq(got->text, want[i].text);
	}
	ck_assert_uint_eq(settings.v[MK_TMDA_LIFETIME].line, 18);
	ck_assert_int_eq(tellings, 1);
	ck_assert_msg(strncmp(told, "config:20: PENDING_DIR: ", 24) == 0, "%s",
	    told);
}

START_TEST(reads_a_virtual_host)
{
	char crlf[2 * sizeof host];
	size_t i, len = 0;

	parse(host);
	check_host();
	for (i = 0; i < sizeof host - 1; i++) {
		if (host[i] == '\n')
			crlf[len++] = '\r';
		crlf[len++] = host[i];
	}
	ck_assert_int_eq(parse_bytes(crlf, len, HOME), 0);
	check_host();
}
END_TEST

/* Wherever a file is cut, nothing is read that the whole one does not say. */
START_TEST(cut_file_invents_nothing)
{
	struct mk_tmda_settings whole;
	size_t len;
	unsigned key;

	parse(host);
	whole = settings;
	settings = (struct mk_tmda_settings){ 0 };
	for (len = 0; len < sizeof host; len++) {
		ck_assert_int_eq(parse_bytes(host, len, HOME), 0);
		for (key = 0; key < MK_TMDA_KEYS; key++)
			if (settings.v[key].known == MK_TMDA_SET)
				ck_assert_str_eq(settings.v[key].text,
				    whole.v[key].text);
	}
	mk_tmda_settings_free(&whole);
}
END_TEST

static const struct { const char *home, *text, *value; } homes[] = {
	{ "/", "'~/p'", "/p" },
	{ "/", "'~'", "/" },
	{ "/h/", "'~/p'", "/h/p" },
	{ "/h//", "'~/'", "/h/" },
	{ NULL, "'~/p'", "~/p" },
	{ NULL, "'~'", "~" },
	{ NULL, "os.path.expanduser('~/p')", "~/p" },
	{ NULL, "os.path.join('~', 'p')", "~/p" },
	{ NULL, "os.path.join('/a', os.path.expanduser('~/p'))", "~/p" },
	{ NULL, "os.path.join('/a', os.path.expanduser('~/p'), '/b')", "/b" },
	{ NULL, "os.path.join('/a', '~/p')", "/a/~/p" },
	{ NULL, "'~bob/p'", NULL },
};

START_TEST(home_stands_for_the_tilde)
{
	const struct mk_tmda_setting *got = &settings.v[MK_TMDA_BARE_APPEND];
	char text[200];

	snprintf(text, sizeof text, "BARE_APPEND = %s\nPENDING_LIFETIME = "
	    "'~'\n", homes[_i].text);
	ck_assert_int_eq(parse_bytes(text, strlen(text), homes[_i].home), 0);
	ck_assert_int_eq(got->known == MK_TMDA_SET, homes[_i].value != NULL);
	if (homes[_i].value != NULL)
		ck_assert_str_eq(got->text, homes[_i].value);
	ck_assert_str_eq(settings.v[MK_TMDA_LIFETIME].text, "~");
}
END_TEST

START_TEST(each_key_is_read)
{
	char text[200];
	unsigned key, other;

	for (key = 0; key < MK_TMDA_KEYS; key++) {
		snprintf(text, sizeof text, "%s = '/%u'\n",
		    mk_tmda_key_names[key], key);
		parse(text);
		snprintf(text, sizeof text, "/%u", key);
		ck_assert_str_eq(settings.v[key].text, text);
		for (other = 0; other < MK_TMDA_KEYS; other++)
			if (other != key)
				ck_assert_int_eq((int)settings.v[other].known,
				    D);
	}
}
END_TEST

START_TEST(number_stays_as_written)
{
	parse("PENDING_LIFETIME = 14\nPENDING_QUEUE_FORMAT = 1.5\n");
	ck_assert_str_eq(settings.v[MK_TMDA_LIFETIME].text, "14");
	ck_assert_int_eq((int)settings.v[MK_TMDA_FORMAT].known, U);
}
END_TEST

START_TEST(nul_is_no_text)
{
	static const char text[] = "PENDING_DIR = '/a'\n\0";

	ck_assert_int_eq(parse_bytes(text, sizeof text - 1, HOME), -1);
	ck_assert_int_eq(err.status, EX_DATAERR);
	ck_assert_ptr_nonnull(strstr(err.text, "config"));
	ck_assert_int_eq((int)settings.v[MK_TMDA_PENDING_DIR].known, D);
}
END_TEST

START_TEST(broken_file_is_told_once_with_its_line)
{
	parse("PENDING_DIR = '/a'\nX = 1\nY = 'b\nRESPONSE_DIR = '/r'\n");
	ck_assert_int_eq(tellings, 1);
	ck_assert_msg(strncmp(told, "config:3: ", 10) == 0, "%s", told);
	ck_assert_int_eq((int)settings.v[MK_TMDA_RESPONSE_DIR].known, U);
	ck_assert_int_eq((int)settings.v[MK_TMDA_DATADIR].known, U);
}
END_TEST

START_TEST(nobody_need_listen)
{
	static const char text[] = "PENDING_DIR = x\n";

	ck_assert_int_eq(mk_tmda_settings_parse(&settings, "config", text,
	    sizeof text - 1, NULL, NULL, NULL, &err), 0);
	ck_assert_int_eq((int)settings.v[MK_TMDA_PENDING_DIR].known, U);
}
END_TEST

static const struct { const char *text; int64_t seconds; } lifetimes[] = {
	{ "14d", 14 * 86400 },
	{ "0s", 0 },
	{ "1s", 1 },
	{ "2m", 120 },
	{ "2M", 60 * 86400 },
	{ "3h", 10800 },
	{ "2w", 14 * 86400 },
	{ "1Y", 365 * 86400 },
	{ "007d", 7 * 86400 },
	{ "36500d", INT64_C(36500) * 86400 },
	{ "36501d", INT64_C(36500) * 86400 },
	{ "3153599999s", INT64_C(3153599999) },
	{ "3153600001s", INT64_C(36500) * 86400 },
	{ "400Y", INT64_C(36500) * 86400 },
	{ "1000000000000000s", INT64_C(36500) * 86400 },
	{ "1000000000000001s", -1 },
	{ "9223372036854775808s", -1 },
	{ "292471208678Y", INT64_C(36500) * 86400 },
	{ "99999999999999999999999d", -1 },
	{ "", -1 },
	{ "d", -1 },
	{ "14", -1 },
	{ "14D", -1 },
	{ "14y", -1 },
	{ "14S", -1 },
	{ "14d ", -1 },
	{ " 14d", -1 },
	{ "-1d", -1 },
	{ "+1d", -1 },
	{ "1d12h", -1 },
	{ "1.5d", -1 },
	{ "14dd", -1 },
};

START_TEST(lifetime)
{
	int64_t seconds = -1;
	int rv = mk_tmda_lifetime(lifetimes[_i].text, &seconds, &err);

	ck_assert_int_eq(rv, lifetimes[_i].seconds == -1 ? -1 : 0);
	ck_assert_int_eq(seconds, lifetimes[_i].seconds);
	if (rv == -1) {
		ck_assert_int_eq(err.status, EX_CONFIG);
		ck_assert_ptr_nonnull(strstr(err.text, lifetimes[_i].text));
	}
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("tmda/settings");
	TCase *tc = tcase_create("settings");

	tcase_add_checked_fixture(tc, NULL, teardown);
	tcase_add_loop_test(tc, pending_dir, 0, COUNT(rows));
	tcase_add_test(tc, reads_a_virtual_host);
	tcase_add_test(tc, cut_file_invents_nothing);
	tcase_add_loop_test(tc, home_stands_for_the_tilde, 0, COUNT(homes));
	tcase_add_test(tc, each_key_is_read);
	tcase_add_test(tc, number_stays_as_written);
	tcase_add_test(tc, nul_is_no_text);
	tcase_add_test(tc, broken_file_is_told_once_with_its_line);
	tcase_add_test(tc, nobody_need_listen);
	tcase_add_loop_test(tc, lifetime, 0, COUNT(lifetimes));
	suite_add_tcase(suite, tc);
	return unit_run(suite);
}
