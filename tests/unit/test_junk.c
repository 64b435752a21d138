/* spamscan/junk: the folder is made whole, the message moved once. */
#ifdef __linux__
#define _GNU_SOURCE			/* unshare(2) */
#endif

#include <sys/statvfs.h>

#include <dirent.h>
#include <pthread.h>

#include "base/sys.h"
#include "mail/mkfolder.h"
#include "mail/msgname.h"
#include "scratch.h"
#include "spamscan/junk.h"

#define BUILD	"box/tmp/mailkeep.junk"

static struct mk_junk junk = MK_JUNK;
static struct mk_error err;
static struct mk_buf new_name;
static int box = -1;

static const char *const subs[] = { "cur", "new", "tmp" };

static void
make_maildir(const char *path)
{
	char sub[PATH_MAX];
	size_t i;

	for (i = 0; i < 3; i++) {
		snprintf(sub, sizeof sub, "%s/%s", path, subs[i]);
		make_dir(sub);
	}
}

static void
mode(const char *name, unsigned bits)
{
	ck_assert_int_eq(fchmodat(root, name, (mode_t)bits, 0), 0);
}

static void
open_box(void)
{
	if (box != -1)
		close(box);
	box = openat(root, "box", O_RDONLY | O_DIRECTORY);
	ck_assert_int_ne(box, -1);
}

static void
setup(void)
{
	scratch_setup();
	make_maildir("box");
	mode("box", 0770);
	mode("box/cur", 0750);
	open_box();
	umask(077);
	err = (struct mk_error){ 0 };
}

static void
teardown(void)
{
	mk_junk_close(&junk);
	mk_buf_free(&new_name);
	close(box);
	box = -1;
	scratch_teardown();
}

static void
opens(enum mk_layout layout, const char *place)
{
	mk_junk_close(&junk);
	ck_assert_msg(mk_junk_open(&junk, box, layout, place, true, &err) ==
	    0, "%s", err.text);
	ck_assert_int_ne(junk.cur_fd, -1);
	ck_assert_int_ne(junk.new_fd, -1);
}

/* Refused with STATUS, the text beginning with PLACE. */
static void
fails(const char *place, int status)
{
	ck_assert_int_eq(mk_junk_open(&junk, box, MK_MAILDIRPP, ".Junk", true,
	    &err), -1);
	ck_assert_msg(strncmp(err.text, place, strlen(place)) == 0, "%s",
	    err.text);
	ck_assert_msg(err.status == status, "%d: %s", err.status, err.text);
	ck_assert_int_eq(junk.cur_fd, -1);
	ck_assert_int_eq(junk.new_fd, -1);
}

/* The names in the directory PATH, sorted, each with a blank behind it. */
static const char *
list(const char *path)
{
	static char text[4000];
	struct dirent **names;
	char full[PATH_MAX];
	size_t at = 0;
	int i, n;

	snprintf(full, sizeof full, "%s/%s", scratch, path);
	n = scandir(full, &names, NULL, alphasort);
	ck_assert_int_ge(n, 2);
	text[0] = '\0';
	for (i = 0; i < n; i++) {
		if (strcmp(names[i]->d_name, ".") != 0 &&
		    strcmp(names[i]->d_name, "..") != 0)
			at += (size_t)snprintf(text + at, sizeof text - at,
			    "%s ", names[i]->d_name);
		free(names[i]);
	}
	free(names);
	ck_assert_uint_lt(at, sizeof text);
	return text;
}

static void
has_mode(const char *name, unsigned bits)
{
	ck_assert_msg((stat_of(name).st_mode & 07777) == bits, "%s: %o", name,
	    (unsigned)stat_of(name).st_mode & 07777);
}

/* A whole folder at PATH, and nothing of ours left in tmp. */
static void
is_folder(const char *path, bool marked)
{
	char sub[PATH_MAX];
	size_t i;

	has_mode(path, 0770);
	for (i = 0; i < 3; i++) {
		snprintf(sub, sizeof sub, "%s/%s", path, subs[i]);
		ck_assert(S_ISDIR(stat_of(sub).st_mode));
		has_mode(sub, 0750);
		ck_assert_str_eq(list(sub), "");
	}
	snprintf(sub, sizeof sub, "%s/maildirfolder", path);
	ck_assert_int_eq(there(sub), marked);
	if (marked) {
		has_mode(sub, 0660);
		ck_assert_int_eq(stat_of(sub).st_size, 0);
	}
	ck_assert_str_eq(list("box/tmp"), "");
}

START_TEST(missing_folder_is_made_whole)
{
	opens(MK_MAILDIRPP, ".Junk");
	is_folder("box/.Junk", true);
	ck_assert_str_eq(list("box"), ".Junk cur new tmp ");
	opens(MK_MAILDIRPP, ".Junk");	/* and is then used */
	is_folder("box/.Junk", true);
}
END_TEST

START_TEST(nested_folders_need_parents_in_fs_alone)
{
	opens(MK_MAILDIRPP, ".Spam.Auto");
	is_folder("box/.Spam.Auto", true);
	opens(MK_FS, "Spam/Auto/1");
	is_folder("box/Spam/Auto/1", false);
	ck_assert_str_eq(list("box/Spam"), "Auto cur new tmp ");
	ck_assert_str_eq(list("box/Spam/Auto"), "1 cur new tmp ");
	is_folder("box/Spam", false);
	is_folder("box/Spam/Auto", false);
	opens(MK_FS, "Junk");
	is_folder("box/Junk", false);
	ck_assert_str_eq(list("box"), ".Spam.Auto Junk Spam cur new tmp ");
}
END_TEST

