/* blacklist/text - the outputs that are text, written. */
#include "blacklist/text.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/fs.h"
#include "blacklist/outfile.h"

#define CHUNK		1024		/* elements a command of nft's */
#define WRITTEN		"# Written by mailkeep-blacklist; changes are lost.\n"
#define HOSTLIST	"hostlist blacklisted_hosts ="
#define HOSTLIST_MAX	((size_t)4 * 1024 * 1024)

/* Of a file of one prefix a line.  NULL: nothing. */
struct form {
	const char *head;
	const char *before[MK_FAMILIES];	/* the prefixes of a family */
	const char *after;			/* them */
	const char *line[MK_FAMILIES];		/* begins with */
	const char *said;			/* comes before the reason */
	const char *end;			/* of a line */
	unsigned chunk;				/* .after and .before then */
	bool dollars;				/* are doubled */
};

static const struct form forms[MK_OUTPUTS] = {
	[MK_OUT_TEXT] = {
		.head = WRITTEN,
		.line = { "", "\"" },
		.end = "\n",
	},
	[MK_OUT_PLAIN] = {
		.end = "\n",
	},
	[MK_OUT_POSTFIX] = {
		.head = WRITTEN,
		.said = " REJECT ",
		.end = "\n",
	},
	[MK_OUT_NFT] = {
		.head = WRITTEN
		    "add table inet mailkeep\n"
		    "add set inet mailkeep blacklist4 "
		    "{ type ipv4_addr; flags interval; }\n"
		    "add set inet mailkeep blacklist6 "
		    "{ type ipv6_addr; flags interval; }\n"
		    "flush set inet mailkeep blacklist4\n"
		    "flush set inet mailkeep blacklist6\n",
		.before = {
			"add element inet mailkeep blacklist4 {\n",
			"add element inet mailkeep blacklist6 {\n",
		},
		.after = "}\n",
		.line = { "\t", "\t" },
		.end = ",\n",
		.chunk = CHUNK,
	},
	[MK_OUT_RBLDNSD] = {
		.head = WRITTEN,
		.before = {
			"$DATASET ip4trie:blacklist4 @\n",
			"$DATASET ip6trie:blacklist6 @\n",
		},
		.said = " :127.0.0.2:",
		.end = "\n",
		.dollars = true,
	},
};

static char *
add(char *p, const char *text)
{
	size_t len;

	if (text == NULL)
		return p;
	len = strlen(text);
	memcpy(p, text, len);
	return p + len;
}

static char *
add_reason(char *p, const struct mk_origin *said, bool dollars)
{
	size_t i;

	if (!dollars) {
		memcpy(p, said->text, said->text_len);
		return p + said->text_len;
	}
	for (i = 0; i < said->text_len; i++) {
		if (said->text[i] == '$')
			*p++ = '$';
		*p++ = said->text[i];
	}
	return p;
}

/* iplsearch ends a key at a colon or a blank, but not within quotes. */
static char *
add_said(char *p, const struct form *form, const struct mk_net *net,
    const struct mk_origin *said)
{
	if (form == &forms[MK_OUT_TEXT])
		p = add(p, net->family == MK_V6 ? "\": " : ": ");
	else if (form->said != NULL)
		p = add(p, form->said);
	else
		return p;
	return add_reason(p, said, form->dollars);
}

static void
put_lines(const struct form *form, struct mk_sink *sink,
    const struct mk_content *c)
{
	const struct mk_origin *said;
	struct mk_cursor cursor;
	struct mk_net net;
	unsigned family = MK_FAMILIES;	/* none yet */
	uint32_t origin;
	size_t n = 0;
	char *p;

	if (form->head != NULL)
		mk_sink_puts(sink, form->head);
	mk_cursor_start(&cursor, c->set, NULL);
	while (mk_cursor_next(&cursor, &net, &origin)) {
		said = &c->origins->v[origin];
		p = mk_sink_room(sink, MK_NET_TEXT + 512 +
		    2 * (size_t)said->text_len);
		if (p == NULL)
			return;
		if (net.family != family ||
		    (form->chunk != 0 && n == form->chunk)) {
			if (family != MK_FAMILIES)
				p = add(p, form->after);
			family = net.family;
			p = add(p, form->before[family]);
			n = 0;
		}
		p = add(p, form->line[family]);
		p += mk_net_format(p, &net);
		p = add_said(p, form, &net, said);
		p = add(p, form->end);
		mk_sink_take(sink, p);
		n++;
	}
	if (family != MK_FAMILIES && form->after != NULL)
		mk_sink_puts(sink, form->after);
}

/*
 * What stands for C, by itself in SELF: in a list of Exim's a colon is
 * doubled; "$" and "\" mean something as it is expanded, and a "\" at the end
 * of a line as it is read.
 */
