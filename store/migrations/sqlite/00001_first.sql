-- SPDX-License-Identifier: Apache-2.0
-- Times are Unix milliseconds, 0 means none. Ids are opaque text. Tables keep
-- their rowid and find random keys through a UNIQUE index: six times faster
-- under grouped commits than a random primary key WITHOUT ROWID
-- (docs/performance.md).

-- +goose Up

-- The ledger: one head row that every append rewrites in its transaction.
CREATE TABLE ledger_head (
    id       INTEGER PRIMARY KEY CHECK (id = 1),
    size     INTEGER NOT NULL,
    root     BLOB NOT NULL,
    frontier BLOB NOT NULL
);
INSERT INTO ledger_head (id, size, root, frontier) VALUES (1, 0, x'', x'');

CREATE TABLE ledger_entries (
    idx       INTEGER PRIMARY KEY,
    leaf_hash BLOB NOT NULL,
    time      INTEGER NOT NULL,
    kind      TEXT NOT NULL,
    object    TEXT NOT NULL,
    act       TEXT NOT NULL,
    actor     TEXT NOT NULL,
    reason    TEXT NOT NULL,
    before    BLOB,
    after     BLOB,
    leaf      BLOB NOT NULL,
    opening   BLOB NOT NULL
);
CREATE INDEX ledger_entries_object ON ledger_entries (object);
CREATE INDEX ledger_entries_actor ON ledger_entries (actor);
CREATE INDEX ledger_entries_act ON ledger_entries (act);

-- Hashes of levels 8, 16, …; level 0 is ledger_entries.leaf_hash.
CREATE TABLE ledger_hashes (
    level INTEGER NOT NULL,
    idx   INTEGER NOT NULL,
    hash  BLOB NOT NULL,
    PRIMARY KEY (level, idx)
) WITHOUT ROWID;

CREATE TABLE keks (
    id         INTEGER PRIMARY KEY CHECK (id = 1),
    salt       BLOB NOT NULL,
    iterations INTEGER NOT NULL,
    wrapped    BLOB NOT NULL,
    created    INTEGER NOT NULL
);

CREATE TABLE keys (
    seq     INTEGER PRIMARY KEY,
    id      TEXT NOT NULL UNIQUE,
    use     TEXT NOT NULL,
    public  BLOB NOT NULL,
    wrapped BLOB NOT NULL,
    created INTEGER NOT NULL
);

-- Rows with a mac column are authenticated: HMAC-SM3 over every field.
CREATE TABLE departments (
    seq         INTEGER PRIMARY KEY,
    id          TEXT NOT NULL UNIQUE,
    name        TEXT NOT NULL,
    credit_code TEXT NOT NULL UNIQUE,
    area_code   TEXT NOT NULL,
    parent      TEXT NOT NULL,
    state       TEXT NOT NULL,
    created     INTEGER NOT NULL,
    mac         BLOB NOT NULL
);

CREATE TABLE officers (
    seq        INTEGER PRIMARY KEY,
    id         TEXT NOT NULL UNIQUE,
    department TEXT NOT NULL REFERENCES departments (id),
    name       TEXT NOT NULL,
    staff_no   TEXT NOT NULL,
    state      TEXT NOT NULL,
    created    INTEGER NOT NULL,
    mac        BLOB NOT NULL,
    UNIQUE (department, staff_no)
);

CREATE TABLE applications (
    seq          INTEGER PRIMARY KEY,
    id           TEXT NOT NULL UNIQUE,
    name         TEXT NOT NULL,
    token_digest BLOB NOT NULL UNIQUE,
    state        TEXT NOT NULL,
    created      INTEGER NOT NULL,
    mac          BLOB NOT NULL
);

CREATE TABLE grants (
    seq         INTEGER PRIMARY KEY,
    id          TEXT NOT NULL UNIQUE,
    application TEXT NOT NULL REFERENCES applications (id),
    officer     TEXT NOT NULL,
    seal        TEXT NOT NULL,
    matters     TEXT NOT NULL,
    kinds       TEXT NOT NULL,
    not_before  INTEGER NOT NULL,
    not_after   INTEGER NOT NULL,
    state       TEXT NOT NULL,
    created     INTEGER NOT NULL,
    mac         BLOB NOT NULL
);
CREATE INDEX grants_seal ON grants (seal, application);

CREATE TABLE authorities (
    seq         INTEGER PRIMARY KEY,
    id          TEXT NOT NULL UNIQUE,
    parent      TEXT NOT NULL,
    key_ref     TEXT NOT NULL,
    certificate BLOB NOT NULL,
    created     INTEGER NOT NULL
);

CREATE TABLE certificates (
    seq        INTEGER PRIMARY KEY,
    serial     TEXT NOT NULL UNIQUE,
    ca         TEXT NOT NULL,
    profile    TEXT NOT NULL,
    subject    TEXT NOT NULL,
    department TEXT NOT NULL,
    officer    TEXT NOT NULL,
    key_ref    TEXT NOT NULL,
    tbs        BLOB NOT NULL,
    der        BLOB,
    not_before INTEGER NOT NULL,
    not_after  INTEGER NOT NULL,
    status     TEXT NOT NULL,
    revoked_at INTEGER NOT NULL,
    reason     INTEGER NOT NULL,
    invalidity INTEGER NOT NULL,
    created    INTEGER NOT NULL
);
CREATE INDEX certificates_key_ref ON certificates (key_ref) WHERE key_ref <> '';
CREATE INDEX certificates_department ON certificates (department) WHERE department <> '';
CREATE INDEX certificates_not_good ON certificates (ca) WHERE status IN ('hold', 'revoked');

