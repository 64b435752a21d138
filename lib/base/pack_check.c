/* base/pack_check - compare a packed file with a plain one, step by step. */
#include "base/pack_check.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/fs.h"
#include "base/unpack.h"

#define STEP_BYTES	((size_t)256 * 1024)

int
mk_pack_check_start(struct mk_pack_check *check, int packed, int plain,
    bool as_it_is, struct mk_error *err)
{
	*check = (struct mk_pack_check){ .packed = packed, .plain = plain,
	    .as_it_is = as_it_is };
	check->buf = malloc(2 * STEP_BYTES);
	if (check->buf == NULL)
		return mk_fail_sys(err, "compare");
	if (as_it_is)
		return 0;
	if (lseek(packed, 0, SEEK_SET) == -1)
		return mk_fail_sys(err, "read");
	check->unpack = mk_unpack_resume(packed, "", 0, err);
	return check->unpack == NULL ? -1 : 0;
}

static ssize_t
read_packed(struct mk_pack_check *check, struct mk_error *err)
{
	ssize_t n;

	if (!check->as_it_is)
		return mk_unpack_read(check->unpack, check->buf, STEP_BYTES,
		    err);
	n = mk_fs_read_at(check->packed, check->buf, STEP_BYTES, check->pos);
	return n == -1 ? mk_fail_sys(err, "read") : n;
}

int
mk_pack_check_step(struct mk_pack_check *check, struct mk_error *err)
{
	ssize_t n = read_packed(check, err), m;

	if (n <= 0)
		return (int)n;
	m = mk_fs_read_at(check->plain, check->buf + STEP_BYTES, (size_t)n,
	    check->pos);
	if (m == -1)
		return mk_fail_sys(err, "read the plain file");
	if (m < n)
		return mk_fail(err, EX_DATAERR, "it holds more than the plain "
		    "file");
	if (memcmp(check->buf, check->buf + STEP_BYTES, (size_t)n) != 0)
		return mk_fail(err, EX_DATAERR, "it holds something else than "
		    "the plain file, somewhere in the %zd bytes from %llu", n,
		    (unsigned long long)check->pos);
	check->pos += (uint64_t)n;
	return 1;
}

uint64_t
mk_pack_check_read(const struct mk_pack_check *check)
{
	off_t at;

	if (check->as_it_is)
		return check->pos;
	at = lseek(check->packed, 0, SEEK_CUR);
	return at == -1 ? 0 : (uint64_t)at;
}

void
mk_pack_check_free(struct mk_pack_check *check)
{
	mk_unpack_close(check->unpack);
	free(check->buf);
}
