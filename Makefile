# Mailkeep: housekeeping for virtual-mail hosts.
#
# "make run" and "make check" install the Debian packages that they need (as
# root or through sudo), build, and do it; see README.md.  SYS=posix builds
# the twin without Linux's own system calls.

B	?= build
SYS	?= linux
PREFIX	?= /usr/local
MANDIR	?= $(PREFIX)/share/man
CC	?= cc
CFLAGS	?= -O2 -g
N	?= 100000
NMAX	?= 1000000

VERSION	:= 0.1.0

BASE	:= aide arena buf clock config config_override config_tables \
	   config_text config_value decimal diag duration error fs json \
	   libarchive list lock nearest options owner pack pack_check \
	   pack_gzip pack_stream pack_work pgsql pool progress report \
	   sandbox siphash stop sys_$(SYS) unpack utf8
MAIL	:= accounts archive archname brake folder header host index lastrun \
	   ledger maildir mkfolder msgname opened pass plan problems quota \
	   removal restore roots source store walk
EXPIRE	:= expire paths plantext print remove rule run scan select setup
# Berkeley DB for the output "dbm" where it is; DBM=dbm_none does without.
DBM	:= $(shell printf '\043include <db.h>\nDB_VERSION_MAJOR' | \
	   $(CC) $(CPPFLAGS) -E -x c - 2>/dev/null | \
	   grep -qxE '[5-9]|[1-9][0-9]' && echo dbm || echo dbm_none)
BLACKLIST := ask build cdb cdbread change conf $(DBM) feed feed_lines \
	   feed_open feed_take lengths line line_csv line_detect line_json \
	   net origin outfile output publish reader run set sink spare startup \
	   text textread why why_file why_write
ROTATE	:= budget conf daemons due entry expand generation judge logs notify \
	   open parse parse_differs parse_flags parse_line place rotate run \
	   settle settle_file state turn turn_carry turn_find turn_new \
	   turn_shift turn_steps when writers
SPAMSCAN := ask box conf delete dialect explain explain_file explain_print \
	   histogram histogram_print judge junk known learn look modes moved \
	   received run setup spamd spamscan trust trust_tell
TMDA	:= append boxes conf due list look message modes names place print \
	   python pyvalue queue release remove rescue run scan select senders \
	   settings setup stats tmda
CONF	:= sections
PROGS	:= mailkeep-blacklist mailkeep-expire mailkeep-rotate \
	   mailkeep-spamscan mailkeep-tmda
UNIT	:= $(patsubst tests/unit/%.c,%,$(wildcard tests/unit/test_*.c))

PKGS	:= libconfuse libarchive liblz4 libpq zlib
MK_CPPFLAGS := -Ilib -D_XOPEN_SOURCE=700 -D_DEFAULT_SOURCE \
	   -D_FILE_OFFSET_BITS=64 -DMK_VERSION='"$(VERSION)"' \
	   $(shell pkg-config --cflags $(PKGS) 2>/dev/null)
MK_CFLAGS := -std=c11 -pthread -MMD -MP -Wall -Wextra -Wpedantic -Wshadow \
	   -Wconversion -Wstrict-prototypes -Wmissing-prototypes -Wcast-qual \
	   -Wpointer-arith -Wvla -Wformat=2 -Wundef -fstack-protector-strong
MK_LDFLAGS := -pthread -Wl,-z,relro,-z,now,--as-needed
# Two are loaded when they are wanted, by base/libarchive and base/pgsql.
MK_LIBS	= $(shell pkg-config --libs $(filter-out libarchive \
	   libpq,$(PKGS))) -ldl $(if $(filter dbm,$(DBM)),-ldb)
UNIT_LIBS = $(shell pkg-config --libs check libarchive)

LIB	:= $(B)/libmailkeep.a
OBJS	:= $(BASE:%=$(B)/lib/base/%.o) $(MAIL:%=$(B)/lib/mail/%.o) \
	   $(EXPIRE:%=$(B)/lib/expire/%.o) \
	   $(BLACKLIST:%=$(B)/lib/blacklist/%.o) \
	   $(ROTATE:%=$(B)/lib/rotate/%.o) \
	   $(SPAMSCAN:%=$(B)/lib/spamscan/%.o) \
	   $(TMDA:%=$(B)/lib/tmda/%.o) \
	   $(CONF:%=$(B)/lib/conf/%.o)
