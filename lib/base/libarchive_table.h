/*
 * base/libarchive_table - all that is used of libarchive; <archive.h> and
 * <archive_entry.h> come before it.
 */
#ifndef MK_BASE_LIBARCHIVE_TABLE_H
#define MK_BASE_LIBARCHIVE_TABLE_H

#include "base/libarchive.h"

#define MK_LIBARCHIVE_FUNCTIONS(F) \
	F(archive_copy_error) F(archive_entry_clear) \
	F(archive_entry_copy_pathname) F(archive_entry_filetype) \
	F(archive_entry_free) F(archive_entry_gid) F(archive_entry_hardlink) \
	F(archive_entry_mtime) F(archive_entry_mtime_nsec) \
	F(archive_entry_new) F(archive_entry_pathname) F(archive_entry_perm) \
	F(archive_entry_set_filetype) F(archive_entry_set_gid) \
	F(archive_entry_set_mtime) F(archive_entry_set_perm) \
	F(archive_entry_set_size) F(archive_entry_set_uid) \
	F(archive_entry_size) F(archive_entry_uid) \
	F(archive_entry_xattr_add_entry) F(archive_entry_xattr_next) \
	F(archive_entry_xattr_reset) F(archive_errno) F(archive_error_string) \
	F(archive_filter_bytes) F(archive_read_append_filter) \
	F(archive_read_data) F(archive_read_data_block) F(archive_read_free) \
	F(archive_read_header_position) F(archive_read_new) \
	F(archive_read_next_header) F(archive_read_open) \
	F(archive_read_support_format_empty) \
	F(archive_read_support_format_raw) F(archive_read_support_format_tar) \
	F(archive_set_error) F(archive_write_add_filter) \
	F(archive_write_close) F(archive_write_data) F(archive_write_fail) \
	F(archive_write_finish_entry) F(archive_write_free) \
	F(archive_write_header) F(archive_write_new) F(archive_write_open) \
	F(archive_write_set_bytes_in_last_block) \
	F(archive_write_set_bytes_per_block) \
	F(archive_write_set_filter_option) F(archive_write_set_format_option) \
	F(archive_write_set_format_pax_restricted) \
	F(archive_write_set_format_raw)

struct mk_libarchive {
#define MEMBER(name)	__typeof__(name) *(name);
	MK_LIBARCHIVE_FUNCTIONS(MEMBER)
#undef MEMBER
};

#endif