CREATE TABLE crls (
    ca          TEXT NOT NULL,
    number      INTEGER NOT NULL,
    der         BLOB NOT NULL,
    this_update INTEGER NOT NULL,
    next_update INTEGER NOT NULL,
    PRIMARY KEY (ca, number)
);

CREATE TABLE seal_numbers (
    area TEXT PRIMARY KEY,
    last INTEGER NOT NULL
);

-- What never changes about a seal, and what does.
CREATE TABLE seals (
    seq         INTEGER PRIMARY KEY,
    es_id       TEXT NOT NULL UNIQUE,
    department  TEXT NOT NULL,
    name        TEXT NOT NULL,
    horizontal  TEXT NOT NULL,
    cert_serial TEXT NOT NULL,
    key_ref     TEXT NOT NULL,
    valid_from  INTEGER NOT NULL,
    valid_to    INTEGER NOT NULL,
    created     INTEGER NOT NULL,
    mac         BLOB NOT NULL,
    der         BLOB NOT NULL,
    picture     BLOB NOT NULL,
    certificate BLOB NOT NULL
);
CREATE INDEX seals_department ON seals (department);

CREATE TABLE seal_states (
    es_id   TEXT PRIMARY KEY REFERENCES seals (es_id),
    state   TEXT NOT NULL,
    changed INTEGER NOT NULL,
    reason  TEXT NOT NULL,
    mac     BLOB NOT NULL
);

-- The highest time at which anything was sealed.
CREATE TABLE clock (
    id   INTEGER PRIMARY KEY CHECK (id = 1),
    high INTEGER NOT NULL
);
INSERT INTO clock (id, high) VALUES (1, 0);

CREATE TABLE intents (
    seq             INTEGER PRIMARY KEY,
    stamp           TEXT NOT NULL UNIQUE,
    application     TEXT NOT NULL,
    idempotency_key TEXT NOT NULL,
    fingerprint     BLOB NOT NULL,
    officer         TEXT NOT NULL,
    seal            TEXT NOT NULL,
    matter          TEXT NOT NULL,
    case_ref        TEXT NOT NULL,
    kind            TEXT NOT NULL,
    decision        TEXT NOT NULL,
    document        BLOB NOT NULL,
    content_seen    BOOLEAN NOT NULL,
    grant_id        TEXT NOT NULL,
    created         INTEGER NOT NULL,
    began           INTEGER NOT NULL,
    lease_until     INTEGER NOT NULL,
    attempt         INTEGER NOT NULL,
    state           TEXT NOT NULL,
    failure         TEXT NOT NULL,
    UNIQUE (application, idempotency_key)
);
CREATE INDEX intents_running ON intents (lease_until) WHERE state = 'running';

-- Chains and revocation lists are the same for many stamps: each is kept once,
-- by its SM3 digest, and a set names the digests of a chain and of its lists.
CREATE TABLE evidence (
    digest  BLOB PRIMARY KEY,
    content BLOB NOT NULL
);

CREATE TABLE evidence_sets (
    id    BLOB PRIMARY KEY,
    chain BLOB NOT NULL,
    crls  BLOB NOT NULL
);

CREATE TABLE stamps (
    seq           INTEGER PRIMARY KEY,
    id            TEXT NOT NULL UNIQUE,
    code          TEXT NOT NULL,
    application   TEXT NOT NULL,
    officer       TEXT NOT NULL,
    seal          TEXT NOT NULL,
    department    TEXT NOT NULL,
    grant_id      TEXT NOT NULL,
    matter        TEXT NOT NULL,
    case_ref      TEXT NOT NULL,
    kind          TEXT NOT NULL,
    decision      TEXT,
    content_seen  BOOLEAN NOT NULL,
    document      BLOB NOT NULL,
    output        BLOB,
    rendered      BLOB,
    output_type   TEXT NOT NULL,
    level         TEXT NOT NULL,
    time          INTEGER NOT NULL,
    attempt       INTEGER NOT NULL,
    withdrawn     INTEGER NOT NULL,
    withdrawn_why TEXT NOT NULL,
    signature     BLOB NOT NULL,
    answer        BLOB,
    evidence      BLOB REFERENCES evidence_sets (id)
);
CREATE INDEX stamps_code ON stamps (code) WHERE code <> '';
CREATE INDEX stamps_document ON stamps (document);
CREATE INDEX stamps_output ON stamps (output) WHERE output IS NOT NULL;
CREATE INDEX stamps_rendered ON stamps (rendered) WHERE rendered IS NOT NULL;
CREATE INDEX stamps_decision ON stamps (decision) WHERE decision IS NOT NULL;

CREATE TABLE decisions (
    seq           INTEGER PRIMARY KEY,
    id            TEXT NOT NULL UNIQUE,
    code          TEXT NOT NULL UNIQUE,
    number        TEXT NOT NULL,
    signed        BLOB NOT NULL,
    file          BLOB,
    pdf           BLOB,
    revision      INTEGER NOT NULL,
    created       INTEGER NOT NULL,
    withdrawn     INTEGER NOT NULL,
    withdrawn_why TEXT NOT NULL
);

-- What supervision and the portal are told, written with the fact itself.
CREATE TABLE outbox (
    seq    INTEGER PRIMARY KEY AUTOINCREMENT,
    topic  TEXT NOT NULL,
    object TEXT NOT NULL,
    entry  INTEGER NOT NULL,
    time   INTEGER NOT NULL
);

-- +goose Down
-- There is no way back: a ledger is not unmade.
SELECT 1;
