-- SPDX-License-Identifier: Apache-2.0
-- Shards and deltas of revocation lists. A CA's changes of status are counted;
-- each certificate keeps the number of its last one, each list the number up to
-- which it is known to hold them: so a list that lags behind is seen in any
-- process, and a delta needs no clock. Lists of before hold none for certain (0)
-- and are followed by a new one at the first look.

-- +goose Up
ALTER TABLE authorities ADD COLUMN changes INTEGER NOT NULL DEFAULT 1;
ALTER TABLE certificates ADD COLUMN shard INTEGER NOT NULL DEFAULT 0;
ALTER TABLE certificates ADD COLUMN change INTEGER NOT NULL DEFAULT 0;
CREATE INDEX certificates_change ON certificates (ca, change) WHERE change > 0;
CREATE INDEX certificates_shard_change ON certificates (ca, shard, change) WHERE change > 0;
CREATE INDEX certificates_shard_not_good ON certificates (ca, shard) WHERE status IN ('hold', 'revoked');

-- The addresses under which certificates name their shard's list: its issuing
-- distribution point repeats them for ever.
CREATE TABLE crl_points (
    seq   INTEGER PRIMARY KEY,
    ca    TEXT NOT NULL,
    shard INTEGER NOT NULL,
    uri   TEXT NOT NULL,
    UNIQUE (ca, shard, uri)
);

-- base is 0, or the number of the list that a delta starts from.
ALTER TABLE crls RENAME TO crls_of_00001;
CREATE TABLE crls (
    ca          TEXT NOT NULL,
    shard       INTEGER NOT NULL,
    number      INTEGER NOT NULL,
    base        INTEGER NOT NULL,
    change      INTEGER NOT NULL,
    der         BLOB NOT NULL,
    this_update INTEGER NOT NULL,
    next_update INTEGER NOT NULL,
    PRIMARY KEY (ca, shard, number, base)
);
INSERT INTO crls SELECT ca, 0, number, 0, 0, der, this_update, next_update FROM crls_of_00001;
DROP TABLE crls_of_00001;
CREATE INDEX crls_end ON crls (ca, shard, next_update) WHERE base = 0;

-- +goose Down
-- There is no way back: a ledger is not unmade.
SELECT 1;