C_FILES	:= $(wildcard bin/*.c lib/*/*.c lib/*/*.h tests/unit/*.c \
	   tests/unit/*.h bench/*.c)
SCRIPTS	:= $(wildcard tests/*.sh tests/e2e/*.sh) bench/run \
	   bench/blacklist bench/rotate bench/spamscan bench/tmda bench/lib.sh \
	   .ci/run
PAGES	:= $(wildcard man/*.[1578])
# What else is installed, in the same places below DOCDIR as here.
DOCS	:= README.md NEWS LICENSE $(wildcard etc/*.* etc/*/* cron/*)
DOCDIR	?= $(PREFIX)/share/doc/mailkeep
# What pages and units say of places, for another PREFIX.
PLACED	= sed -e 's,/usr/local/sbin/mailkeep,$(PREFIX)/sbin/mailkeep,g' \
	   -e 's,/usr/local/share/doc/mailkeep,$(DOCDIR),g'
SAMPLE	:= $(B)/sample-host

all: $(PROGS:%=$(B)/bin/%)

$(LIB): $(OBJS)
	rm -f $@ && $(AR) rcs $@ $^

$(B)/bin/%: $(B)/bin/%.o $(LIB)
	$(CC) $(CFLAGS) $(MK_LDFLAGS) $(LDFLAGS) -o $@ $^ $(MK_LIBS)

$(B)/tests/unit/%: $(B)/tests/unit/%.o $(LIB)
	$(CC) $(CFLAGS) $(MK_LDFLAGS) $(LDFLAGS) -o $@ $^ $(UNIT_LIBS) \
	    $(MK_LIBS)

$(B)/lib/base/sys_linux.o $(B)/lib/base/sandbox.o: MK_CPPFLAGS += -D_GNU_SOURCE
$(B)/%.o: %.c
	@mkdir -p $(@D)
	$(CC) $(MK_CPPFLAGS) $(CPPFLAGS) $(MK_CFLAGS) $(CFLAGS) -c $< -o $@

# A make of its own, once the packages are there: pkg-config is asked as the
# Makefile is read.
run: deps
	$(MAKE) all
	rm -rf $(SAMPLE)
	sh tests/run.sh $(SAMPLE) $(B)/bin

check: deps-test
	$(MAKE) check-built

# The program again without Linux's own calls, for tests that compare the two.
$(B)/tests/twin/mailkeep-expire: $(B)/bin/mailkeep-expire.o \
    $(B)/lib/base/sys_posix.o $(LIB)
	@mkdir -p $(@D)
	$(CC) $(CFLAGS) $(MK_LDFLAGS) $(LDFLAGS) -o $@ $^ $(MK_LIBS)

check-built: all unit $(B)/tests/twin/mailkeep-expire
	B=$(B) prove -j2 --merge -e '' $(UNIT:%=$(B)/tests/unit/%)
	B=$(B) prove -e sh tests/e2e/t-*.sh

unit: $(UNIT:%=$(B)/tests/unit/%)

# LeakSanitizer needs /proc, so the end-to-end tests run unconfined.
check-asan: deps-test
	MK_SANITIZE=1 ASAN_OPTIONS=detect_leaks=1 \
	UBSAN_OPTIONS=halt_on_error=1:print_stacktrace=1 \
	$(MAKE) check-built B=$(B)-asan CFLAGS="-O1 -g \
	    -fsanitize=address,undefined -fno-sanitize-recover=undefined \
	    -fno-omit-frame-pointer"

check-posix: deps-test
	$(MAKE) check-built B=$(B)-posix SYS=posix

bench: deps
	sh tests/deps.sh bench
	$(MAKE) all
	N=$(N) B=$(B) bench/run
	NMAX=$(NMAX) B=$(B) bench/blacklist
	N=$(N) B=$(B) bench/spamscan
	B=$(B) bench/rotate
	N=$(N) B=$(B) bench/tmda

deps:
	@sh tests/deps.sh run

deps-test:
	@sh tests/deps.sh run test

lint:
	@sh tests/deps.sh run test lint
	@sh tests/lint.sh "$(C_FILES)" "$(SCRIPTS)" "$(PAGES)" \
	    "$(MK_CPPFLAGS) -D_GNU_SOURCE -std=c11"

install: all
	install -d $(DESTDIR)$(PREFIX)/sbin \
	    $(DESTDIR)$(MANDIR)/man5 $(DESTDIR)$(MANDIR)/man7 \
	    $(DESTDIR)$(MANDIR)/man8 \
	    $(sort $(dir $(DOCS:%=$(DESTDIR)$(DOCDIR)/%)))
	install -m 755 $(PROGS:%=$(B)/bin/%) $(DESTDIR)$(PREFIX)/sbin
	for page in $(PAGES); do \
	    to=$(DESTDIR)$(MANDIR)/man$${page##*.}/$${page#man/}; \
	    rm -f $$to && $(PLACED) $$page >$$to && chmod 644 $$to || exit; \
	    done
	for doc in $(DOCS); do \
	    to=$(DESTDIR)$(DOCDIR)/$$doc; \
	    rm -f $$to && $(PLACED) $$doc >$$to && chmod 644 $$to || exit; \
	    done

uninstall:
	rm -f $(PROGS:%=$(DESTDIR)$(PREFIX)/sbin/%)
	for page in $(PAGES); do \
	    rm -f $(DESTDIR)$(MANDIR)/man$${page##*.}/$${page#man/}; done
	rm -f $(DOCS:%=$(DESTDIR)$(DOCDIR)/%)
	for dir in $$(printf '%s\n' $(sort $(dir $(DOCS))) | sort -r); do \
	    rmdir $(DESTDIR)$(DOCDIR)/$$dir 2>/dev/null || :; done
	rmdir $(DESTDIR)$(DOCDIR) 2>/dev/null || :

clean:
	rm -rf $(B) $(B)-asan $(B)-posix

.PHONY: all run check check-built unit check-asan check-posix bench deps \
	deps-test lint install uninstall clean
.SECONDARY:
-include $(OBJS:.o=.d) $(B)/lib/base/sys_posix.d $(PROGS:%=$(B)/bin/%.d) $(UNIT:%=$(B)/tests/unit/%.d)