/* A directory that is there above it is left as it is. */
START_TEST(parent_that_is_no_folder_stays_so)
{
	make_dir("box/Spam");
	mode("box/Spam", 0700);
	opens(MK_FS, "Spam/Auto");
	ck_assert_str_eq(list("box/Spam"), "Auto ");
	has_mode("box/Spam", 0700);
	is_folder("box/Spam/Auto", false);
}
END_TEST

START_TEST(without_make_nothing_is_made)
{
	ck_assert_int_eq(mk_junk_open(&junk, box, MK_MAILDIRPP, ".Junk",
	    false, &err), 1);
	ck_assert_int_eq(mk_junk_open(&junk, box, MK_FS, "a/b/c", false,
	    &err), 1);
	make_dir("box/.Junk/cur");
	make_dir("box/.Junk/new");
	ck_assert_int_eq(mk_junk_open(&junk, box, MK_MAILDIRPP, ".Junk",
	    false, &err), 1);
	ck_assert_int_eq(junk.cur_fd, -1);
	ck_assert_str_eq(list("box/.Junk"), "cur new ");
	make_dir("box/.Junk/tmp");
	ck_assert_int_eq(mk_junk_open(&junk, box, MK_MAILDIRPP, ".Junk",
	    false, &err), 0);
}
END_TEST

/* What is there of it, by bits; what was there keeps its mode. */
START_TEST(missing_part_is_made)
{
	char sub[PATH_MAX];
	size_t i;

	make_dir("box/.Junk");
	mode("box/.Junk", 0711);
	for (i = 0; i < 3; i++) {
		snprintf(sub, sizeof sub, "box/.Junk/%s", subs[i]);
		if ((_i >> i & 1) != 0) {
			make_dir(sub);
			mode(sub, 0700);
			strcat(sub, "/1.a.b");
			put(sub, "message");
		}
	}
	opens(MK_MAILDIRPP, ".Junk");
	has_mode("box/.Junk", 0711);
	ck_assert_str_eq(list("box/.Junk"), "cur new tmp ");
	ck_assert_str_eq(list("box/tmp"), "");
	for (i = 0; i < 3; i++) {
		snprintf(sub, sizeof sub, "box/.Junk/%s", subs[i]);
		has_mode(sub, (_i >> i & 1) != 0 ? 0700 : 0750);
		ck_assert_str_eq(list(sub), (_i >> i & 1) != 0 ? "1.a.b " :
		    "");
	}
}
END_TEST

/*
 * What a kill can leave: of all the steps the first N were taken, by somebody
 * with a umask of 077.
 */
static void
take_steps(int n)
{
	static const struct { const char *dir; unsigned mode; } steps[] = {
		{ BUILD, 0700 }, { BUILD, 0770 },
		{ BUILD "/cur", 0700 }, { BUILD "/cur", 0750 },
		{ BUILD "/new", 0700 }, { BUILD "/new", 0750 },
		{ BUILD "/tmp", 0700 }, { BUILD "/tmp", 0750 },
	};
	int i;

	for (i = 0; i < n && i < COUNT(steps); i++) {
		make_dir(steps[i].dir);
		mode(steps[i].dir, steps[i].mode);
	}
	if (n > COUNT(steps))
		put(BUILD "/maildirfolder", "");
}
#define STEPS	10

START_TEST(killed_run_is_finished)
{
	take_steps(_i);
	opens(MK_MAILDIRPP, ".Junk");
	if (_i == STEPS - 1)		/* not made by us here */
		mode("box/.Junk/maildirfolder", 0660);
	is_folder("box/.Junk", true);
}
END_TEST

/* Killed, and then an MTA made the folder. */
START_TEST(killed_run_is_cleared_away)
{
	take_steps(_i);
	make_maildir("box/.Junk");
	opens(MK_MAILDIRPP, ".Junk");
	ck_assert_str_eq(list("box/tmp"), "");
	ck_assert_str_eq(list("box/.Junk"), "cur new tmp ");
}
END_TEST

/* The name that a rename in two steps reserves; see base/sys_walk.h. */
START_TEST(reserved_name_becomes_a_folder)
{
	take_steps(STEPS - 2);
	make_dir("box/.Junk");
	mode("box/.Junk", 0700);
	opens(MK_MAILDIRPP, ".Junk");
	is_folder("box/.Junk", false);
}
END_TEST

START_TEST(no_message_goes_with_what_is_cleared_away)
{
	take_steps(STEPS);
	put(BUILD "/cur/1.a.b", "precious");
	make_maildir("box/.Junk");
	opens(MK_MAILDIRPP, ".Junk");
	holds(BUILD "/cur/1.a.b", "precious");
	ck_assert_str_eq(list("box/.Junk/cur"), "");
}
END_TEST

enum { IS_FILE, IS_LINK, IS_DANGLING, IS_LOOP, IS_FIFO, OBJECTS };

static void
plant(const char *name, int what)
{
	make_maildir("other");
	switch (what) {
	case IS_FILE:
		put(name, "text");
		break;
	case IS_LINK:
		ck_assert_int_eq(symlinkat("../other", root, name), 0);
		break;
	case IS_DANGLING:
		ck_assert_int_eq(symlinkat("../none", root, name), 0);
		break;
	case IS_LOOP:
		ck_assert_int_eq(symlinkat(strrchr(name, '/') + 1, root,
		    name), 0);
		break;
	case IS_FIFO:
		ck_assert_int_eq(mkfifoat(root, name, 0600), 0);
	}
}