static const char *
spell(char c, char self[2])
{
	self[0] = c;
	self[1] = '\0';
	switch (c) {
	case ':':
		return "::";
	case '$':
		return "\\x24";
	case '\\':
		return "\\x5c";
	default:
		return self;
	}
}

static void
put_path(struct mk_sink *sink, const char *path)
{
	char self[2];

	for (; *path != '\0'; path++)
		if ((unsigned char)*path < ' ' || *path == 0x7f) {
			sink->state = mk_fail(sink->err, EX_CONFIG, "%s: a "
			    "list of Exim's cannot name %s", sink->path, path);
			return;
		} else
			mk_sink_puts(sink, spell(*path, self));
}

/* The longest first: most entries are single addresses.  An empty list is
 * one that Exim takes, and nothing matches it. */
static void
put_items(struct mk_sink *sink, const struct mk_content *c)
{
	const struct mk_lengths *lengths = c->lengths;
	struct mk_lengths all;
	uint64_t counts[MK_FAMILIES][129] = { { 0 } };
	unsigned i;
	char item[40];

	if (lengths == NULL) {
		mk_set_histogram(c->set, counts);
		mk_lengths_all(&all, counts);
		lengths = &all;
	}
	for (i = lengths->n; i-- > 0; ) {
		snprintf(item, sizeof item, "%snet%d-%s;",
		    i + 1 < lengths->n ? " : " : " ", lengths->v[i],
		    c->lookup);
		mk_sink_puts(sink, item);
		put_path(sink, c->database);
	}
}

static void
put_hostlist(struct mk_sink *sink, const struct mk_content *c)
{
	mk_sink_puts(sink, WRITTEN
	    "# For Exim: .include this file, then hosts = "
	    "+blacklisted_hosts\n" HOSTLIST);
	if (strcmp(c->lookup, "iplsearch") != 0)
		put_items(sink, c);
	else if (mk_set_size(c->set) > 0) {
		mk_sink_puts(sink, " net-iplsearch;");
		put_path(sink, c->database);
	}
	mk_sink_puts(sink, "\n");
}

void
mk_text_put(enum mk_output_id id, struct mk_sink *sink,
    const struct mk_content *c)
{
	if (id == MK_OUT_HOSTLIST)
		put_hostlist(sink, c);
	else
		put_lines(&forms[id], sink, c);
}

/* What follows TEXT at P; NULL where it is not there, or P is NULL. */
static const char *
after(const char *p, const char *text)
{
	size_t len = strlen(text);

	return p != NULL && strncmp(p, text, len) == 0 ? p + len : NULL;
}

static const char *
after_path(const char *p, const char *path)
{
	char self[2];

	for (; *path != '\0'; path++)
		p = after(p, spell(*path, self));
	return p;
}

/* As put_hostlist has them. */
static const char *
after_item(const char *p, const char *lookup, const char *database)
{
	size_t digits;

	if (strcmp(lookup, "iplsearch") == 0)
		return after_path(after(p, " net-iplsearch;"), database);
	p = after(p, " net");
	digits = p == NULL ? 0 : strspn(p, "0123456789");
	if (digits < 1 || digits > 3)
		return NULL;
	p = after(after(after(p + digits, "-"), lookup), ";");
	return after_path(p, database);
}

/* The comments may be those of another version. */
static bool
names(const struct mk_buf *buf, const struct mk_outfile *at, const char *lookup,
    const char *database, struct mk_error *why)
{
	const char *p = after(buf->data, WRITTEN);

	while (p != NULL && *p == '#') {
		p = strchr(p, '\n');
		p = after(p, "\n");
	}
	p = after(p, HOSTLIST);
	if (p == NULL) {
		mk_fail(why, EX_DATAERR, "%s is no host list of ours",
		    at->path);
		return false;
	}
	if (*p != '\n')
		p = after_item(p, lookup, database);
	while (p != NULL && *p == ' ')
		p = after_item(after(p, " :"), lookup, database);
	if (p != NULL && *p == '\n' && p + 1 == buf->data + buf->len)
		return true;
	mk_fail(why, EX_DATAERR, "%s has something else than lookups of %s in "
	    "%s", at->path, lookup, database);
	return false;
}

bool
mk_text_names(const struct mk_outfile *at, const char *lookup,
    const char *database, struct mk_error *why)
{
	struct mk_buf buf = { 0 };
	bool rv = false;
	uint64_t size;
	int fd;

	if (mk_outfile_open(at, &fd, &size, why) != 1)
		return false;
	if (mk_fs_read_all(fd, &buf, HOSTLIST_MAX) == -1)
		mk_fail_sys(why, "read %s", at->path);
	else
		rv = names(&buf, at, lookup, database, why);
	mk_buf_free(&buf);
	close(fd);
	return rv;
}
