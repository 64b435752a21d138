# Mailkeep: housekeeping for virtual-mail hosts.
#
# "make run" and "make check" install the Debian packages that they need (as
# root or through sudo), build, and do it; see README.md.  SYS=posix builds
# the twin without Linux's own system calls.

B	?= build
SYS	?= linux
PREFIX	?= /usr/local
CC	?= cc
CFLAGS	?= -O2 -g
N	?= 100000
NMAX	?= 1000000

VERSION	:= 0.1.0

BASE	:= aide arena buf child clock colour completion config \
	   config_override config_tables config_text config_value decimal diag \
	   duration error fs history history_read json jsonread \
	   libarchive list lock nearest options owner pack pack_check \
	   pack_gzip pack_stream pack_work pgsql pool progress report \
	   report_json report_metrics report_old report_print sandbox siphash \
	   stop sys_$(SYS) terminal unpack utf8
MAIL	:= accounts archive archname brake folder header host index lastrun \
	   ledger maildir mkfolder msgname opened pass plan problems quota \
	   removal restore restore_report roots source store walk
EXPIRE	:= expire forecast paths plantext print remove rule run scan \
	   select setup
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
CHECK	:= accounts ask check conf configuration crontab dirs exim exim_file \
	   exim_host exim_lists exim_samples eximask eximtext load logrotate \
	   look mailroot newsyslog print rules run runs schedule spamd tmda where
REPORT	:= ask chart chart_runs conf figures finding forecast hits \
	   hits_count hits_line html json page page_host page_mail page_spam \
	   page_style pending plain quota run runs score space strangers sums \
	   survey text text_host text_lines text_parts text_table top tree words
CONF	:= sections
PROGS	:= mailkeep-blacklist mailkeep-check mailkeep-expire mailkeep-report \
	   mailkeep-rotate mailkeep-spamscan mailkeep-tmda
# Tests of what happens at the same time have both processors to themselves.
LIVE	:= $(wildcard $(addprefix tests/e2e/t-*, -beside-*.sh -meanwhile.sh \
	   -at-once*.sh))
UNIT	:= $(patsubst tests/unit/%.c,%,$(wildcard tests/unit/test_*.c))

PKGS	:= jansson libconfuse libarchive liblz4 libpq zlib
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
	   $(CHECK:%=$(B)/lib/check/%.o) \
	   $(REPORT:%=$(B)/lib/report/%.o) \
	   $(CONF:%=$(B)/lib/conf/%.o)