static void
nothing_happened(const char *name)
{
	ck_assert(there(name));
	ck_assert_str_eq(list("other"), "cur new tmp ");
	ck_assert(!there("none"));
	ck_assert(!there("box/none"));
	ck_assert(!there("box/tmp/none"));
}

START_TEST(what_is_no_folder_is_refused)
{
	plant("box/.Junk", _i);
	fails(".Junk: is ", EX_DATAERR);
	nothing_happened("box/.Junk");
	ck_assert_str_eq(list("box/tmp"), "");
}
END_TEST

START_TEST(part_that_is_no_directory_is_refused)
{
	char name[40];
	const char *sub = subs[_i % 2];

	make_dir("box/.Junk");
	snprintf(name, sizeof name, "box/.Junk/%s", sub);
	plant(name, _i / 2);
	fails(_i % 2 == 0 ? ".Junk/cur: is " : ".Junk/new: is ", EX_DATAERR);
	nothing_happened(name);
	ck_assert_str_eq(list("box/tmp"), "");
}
END_TEST

/* In place of what is built, or of a part of it. */
START_TEST(what_is_planted_in_tmp_leads_nowhere)
{
	static const char *const names[] = { BUILD, BUILD "/cur",
	    BUILD "/tmp" };
	const char *name = names[_i % 3];

	if (_i % 3 > 0)
		make_dir(BUILD);
	plant(name, _i / 3);
	fails("make .Junk: ", EX_DATAERR);
	nothing_happened(name);
	ck_assert(!there("box/.Junk"));
	/* Nor is it followed where there is nothing to make. */
	make_maildir("box/.Junk");
	opens(MK_MAILDIRPP, ".Junk");
	nothing_happened(name);
}
END_TEST

START_TEST(tmp_that_is_no_directory_leads_nowhere)
{
	scratch_run("rmdir", "box/tmp");
	plant("box/tmp", _i);
	fails("tmp: is ", EX_DATAERR);
	nothing_happened("box/tmp");
	ck_assert(!there("box/.Junk"));
	make_maildir("box/.Junk");
	opens(MK_MAILDIRPP, ".Junk");
	nothing_happened("box/tmp");
}
END_TEST

/* A mailbox without tmp is none, or is being removed. */
START_TEST(mailbox_without_tmp_gets_nothing)
{
	scratch_run("rmdir", "box/tmp");
	fails("open tmp: ", EX_NOINPUT);
	ck_assert_str_eq(list("box"), "cur new ");
}
END_TEST

START_TEST(mailbox_that_vanished_gets_nothing)
{
	scratch_run("rm -r", "box");
	fails("open tmp: ", EX_NOINPUT);
	box = dup(root);
}
END_TEST

START_TEST(without_cur_the_mailbox_is_the_model)
{
	scratch_run("rmdir", "box/cur");
	if (_i == 1)
		ck_assert_int_eq(symlinkat("../other", root, "box/cur"), 0);
	opens(MK_MAILDIRPP, ".Junk");
	has_mode("box/.Junk/cur", 0770);
}
END_TEST

START_TEST(owner_is_the_mailboxs)
{
	static const char *const names[] = { "box/.Junk", "box/.Junk/cur",
	    "box/.Junk/new", "box/.Junk/tmp", "box/.Junk/maildirfolder" };
	struct stat st;
	int i;

	ck_assert_int_eq(fchownat(root, "box", 1234, 4321, 0), 0);
	ck_assert_int_eq(fchownat(root, "box/cur", 1234, 4321, 0), 0);
	mode("box", 02770);
	if (_i == 1)			/* left by a root that was killed */
		take_steps(STEPS - 3);
	if (_i == 2) {			/* by the user's own run */
		take_steps(STEPS - 3);
		scratch_run("chown -R 1234:4321", BUILD);
	}
	opens(MK_MAILDIRPP, ".Junk");
	for (i = 0; i < COUNT(names); i++) {
		st = stat_of(names[i]);
		ck_assert_uint_eq(st.st_uid, 1234);
		ck_assert_uint_eq(st.st_gid, 4321);
	}
	has_mode("box/.Junk", _i == 2 ? 0770 : 02770);
	has_mode("box/.Junk/cur", 0750);
	/* and of what is added to it */
	scratch_run("rmdir", "box/.Junk/new");
	opens(MK_MAILDIRPP, ".Junk");
	ck_assert_uint_eq(stat_of("box/.Junk/new").st_uid, 1234);
	has_mode("box/.Junk/new", 0750);
}
END_TEST

/* Somebody else's directory, put where ours was to be, is not given away. */
START_TEST(strangers_directory_is_not_given_away)
{
	ck_assert_int_eq(fchownat(root, "box", 1234, 4321, 0), 0);
	make_dir(BUILD);
	ck_assert_int_eq(fchownat(root, BUILD, 99, 99, 0), 0);
	fails("make .Junk: ", EX_NOPERM);
	ck_assert(!there("box/.Junk"));
}
END_TEST

static const struct { const char *closed; unsigned mode; } rights[] = {
	{ "box", 0500 }, { "box/tmp", 0500 }, { "box/tmp", 0 },
};

START_TEST(no_right_is_told)
{
	not_root();
	mode(rights[_i].closed, rights[_i].mode);
	ck_assert_int_eq(mk_junk_open(&junk, box, MK_MAILDIRPP, ".Junk", true,
	    &err), -1);
	ck_assert_int_eq(err.status, EX_NOPERM);
	mode(rights[_i].closed, 0700);
	ck_assert_str_eq(list("box"), "cur new tmp ");
	ck_assert_str_eq(list("box/tmp"), "");
	opens(MK_MAILDIRPP, ".Junk");
}
END_TEST

