# tests/e2e/package.sh - what tests of packages share; sourced after lib.sh.
#
#   plain_build		skips the test for the sanitizers' build and the
#			twin's: packages build what they are by themselves
#   needs PROG ...	skips the test where one is missing
#   copy_tree DIR	the tree as a commit would have it, products left out
#   commit_tree DIR	makes it a repository, with one commit
#
# shellcheck shell=sh

# shellcheck disable=SC2034	# for those who source this
DIST=mailkeep-$(sed -n 's/^VERSION	:= //p' "$TOP/Makefile")
unset MAKEFLAGS MAKELEVEL MFLAGS

plain_build()
{
	case ${MK_SANITIZE-}$B in
	1* | *-posix) skip_all 'packages are built by the plain make check' ;;
	esac
}

needs()
{
	for _program; do
		command -v "$_program" >/dev/null ||
		    skip_all "$_program is not here: make deps-test"
	done
}

copy_tree()
{
	mkdir -p "$1"
	(
		cd "$TOP" || exit 1
		# Somebody else's directory is none of git's.
		git -c safe.directory='*' ls-files -co --exclude-standard \
		    2>/dev/null || find . ! -type d ! -path './build*' \
		    ! -path './.git/*'
	) | while IFS= read -r _path; do
		[ ! -e "$TOP/$_path" ] || printf '%s\n' "$_path"
	done | tar -c -C "$TOP" -T - | tar -x -C "$1" || _die "copy_tree: $1"
}

# A commit of the copy, which is what make dist packs.
commit_tree()
{
	(
		cd "$1" && git init -q . && git add -A &&
		    GIT_COMMITTER_DATE='2026-11-22 12:00:00 +0000' \
		    git -c user.name=t -c user.email=t@example.test commit -q \
		    -m t
	) >/dev/null || _die "commit_tree: $1"
}
