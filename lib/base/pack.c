/* base/pack - compress a file so that nothing is lost. */
#include "base/pack.h"

#include <sys/stat.h>

#include <stdbool.h>
#include <unistd.h>

#include "base/pack_check.h"
#include "base/pack_codec.h"

const char *const mk_pack_suffixes[MK_PACK_FORMATS] = {
	[MK_PACK_NONE] = "", [MK_GZIP] = ".gz", [MK_BZIP2] = ".bz2",
	[MK_XZ] = ".xz", [MK_ZSTD] = ".zst",
};

static bool
same_state(const struct stat *a, const struct stat *b)
{
	return a->st_size == b->st_size &&
	    a->st_mtim.tv_sec == b->st_mtim.tv_sec &&
	    a->st_mtim.tv_nsec == b->st_mtim.tv_nsec;
}

static int
check_files(int in, int out, struct stat *before, struct mk_error *err)
{
	struct stat to;

	if (fstat(in, before) == -1 || fstat(out, &to) == -1)
		return mk_fail_sys(err, "stat");
	if (!S_ISREG(before->st_mode) || !S_ISREG(to.st_mode))
		return mk_fail(err, EX_DATAERR, "not a regular file");
	if (before->st_dev == to.st_dev && before->st_ino == to.st_ino)
		return mk_fail(err, EX_SOFTWARE, "a file is not compressed "
		    "into itself");
	if (to.st_size != 0)
		return mk_fail(err, EX_SOFTWARE, "compressed into a file that "
		    "is not empty");
	return 0;
}

int
mk_pack_file(int in, int out, enum mk_pack_format format, unsigned threads,
    struct mk_packed *packed, struct mk_error *err)
{
	struct mk_error own;
	struct stat before, after;
	uint64_t written;
	int rv;

	if (err == NULL)
		err = &own;
	if (check_files(in, out, &before, err) == -1)
		return -1;
	rv = mk_pack_work(in, out, format, (uint64_t)before.st_size,
	    before.st_mtim.tv_sec, threads, &written, err);
	/* It does not read back as IN where IN is no longer what it was. */
	if (rv == -1 && err->status != EX_IOERR)
		return -1;
	if (fstat(in, &after) == -1)
		return mk_fail_sys(err, "stat");
	if (!same_state(&before, &after))
		return mk_fail(err, EX_TEMPFAIL, "it changed while it was "
		    "compressed");
	if (rv == -1)
		return -1;
	packed->read_bytes = (uint64_t)before.st_size;
	packed->written_bytes = written;
	return 0;
}

/* mk_pack_compare's answer, PACKED being read in one of two ways. */
static int
compare(int packed, int plain, bool as_it_is, struct mk_error *err)
{
	struct mk_pack_check check;
	struct stat st;
	int rv;

	rv = mk_pack_check_start(&check, packed, plain, as_it_is, err);
	if (rv == 0)
		do
			rv = mk_pack_check_step(&check, err);
		while (rv == 1);
	if (rv == 0 && fstat(plain, &st) == -1)
		rv = mk_fail_sys(err, "stat the plain file");
	if (rv == 0)
		rv = (uint64_t)st.st_size == check.pos;
	mk_pack_check_free(&check);
	return rv;
}

/* First as it is: a log may begin with what looks like gzip's first bytes. */
int
mk_pack_compare(int packed, int plain, struct mk_error *err)
{
	struct mk_error own;
	int rv;

	rv = compare(packed, plain, true, &own);
	if (rv == -1 && own.status == EX_DATAERR)
		return compare(packed, plain, false, err);
	if (rv == -1 && err != NULL)
		*err = own;
	return rv;
}