START_TEST(folder_that_may_not_be_entered_is_told)
{
	not_root();
	make_maildir("box/.Junk");
	mode("box/.Junk", 0);
	fails("open .Junk", EX_NOPERM);
	mode("box/.Junk", 0700);
}
END_TEST

START_TEST(other_file_system_is_refused)
{
	char at[PATH_MAX];

	make_maildir("box/.Junk");
	snprintf(at, sizeof at, "%s/box/.Junk%s", scratch, _i == 0 ? "" :
	    "/cur");
	ck_assert(mount_here(at));
	close(root);
	scratch_open();
	open_box();
	fails(_i == 0 ? ".Junk: is on" : ".Junk/cur: is on", EX_DATAERR);
	ck_assert_int_eq(umount2(at, MNT_DETACH), 0);
}
END_TEST

#ifdef __linux__
/*
 * A disk on which there is room for _i more files: either there is a whole
 * folder in the end, or none, and nothing is left of it.
 */
START_TEST(full_disk_leaves_no_half_folder)
{
	char at[PATH_MAX], options[60];
	struct statvfs st;
	int rv;

	snprintf(at, sizeof at, "%s/box", scratch);
	ck_assert(mount_here(at));
	close(root);
	scratch_open();
	make_maildir("box");
	mode("box", 0770);
	mode("box/cur", 0750);
	open_box();
	ck_assert_int_eq(fstatvfs(box, &st), 0);
	snprintf(options, sizeof options, "nr_inodes=%lu",
	    (unsigned long)(st.f_files - st.f_ffree) + (unsigned long)_i);
	ck_assert_int_eq(mount("none", at, "tmpfs", MS_REMOUNT, options), 0);
	rv = mk_junk_open(&junk, box, MK_MAILDIRPP, ".Junk", true, &err);
	/* A rename in two steps takes one more; see base/sys_walk.h. */
	if (_i != 5)
		ck_assert_int_eq(rv, _i > 5 ? 0 : -1);
	if (rv == 0)
		is_folder("box/.Junk", true);
	else {
		ck_assert_msg(err.status == EX_TEMPFAIL, "%s", err.text);
		ck_assert_str_eq(list("box"), "cur new tmp ");
		ck_assert_str_eq(list("box/tmp"), "");
	}
	ck_assert_int_eq(umount2(at, MNT_DETACH), 0);
}
END_TEST
#endif

#define MAKERS	4

static void *
maker(void *arg)
{
	struct mk_junk own = MK_JUNK;
	struct mk_error why;
	int fd = openat(root, "box", O_RDONLY | O_DIRECTORY), rv;

	rv = mk_junk_open(&own, fd, MK_MAILDIRPP, ".Junk", true, &why);
	mk_junk_close(&own);
	close(fd);
	if (rv != 0)
		fprintf(stderr, "# %s\n", why.text);
	return rv == 0 ? NULL : arg;
}

START_TEST(several_make_it_at_a_time)
{
	pthread_t threads[MAKERS];
	void *failed;
	int round, i;

	for (round = 0; round < 200; round++) {
		for (i = 0; i < MAKERS; i++)
			ck_assert_int_eq(pthread_create(&threads[i], NULL,
			    maker, &junk), 0);
		for (i = 0; i < MAKERS; i++) {
			ck_assert_int_eq(pthread_join(threads[i], &failed),
			    0);
			ck_assert_ptr_null(failed);
		}
		opens(MK_MAILDIRPP, ".Junk");
		ck_assert_str_eq(list("box/tmp"), "");
		ck_assert_int_eq(faccessat(root, "box/.Junk/tmp", F_OK, 0),
		    0);
		scratch_run("rm -r", "box/.Junk");
	}
}
END_TEST

/* Names */

#define L50	"12345678901234567890123456789012345678901234567890"
#define L250	L50 L50 L50 L50 L50

static const struct { const char *name, *stripped; } names[] = {
	{ "1.M1P1.mx", "1.M1P1.mx" },
	{ "1.M1P1.mx,S=9", "1.M1P1.mx,S=9" },
	{ "1.M1P1.mx:2,", "1.M1P1.mx:2," },
	{ "1.M1P1.mx:2,S", "1.M1P1.mx:2,S" },
	{ "1.M1P1.mx:2,a", "1.M1P1.mx:2," },
	{ "1.M1P1.mx:2,FSTa", "1.M1P1.mx:2,FST" },
	{ "1.M1P1.mx,S=9,W=10:2,DFPRSTabz", "1.M1P1.mx,S=9,W=10:2,DFPRST" },
	{ "1.M1P1.mx:2,aSbFcz", "1.M1P1.mx:2,SF" },
	{ "1.M1P1.mx:2,SXa5,q", "1.M1P1.mx:2,SX5," },
	{ "1.M1P1.mx:2,S:2,a", "1.M1P1.mx:2,S:2," },
	{ "1.M1P1.mx:1,abc", "1.M1P1.mx:1,abc" },
	{ "1.M1P1.mx:3,abc", "1.M1P1.mx:3,abc" },
	{ "1.M1P1.mx:2", "1.M1P1.mx:2" },
	{ "1.M1P1.mx:2a", "1.M1P1.mx:2a" },
	{ "1.M1P1.mx:", "1.M1P1.mx:" },
	{ "1.M1P1.mx:abc", "1.M1P1.mx:abc" },
	{ "lower.case;2,abc", "lower.case;2,abc" },
	{ ":2,Sa", ":2,S" },
	{ ":2,a", ":2," },
	{ "\xff\n\t\x7f:2,\xe4" "a\xff", "\xff\n\t\x7f:2,\xe4\xff" },
	{ L250 "12345", L250 "12345" },
	{ L250 ":2,Sa", L250 ":2,S" },
};

