# $NetBSD$

PKG_OPTIONS_VAR=		PKG_OPTIONS.mailkeep
PKG_SUPPORTED_OPTIONS=		bdb
PKG_SUGGESTED_OPTIONS=		bdb

.include "../../mk/bsd.options.mk"

# Blacklists as Berkeley DB, for an Exim without cdb.
.if !empty(PKG_OPTIONS:Mbdb)
.  include "../../mk/bdb.buildlink3.mk"
.else
MAKE_FLAGS+=	DBM=dbm_none
.endif
