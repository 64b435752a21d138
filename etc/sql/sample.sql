-- sample.sql - rows to begin with, one of each kind; after schema.sql:
--
--	psql -d mail -f sample.sql

\set ON_ERROR_STOP on
BEGIN;

INSERT INTO transport (domain, local) VALUES
    ('example.test', true),
    -- in the list, but mail for it is not delivered here for now
    ('example.org', false);

INSERT INTO users (email, username, maildir, mail, spamlimit, name) VALUES
    ('alice@example.test', 'alice', 'example.test/alice', true, 7, 'Alice'),
    -- spam is what scores 5 for Bob, for Pat what scores 12
    ('bob@example.test', 'bob', 'example.test/bob', true, 5, 'Bob'),
    ('o''brien@example.test', 'obrien', 'example.test/obrien', true, 12,
	'Pat O''Brien'),
    -- nothing is, for Frank; for Grace, what mailkeep.conf says
    ('frank@example.test', 'frank', 'example.test/frank', true, 0, 'Frank'),
    ('grace@example.test', 'grace', 'example.test/grace', true, NULL, 'Grace'),
    -- an account, but its mailbox is switched off
    ('carol@example.test', 'carol', 'example.test/carol', false, 7, 'Carol'),
    ('dave@example.org', 'dave', 'example.org/dave', true, 7, 'Dave'),
    -- has no mail at all
    (NULL, 'erin', NULL, false, 7, 'Erin');

-- Pat wants Junk for longer, and Trash for ever; Grace, that nothing of hers is
-- removed.
UPDATE users SET junk_days = 30, trash_days = 0 WHERE username = 'obrien';
UPDATE users SET keep = true WHERE username = 'grace';

INSERT INTO aliases (source, destination, customer_id) VALUES
    -- another name for one user; two for one address
    ('info@example.test', 'alice@example.test', 1000),
    ('staff@example.test', 'alice@example.test', 1000),
    ('staff@example.test', 'bob@example.test', 1000),
    -- behind TMDA, which delivers to what its config calls DELIVERY
    ('eric@example.test', '|/usr/local/bin/tmda-filter', 1000),
    ('postmaster@example.test', 'alice@example.test', NULL),
    -- what cron has to say: Exim delivers nothing to root itself, so do not
    -- leave this one out; the next one is <postmaster> without a domain
    ('root@localhost', 'alice@example.test', NULL),
    ('postmaster@localhost', 'alice@example.test', NULL);

COMMIT;