START_TEST(keywords_go_and_the_rest_stays)
{
	ck_assert_int_eq(mk_buf_add(&new_name, "what was", 8), 0);
	ck_assert_int_eq(mk_junk_name(names[_i].name, false, &new_name), 0);
	ck_assert_str_eq(new_name.data, names[_i].stripped);
	ck_assert_uint_eq(new_name.len, strlen(new_name.data));
}
END_TEST

static const struct { const char *name, *tail; } fresh[] = {
	{ "1.M1P1.mx", "" },
	{ "1.M1P1.mx,S=9", ",S=9" },
	{ "1.M1P1.mx,W=10,S=9", ",S=9,W=10" },
	{ "1.M1P1.mx,S=9,W=10:2,FSa", ",S=9,W=10:2,FS" },
	{ "1.M1P1.mx,S=9,X=1,W=10", ",S=9,W=10" },
	{ "1.M1P1.mx,W=10:2,S", ",W=10:2,S" },
	{ "1.M1P1.mx,S=:2,S", ":2,S" },
	{ "1.M1P1.mx,S=9x:2,S", ":2,S" },
	{ "1.M1P1.mx,S=-9:2,S", ":2,S" },
	{ "1.M1P1.mx,S=12345678901234567890:2,S", ":2,S" },
	{ "1.M1P1.mx:2,,S=9", ":2,,S=9" },	/* flags, no size */
	{ ":2,a", ":2," },
	{ ":1,abc", ":1,abc" },
	{ ":", ":" },
	{ L250 "12345", "" },
	{ L250 ":2,FS", ":2,FS" },
	{ L250 ",S=9", ",S=9" },
	{ ":2,S" L250, ":2,S" },
	{ "a:2," L50 L50 L50 L50 "TS", ":2,ST" },
	{ "a:2," L50 L50 L50 L50, ":2," },
	{ "a:1," L50 L50 L50 L50, ":2," },
	{ "a,S=1234567890123456789,W=1234567890123456789:2," L50 "abcde"
	    "1234567890" "1", ",S=1234567890123456789,W=1234567890123456789"
	    ":2," L50 "1234567890" "1" },
};

/* SECONDS.MusecPpidQn.HOST: how long it is, 0 where it has another form. */
static size_t
fresh_len(const char *name)
{
	const char *p = name;
	size_t n;
	int i;

	for (i = 0; i < 4; i++) {
		if (i > 0 && *p++ != "MPQ"[i - 1])
			return 0;
		n = strspn(p, "0123456789");
		if (n == 0)
			return 0;
		p += n;
		if (i == 0 && *p++ != '.')
			return 0;
	}
	if (*p++ != '.')
		return 0;
	p += strcspn(p, ":/,");
	return (size_t)(p - name);
}

START_TEST(fresh_name_keeps_sizes_and_flags)
{
	char first[300], pid[30];
	unsigned flags, before;
	size_t len;

	ck_assert_int_eq(mk_junk_name(fresh[_i].name, true, &new_name), 0);
	len = fresh_len(new_name.data);
	ck_assert_msg(len > 0, "%s", new_name.data);
	ck_assert_str_eq(new_name.data + len, fresh[_i].tail);
	ck_assert_uint_le(new_name.len, 255);
	ck_assert(mk_msgname_fits(new_name.data));
	ck_assert_int_le(llabs((long long)mk_msgname_time(new_name.data) -
	    (long long)time(NULL)), 60);
	snprintf(pid, sizeof pid, "P%ldQ", (long)getpid());
	ck_assert_ptr_nonnull(strstr(new_name.data, pid));
	mk_msgname_split(fresh[_i].name, &before);
	mk_msgname_split(new_name.data, &flags);
	ck_assert_uint_eq(flags, before);
	strcpy(first, new_name.data);
	ck_assert_int_eq(mk_junk_name(fresh[_i].name, true, &new_name), 0);
	ck_assert_str_ne(first, new_name.data);
}
END_TEST

#ifdef __linux__
static const struct { const char *host, *as; } hosts[] = {
	{ "mx.example.org", "mx.example.org" },
	{ "a/b:c", "a\\057b\\072c" },
	{ "a,S=5", "a" },
	{ "::::::::::::::::::::::::::::::::::::::::::::::::::::::::::::::::",
	    NULL },
};

START_TEST(host_is_written_as_maildir_wants_it)
{
	static const char long_name[] =
	    "a,S=1234567890123456789,W=1234567890123456789:2," L50;
	char want[300];

	if (unshare(CLONE_NEWUTS) == -1 ||
	    sethostname(hosts[_i].host, strlen(hosts[_i].host)) == -1)
		return;			/* not root */
	ck_assert_int_eq(mk_junk_name("1.M1P1.mx,S=9:2,S", true, &new_name),
	    0);
	if (hosts[_i].as != NULL) {
		snprintf(want, sizeof want, ".%s,S=9:2,S", hosts[_i].as);
		ck_assert_msg(strstr(new_name.data, want) != NULL, "%s",
		    new_name.data);
	}
	ck_assert_uint_le(new_name.len, 255);
	ck_assert_int_eq(mk_junk_name(long_name, true, &new_name), 0);
	ck_assert_uint_le(new_name.len, 255);
	ck_assert_str_eq(new_name.data + strcspn(new_name.data, ","),
	    long_name + 1);
}
END_TEST
#endif

/* Moves */

