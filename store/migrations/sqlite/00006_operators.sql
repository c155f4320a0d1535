-- +goose Up
-- Who administers, and what one operator asked another to approve. Rows are
-- authenticated (mac), and the newest ledger leaf about a row commits to it.
CREATE TABLE operators (
    seq           INTEGER PRIMARY KEY,
    id            TEXT NOT NULL UNIQUE,
    name          TEXT NOT NULL,
    name_key      TEXT NOT NULL UNIQUE,
    role          TEXT NOT NULL,
    state         TEXT NOT NULL,
    secret_digest BLOB NOT NULL,
    cert_serial   TEXT NOT NULL,
    public_key    BLOB NOT NULL,
    failures      INTEGER NOT NULL,
    last_failure  INTEGER NOT NULL,
    created       INTEGER NOT NULL,
    mac           BLOB NOT NULL
);

CREATE TABLE approvals (
    seq     INTEGER PRIMARY KEY,
    id      TEXT NOT NULL UNIQUE,
    act     TEXT NOT NULL,
    hash    BLOB NOT NULL,
    payload BLOB NOT NULL,
    command TEXT NOT NULL,
    maker   TEXT NOT NULL,
    checker TEXT NOT NULL,
    reason  TEXT NOT NULL,
    note    TEXT NOT NULL,
    state   TEXT NOT NULL,
    asked   INTEGER NOT NULL,
    expires INTEGER NOT NULL,
    decided INTEGER NOT NULL,
    ended   INTEGER NOT NULL,
    mac     BLOB NOT NULL
);

-- +goose Down
-- There is no way back: a history is not unmade.
SELECT 1;