C_FILES	:= $(wildcard bin/*.c lib/*/*.c lib/*/*.h tests/unit/*.c \
	   tests/unit/*.h bench/*.c)
SCRIPTS	:= $(wildcard tests/*.sh tests/e2e/*.sh packaging/*.sh) bench/run \
	   bench/blacklist bench/rotate bench/spamscan bench/tmda bench/lib.sh \
	   .ci/run
PAGES	:= $(wildcard man/*.[1578])
# Where things go; packages say more of it than PREFIX.
SBINDIR	?= $(PREFIX)/sbin
MANDIR	?= $(PREFIX)/share/man
DOCDIR	?= $(PREFIX)/share/doc/mailkeep
EXAMPLEDIR ?= $(DOCDIR)/etc
UNITDIR	?= $(PREFIX)/lib/systemd/system
BASHDIR	?= $(PREFIX)/share/bash-completion/completions
ZSHDIR	?= $(PREFIX)/share/zsh/site-functions
FISHDIR	?= $(PREFIX)/share/fish/vendor_completions.d
# What else is installed, in the same places below DOCDIR as here.
DOCS	:= README.md NEWS LICENSE $(wildcard cron/* docs/*)
EXAMPLES := $(wildcard etc/*.* etc/*/*)
UNITS	:= $(wildcard cron/*.service cron/*.timer)
# SOURCE:PATH of all files, for install and uninstall.
INSTALLED = $(foreach p,$(PROGS),$(B)/bin/$(p):$(SBINDIR)/$(p)) \
	   $(foreach p,$(PAGES),$(p):$(MANDIR)/man$(subst .,,$(suffix \
	   $(p)))/$(notdir $(p))) \
	   $(foreach u,$(UNITS),$(u):$(UNITDIR)/$(notdir $(u))) \
	   $(foreach p,$(PROGS),$(B)/completions/bash/$(p):$(BASHDIR)/$(p) \
	   $(B)/completions/zsh/_$(p):$(ZSHDIR)/_$(p) \
	   $(B)/completions/fish/$(p).fish:$(FISHDIR)/$(p).fish) \
	   $(foreach d,$(DOCS),$(d):$(DOCDIR)/$(d)) \
	   $(foreach e,$(EXAMPLES),$(e):$(EXAMPLEDIR)/$(e:etc/%=%))
# Those of them that are ours alone.
OWN_DIRS = $(sort $(DOCDIR) $(EXAMPLEDIR) \
	   $(patsubst %/,%,$(dir $(DOCS:%=$(DOCDIR)/%) \
	   $(EXAMPLES:etc/%=$(EXAMPLEDIR)/%))))
# What texts say of places, for another PREFIX.
PLACED	= sed -e 's,/usr/local/sbin/mailkeep,$(SBINDIR)/mailkeep,g' \
	   -e 's,/usr/local/share/doc/mailkeep/etc,$(EXAMPLEDIR),g' \
	   -e 's,/usr/local/share/doc/mailkeep,$(DOCDIR),g'
SAMPLE	:= $(B)/sample-host

all: $(PROGS:%=$(B)/bin/%) completions

# Made by the programs themselves, of the tables that --help is made of.
completions: $(PROGS:%=$(B)/completions/bash/%) \
    $(PROGS:%=$(B)/completions/zsh/_%) $(PROGS:%=$(B)/completions/fish/%.fish)

$(B)/completions/bash/%: $(B)/bin/%
	@mkdir -p $(@D)
	$< --completion bash >$@.new && mv $@.new $@

$(B)/completions/zsh/_%: $(B)/bin/%
	@mkdir -p $(@D)
	$< --completion zsh >$@.new && mv $@.new $@

$(B)/completions/fish/%.fish: $(B)/bin/%
	@mkdir -p $(@D)
	$< --completion fish >$@.new && mv $@.new $@

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
	$(MAKE) -j2 all unit
	$(MAKE) check-built

# The program again without Linux's own calls, for tests that compare the two.
$(B)/tests/twin/mailkeep-expire: $(B)/bin/mailkeep-expire.o \
    $(B)/lib/base/sys_posix.o $(LIB)
	@mkdir -p $(@D)
	$(CC) $(CFLAGS) $(MK_LDFLAGS) $(LDFLAGS) -o $@ $^ $(MK_LIBS)

# What a package's build runs, too: it needs no right and no server.
check-unit: unit
	B=$(B) prove -j2 --merge -e '' $(UNIT:%=$(B)/tests/unit/%)

check-built: all check-unit $(B)/tests/twin/mailkeep-expire
	B=$(B) prove -j2 -e sh $(filter-out $(LIVE),$(wildcard \
	    tests/e2e/t-*.sh))
	B=$(B) prove -e sh $(LIVE)

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

# Nothing below /etc: what an administrator writes is not make's.
install: all
	@for pair in $(INSTALLED); do \
	    from=$${pair%%:*} to=$(DESTDIR)$${pair#*:}; \
	    install -d $${to%/*} && rm -f $$to || exit; \
	    echo "install $$to"; \
	    case $$from in \
	    $(B)/bin/*) install -m 755 $$from $$to ;; \
	    $(B)/*|*.png) install -m 644 $$from $$to ;; \
	    *)	$(PLACED) $$from >$$to && chmod 644 $$to ;; \
	    esac || exit; done

uninstall:
	@for pair in $(INSTALLED); do rm -f $(DESTDIR)$${pair#*:} || exit; done
	@for dir in $$(printf '%s\n' $(OWN_DIRS) | LC_ALL=C sort -r); do \
	    rmdir $(DESTDIR)$$dir 2>/dev/null || :; done

# The paths of all of it; packages have lists to compare.
files:
	@printf '%s\n' $(INSTALLED) | sed 's/^[^:]*://' | LC_ALL=C sort

plist:
	@{ echo '@comment $$NetBSD$$'; $(MAKE) -s files PREFIX= MANDIR=/man \
	    EXAMPLEDIR=/share/examples/mailkeep UNITS= | sed 's,^/,,'; } \
	    >packaging/pkgsrc/PLIST

# A tarball of the tree: the same bytes from the same commit, from a clone of
# it, or from what the tarball itself unpacks to.  It takes GNU tar.
DISTDIR	?= .
DIST	:= mailkeep-$(VERSION)
dist:
	@sh packaging/dist.sh $(DIST) $(DISTDIR)/$(DIST).tar.gz

clean:
	rm -rf $(B) $(B)-asan $(B)-posix

.PHONY: all completions run check check-built check-unit unit check-asan \
	check-posix bench deps deps-test lint install uninstall files plist \
	dist clean
.SECONDARY:
-include $(OBJS:.o=.d) $(B)/lib/base/sys_posix.d $(PROGS:%=$(B)/bin/%.d) $(UNIT:%=$(B)/tests/unit/%.d)