static int
moves(const char *dir, const char *name, bool in_new)
{
	int fd = openat(root, dir, O_RDONLY | O_DIRECTORY), rv;

	ck_assert_int_ne(fd, -1);
	rv = mk_junk_move(&junk, fd, name, in_new, &new_name, &err);
	close(fd);
	return rv;
}

START_TEST(message_moves_to_where_it_belongs)
{
	struct stat before, st;

	opens(MK_MAILDIRPP, ".Junk");
	put("box/new/1.M1P1.mx,S=4", "text");
	mode("box/new/1.M1P1.mx,S=4", 0640);
	before = stat_of("box/new/1.M1P1.mx,S=4");
	ck_assert_int_eq(moves("box/new", "1.M1P1.mx,S=4", true), 0);
	ck_assert_str_eq(new_name.data, "1.M1P1.mx,S=4");
	st = stat_of("box/.Junk/new/1.M1P1.mx,S=4");
	ck_assert_uint_eq(st.st_ino, before.st_ino);
	ck_assert_uint_eq(st.st_mode, before.st_mode);
	ck_assert_int_eq(st.st_mtim.tv_nsec, before.st_mtim.tv_nsec);
	ck_assert_uint_eq(st.st_nlink, 1);
	put("box/cur/2.M1P1.mx:2,Sb", "text");
	ck_assert_int_eq(moves("box/cur", "2.M1P1.mx:2,Sb", false), 0);
	ck_assert_str_eq(new_name.data, "2.M1P1.mx:2,S");
	put("box/new/3.M1P1.mx:2,a", "text");
	ck_assert_int_eq(moves("box/new", "3.M1P1.mx:2,a", true), 0);
	ck_assert_str_eq(list("box/.Junk/new"), "1.M1P1.mx,S=4 3.M1P1.mx:2, ");
	ck_assert_str_eq(list("box/.Junk/cur"), "2.M1P1.mx:2,S ");
	ck_assert_str_eq(list("box/new"), "");
	ck_assert_str_eq(list("box/cur"), "");
}
END_TEST

START_TEST(nothing_is_overwritten)
{
	char path[300];

	opens(MK_MAILDIRPP, ".Junk");
	put("box/.Junk/cur/1.M1P1.mx,S=3:2,S", "old");
	put("box/cur/1.M1P1.mx,S=3:2,Sa", "new");
	ck_assert_int_eq(moves("box/cur", "1.M1P1.mx,S=3:2,Sa", false), 0);
	ck_assert_uint_gt(fresh_len(new_name.data), 0);
	ck_assert_str_eq(new_name.data + fresh_len(new_name.data), ",S=3:2,S");
	snprintf(path, sizeof path, "box/.Junk/cur/%s", new_name.data);
	holds(path, "new");
	holds("box/.Junk/cur/1.M1P1.mx,S=3:2,S", "old");
	ck_assert_str_eq(list("box/cur"), "");
}
END_TEST

/* An IMAP COPY is a hard link, perhaps under the same name. */
START_TEST(copy_that_is_there_stays)
{
	opens(MK_MAILDIRPP, ".Junk");
	put("box/cur/1.M1P1.mx:2,S", "text");
	ck_assert_int_eq(linkat(root, "box/cur/1.M1P1.mx:2,S", root,
	    "box/.Junk/cur/1.M1P1.mx:2,S", 0), 0);
	ck_assert_int_eq(moves("box/cur", "1.M1P1.mx:2,S", false), 0);
	ck_assert_str_ne(new_name.data, "1.M1P1.mx:2,S");
	ck_assert_uint_eq(stat_of("box/.Junk/cur/1.M1P1.mx:2,S").st_nlink, 2);
	ck_assert_str_eq(list("box/cur"), "");
}
END_TEST

START_TEST(directory_or_link_in_the_way_is_not_overwritten)
{
	opens(MK_MAILDIRPP, ".Junk");
	put("other", "precious");
	if (_i == 0)
		make_dir("box/.Junk/cur/1.M1P1.mx:2,S");
	else
		ck_assert_int_eq(symlinkat("../../../other", root,
		    "box/.Junk/cur/1.M1P1.mx:2,S"), 0);
	put("box/cur/1.M1P1.mx:2,S", "text");
	ck_assert_int_eq(moves("box/cur", "1.M1P1.mx:2,S", false), 0);
	ck_assert_uint_gt(fresh_len(new_name.data), 0);
	holds("other", "precious");
	ck_assert(there("box/.Junk/cur/1.M1P1.mx:2,S"));
}
END_TEST

START_TEST(hostile_name_moves_too)
{
	char from[300], to[300];

	opens(MK_MAILDIRPP, ".Junk");
	snprintf(from, sizeof from, "box/cur/%s", names[_i].name);
	put(from, "text");
	ck_assert_int_eq(moves("box/cur", names[_i].name, false), 0);
	ck_assert_str_eq(new_name.data, names[_i].stripped);
	snprintf(to, sizeof to, "box/.Junk/cur/%s", names[_i].stripped);
	holds(to, "text");
	put(from, "another");		/* and meets it there */
	ck_assert_msg(moves("box/cur", names[_i].name, false) == 0, "%s",
	    err.text);
	snprintf(from, sizeof from, "box/.Junk/cur/%s", new_name.data);
	holds(from, "another");
	holds(to, "text");
	ck_assert_str_eq(list("box/cur"), "");
}
END_TEST

