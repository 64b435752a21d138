/* tmda/message - what a pending message says of itself. */
#include "tmda/message.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "base/sys.h"
#include "mail/header.h"

#define HEADER_MAX	((size_t)2 << 20)
#define STEP		((size_t)4096)	/* at first */
#define ADDRESS_MAX	320		/* RFC 5321: 64, "@", 255 */

/* "<a@example.org> (a comment)" becomes what is in the brackets. */
static void
bare(struct mk_buf *address)
{
	char *from, *to;

	if (address->data == NULL)
		return;
	from = strchr(address->data, '<');
	if (from == NULL) {
		mk_buf_cut(address, strcspn(address->data, " \t"));
		return;
	}
	from++;
	to = strchr(from, '>');
	address->len = to == NULL ? strlen(from) : (size_t)(to - from);
	memmove(address->data, from, address->len);
	address->data[address->len] = '\0';
}

/* The first field of each name counts, as for TMDA. */
static int
take(struct mk_tmda_message *msg, const char *text, size_t len)
{
	const struct { const char *name; struct mk_buf *value; } wanted[] = {
		{ "Return-Path", &msg->sender },
		{ "X-TMDA-Recipient", &msg->recipient },
		{ "Subject", &msg->subject },
		{ "X-Primary-Address", &msg->primary },
	};
	const size_t n = sizeof wanted / sizeof *wanted;
	struct mk_field field;
	unsigned met = 0;
	size_t at = 0, i;

	while (met + 1 != 1U << n &&
	    mk_header_next(text, len, &at, &field) == 1)
		for (i = 0; i < n; i++) {
			if ((met >> i & 1) != 0 ||
			    !mk_field_is(&field, wanted[i].name))
				continue;
			met |= 1U << i;
			if (mk_field_unfold(&field, wanted[i].value) == -1)
				return -1;
		}
	bare(&msg->sender);
	bare(&msg->primary);
	return 0;
}

static int
read_header(struct mk_tmda_message *msg, int fd, struct mk_error *err)
{
	struct mk_buf *text = &msg->text;
	size_t len = 0, step = STEP;
	bool ended = false;
	ssize_t n = 1;

	/* TMDA packs nothing: what looks packed is some text. */
	mk_buf_cut(text, 0);
	while (!ended && n > 0 && text->len < HEADER_MAX) {
		if (mk_buf_reserve(text, step) == -1)
			return mk_fail_sys(err, "read");
		n = read(fd, text->data + text->len, step);
		if (n == -1)
			return mk_fail_sys(err, "read");
		text->len += (size_t)n;
		text->data[text->len] = '\0';
		len = mk_header_length(text->data, text->len, &ended);
		step = text->len;
	}
	if (take(msg, text->data, len) == -1)
		return mk_fail_sys(err, "read");
	return !ended && n > 0 && msg->sender.len == 0 ? mk_fail(err,
	    EX_DATAERR, "its header has no Return-Path and no end") : 1;
}

int
mk_tmda_message_read(struct mk_tmda_message *msg, int dirfd,
    const char *name, struct mk_error *err)
{
	int fd, rv;

	if (mk_buf_reserve(&msg->sender, 1) == -1 ||
	    mk_buf_reserve(&msg->primary, 1) == -1 ||
	    mk_buf_reserve(&msg->recipient, 1) == -1 ||
	    mk_buf_reserve(&msg->subject, 1) == -1)
		return mk_fail_sys(err, "read");
	mk_buf_cut(&msg->sender, 0);
	mk_buf_cut(&msg->primary, 0);
	mk_buf_cut(&msg->recipient, 0);
	mk_buf_cut(&msg->subject, 0);
	fd = mk_sys_open_file(dirfd, name, O_RDONLY, 0);
	if (fd == -1)
		return errno == ENOENT || errno == ELOOP ||
		    errno == ENXIO ? 0 : mk_fail_sys(err, "open");
	if (fstat(fd, &msg->st) == -1)
		rv = mk_fail_sys(err, "stat");
	else
		rv = S_ISREG(msg->st.st_mode) ? read_header(msg, fd, err) : 0;
	close(fd);
	return rv;
}

void
mk_tmda_message_free(struct mk_tmda_message *msg)
{
	mk_buf_free(&msg->text);
	mk_buf_free(&msg->sender);
	mk_buf_free(&msg->primary);
	mk_buf_free(&msg->recipient);
	mk_buf_free(&msg->subject);
	*msg = (struct mk_tmda_message){ 0 };
}

bool
mk_tmda_is_listable(const char *address, size_t len)
{
	size_t i;

	if (len == 0 || len > ADDRESS_MAX || address[0] == '@')
		return false;
	for (i = 0; i < len; i++)
		if (address[i] <= ' ' || address[i] > '~' ||
		    strchr("*?[]!#\"\\<>", address[i]) != NULL)
			return false;
	return true;
}