START_TEST(vanished_message_is_none)
{
	opens(MK_MAILDIRPP, ".Junk");
	ck_assert_int_eq(moves("box/cur", "1.M1P1.mx:2,S", false), 1);
	put("box/.Junk/cur/1.M1P1.mx:2,S", "text");
	ck_assert_int_eq(moves("box/cur", "1.M1P1.mx:2,S", false), 1);
	ck_assert_str_eq(list("box/.Junk/cur"), "1.M1P1.mx:2,S ");
	holds("box/.Junk/cur/1.M1P1.mx:2,S", "text");
}
END_TEST

START_TEST(removed_folder_is_no_vanished_message)
{
	opens(MK_MAILDIRPP, ".Junk");
	scratch_run("rm -r", "box/.Junk");
	put("box/cur/1.M1P1.mx:2,S", "text");
	ck_assert_int_eq(moves("box/cur", "1.M1P1.mx:2,S", false), -1);
	ck_assert_int_eq(err.status, EX_TEMPFAIL);
	holds("box/cur/1.M1P1.mx:2,S", "text");
}
END_TEST

START_TEST(message_that_may_not_move_stays)
{
	not_root();
	opens(MK_MAILDIRPP, ".Junk");
	put("box/cur/1.M1P1.mx:2,S", "text");
	mode(_i == 0 ? "box/.Junk/cur" : "box/cur", 0500);
	ck_assert_int_eq(moves("box/cur", "1.M1P1.mx:2,S", false), -1);
	ck_assert_int_eq(err.status, EX_NOPERM);
	holds("box/cur/1.M1P1.mx:2,S", "text");
	ck_assert_str_eq(list("box/.Junk/cur"), "");
	mode("box/.Junk/cur", 0700);
	mode("box/cur", 0700);
}
END_TEST

/* A folder that a mount hides only from the path, not from the descriptors. */
START_TEST(other_file_system_takes_no_message)
{
	char at[PATH_MAX];

	make_dir("small");
	snprintf(at, sizeof at, "%s/small", scratch);
	ck_assert(mount_here(at));
	close(root);
	scratch_open();
	make_maildir("small");
	junk.cur_fd = openat(root, "small/cur", O_RDONLY | O_DIRECTORY);
	put("box/cur/1.M1P1.mx:2,S", "text");
	ck_assert_int_eq(moves("box/cur", "1.M1P1.mx:2,S", false), -1);
	ck_assert_int_eq(err.status, EX_DATAERR);
	ck_assert_ptr_nonnull(strstr(err.text, "another file system"));
	holds("box/cur/1.M1P1.mx:2,S", "text");
	mk_junk_close(&junk);
	ck_assert_int_eq(umount2(at, MNT_DETACH), 0);
}
END_TEST

#define MOVERS		4
#define MESSAGES	300

struct mover {
	int moved, gone, failed;
};

static void
move_all(struct mover *m)
{
	struct mk_buf as = { 0 };
	struct mk_error why;
	char name[40];
	int fd = openat(root, "box/cur", O_RDONLY | O_DIRECTORY), i, rv;

	for (i = 0; i < MESSAGES; i++) {
		snprintf(name, sizeof name, "%d.M1P1.mx:2,Sa", i);
		rv = mk_junk_move(&junk, fd, name, false, &as, &why);
		if (rv == -1)
			fprintf(stderr, "# %s\n", why.text);
		*(rv == 0 ? &m->moved : rv == 1 ? &m->gone : &m->failed) += 1;
	}
	mk_buf_free(&as);
	close(fd);
}

static void *
mover(void *arg)
{
	move_all(arg);
	return NULL;
}

/* Half of the messages meet one of their name there. */
static void
put_messages(void)
{
	char path[60];
	int i;

	for (i = 0; i < MESSAGES; i++) {
		snprintf(path, sizeof path, "box/cur/%d.M1P1.mx:2,Sa", i);
		put(path, "moved");
		snprintf(path, sizeof path, "box/.Junk/cur/%d.M1P1.mx:2,S", i);
		if (i % 2 == 0)
			put(path, "old");
	}
}

static void
all_are_there_once(void)
{
	struct mk_dir reader = { .fd = -1 };
	struct mk_dirent entry;
	int moved = 0, old = 0;
	char path[400];

	ck_assert_str_eq(list("box/cur"), "");
	ck_assert_int_eq(mk_sys_dir_start(&reader, junk.cur_fd), 0);
	while (mk_sys_dir_next(&reader, &entry) == 1) {
		snprintf(path, sizeof path, "box/.Junk/cur/%s", entry.name);
		ck_assert_uint_eq(stat_of(path).st_nlink, 1);
		*(stat_of(path).st_size == 3 ? &old : &moved) += 1;
	}
	mk_sys_dir_free(&reader);
	ck_assert_int_eq(moved, MESSAGES);
	ck_assert_int_eq(old, MESSAGES / 2);
}

START_TEST(of_several_threads_one_moves_it)
{
	struct mover movers[MOVERS] = { { 0 } };
	pthread_t threads[MOVERS];
	int i, moved = 0;

	opens(MK_MAILDIRPP, ".Junk");
	put_messages();
	for (i = 0; i < MOVERS; i++)
		ck_assert_int_eq(pthread_create(&threads[i], NULL, mover,
		    &movers[i]), 0);
	for (i = 0; i < MOVERS; i++) {
		ck_assert_int_eq(pthread_join(threads[i], NULL), 0);
		ck_assert_int_eq(movers[i].failed, 0);
		moved += movers[i].moved;
	}
	ck_assert_int_eq(moved, MESSAGES);
	all_are_there_once();
}
END_TEST

START_TEST(of_several_processes_one_moves_it)
{
	struct mover m = { 0 };
	int fds[2], i, status, moved = 0;
	pid_t pids[MOVERS];

	opens(MK_MAILDIRPP, ".Junk");
	put_messages();
	ck_assert_int_eq(pipe(fds), 0);
	for (i = 0; i < MOVERS; i++) {
		pids[i] = fork();
		if (pids[i] == 0) {
			move_all(&m);
			_exit(write(fds[1], &m, sizeof m) == sizeof m ? 0 :
			    1);
		}
	}
	for (i = 0; i < MOVERS; i++) {
		ck_assert_int_eq(waitpid(pids[i], &status, 0), pids[i]);
		ck_assert_int_eq(status, 0);
		ck_assert_int_eq(read(fds[0], &m, sizeof m), sizeof m);
		ck_assert_int_eq(m.failed, 0);
		moved += m.moved;
	}
	close(fds[0]);
	close(fds[1]);
	ck_assert_int_eq(moved, MESSAGES);
	all_are_there_once();
}
END_TEST

/* mk_mkfolder_dir by itself: the restore of mailkeep-expire uses it, too. */
START_TEST(directory_is_made_like_another_or_not_at_all)
{
	struct stat like = stat_of("box/cur");

	ck_assert_int_eq(mk_mkfolder_dir(root, "d", &like), 0);
	has_mode("d", 0750);
	mode("d", 0711);
	ck_assert_int_eq(mk_mkfolder_dir(root, "d", &like), -1);
	ck_assert_int_eq(errno, EEXIST);
	has_mode("d", 0711);
	put("f", "text");
	ck_assert_int_eq(mk_mkfolder_dir(root, "f", &like), -1);
	ck_assert_int_eq(errno, EEXIST);
	ck_assert_int_eq(mk_mkfolder_dir(root, "none/d", &like), -1);
	ck_assert_int_eq(errno, ENOENT);
}
END_TEST

int
main(void)
{
	bool mounts = may_mount();
	Suite *suite = suite_create("spamscan/junk");
	TCase *tc = tcase_create("folder");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_set_timeout(tc, 60);
	tcase_add_test(tc, missing_folder_is_made_whole);
	tcase_add_test(tc, nested_folders_need_parents_in_fs_alone);
	tcase_add_test(tc, parent_that_is_no_folder_stays_so);
	tcase_add_test(tc, without_make_nothing_is_made);
	tcase_add_loop_test(tc, missing_part_is_made, 0, 8);
	tcase_add_loop_test(tc, killed_run_is_finished, 0, STEPS);
	tcase_add_loop_test(tc, killed_run_is_cleared_away, 0, STEPS);
	tcase_add_test(tc, reserved_name_becomes_a_folder);
	tcase_add_test(tc, no_message_goes_with_what_is_cleared_away);
	tcase_add_loop_test(tc, what_is_no_folder_is_refused, 0, OBJECTS);
	tcase_add_loop_test(tc, part_that_is_no_directory_is_refused, 0,
	    2 * OBJECTS);
	tcase_add_loop_test(tc, what_is_planted_in_tmp_leads_nowhere, 0,
	    3 * OBJECTS);
	tcase_add_loop_test(tc, tmp_that_is_no_directory_leads_nowhere, 0,
	    OBJECTS);
	tcase_add_test(tc, mailbox_without_tmp_gets_nothing);
	tcase_add_test(tc, mailbox_that_vanished_gets_nothing);
	tcase_add_loop_test(tc, without_cur_the_mailbox_is_the_model, 0, 2);
	if (geteuid() == 0) {
		tcase_add_loop_test(tc, owner_is_the_mailboxs, 0, 3);
		tcase_add_test(tc, strangers_directory_is_not_given_away);
	}
	tcase_add_loop_test(tc, no_right_is_told, 0, COUNT(rights));
	tcase_add_test(tc, folder_that_may_not_be_entered_is_told);
	if (mounts) {
		tcase_add_loop_test(tc, other_file_system_is_refused, 0, 2);
#ifdef __linux__
		tcase_add_loop_test(tc, full_disk_leaves_no_half_folder, 0, 7);
#endif
	}
	tcase_add_test(tc, several_make_it_at_a_time);
	tcase_add_test(tc, directory_is_made_like_another_or_not_at_all);
	suite_add_tcase(suite, tc);

	tc = tcase_create("move");
	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_set_timeout(tc, 60);
	tcase_add_loop_test(tc, keywords_go_and_the_rest_stays, 0,
	    COUNT(names));
	tcase_add_loop_test(tc, fresh_name_keeps_sizes_and_flags, 0,
	    COUNT(fresh));
#ifdef __linux__
	tcase_add_loop_test(tc, host_is_written_as_maildir_wants_it, 0,
	    COUNT(hosts));
#endif
	tcase_add_test(tc, message_moves_to_where_it_belongs);
	tcase_add_test(tc, nothing_is_overwritten);
	tcase_add_test(tc, copy_that_is_there_stays);
	tcase_add_loop_test(tc,
	    directory_or_link_in_the_way_is_not_overwritten, 0, 2);
	tcase_add_loop_test(tc, hostile_name_moves_too, 0, COUNT(names));
	tcase_add_test(tc, vanished_message_is_none);
	tcase_add_test(tc, removed_folder_is_no_vanished_message);
	tcase_add_loop_test(tc, message_that_may_not_move_stays, 0, 2);
	if (mounts)
		tcase_add_test(tc, other_file_system_takes_no_message);
	tcase_add_test(tc, of_several_threads_one_moves_it);
	tcase_add_test(tc, of_several_processes_one_moves_it);
	suite_add_tcase(suite, tc);
	return unit_run(suite);
}
