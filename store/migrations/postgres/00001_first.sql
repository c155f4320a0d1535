-- SPDX-License-Identifier: Apache-2.0
-- Times are Unix milliseconds, 0 means none. Ids are opaque text.

-- +goose Up

-- The ledger: one head row that every append rewrites in its transaction.
CREATE TABLE ledger_head (
    id       BIGINT PRIMARY KEY CHECK (id = 1),
    size     BIGINT NOT NULL,
    root     BYTEA NOT NULL,
    frontier BYTEA NOT NULL
);
INSERT INTO ledger_head (id, size, root, frontier) VALUES (1, 0, '', '');

CREATE TABLE ledger_entries (
    idx       BIGINT PRIMARY KEY,
    leaf_hash BYTEA NOT NULL,
    time      BIGINT NOT NULL,
    kind      TEXT NOT NULL,
    object    TEXT NOT NULL,
    act       TEXT NOT NULL,
    actor     TEXT NOT NULL,
    reason    TEXT NOT NULL,
    before    BYTEA,
    after     BYTEA,
    leaf      BYTEA NOT NULL,
    opening   BYTEA NOT NULL
);
CREATE INDEX ledger_entries_object ON ledger_entries (object, idx);
CREATE INDEX ledger_entries_actor ON ledger_entries (actor, idx);
CREATE INDEX ledger_entries_act ON ledger_entries (act, idx);

-- Hashes of levels 8, 16, …; level 0 is ledger_entries.leaf_hash.
CREATE TABLE ledger_hashes (
    level BIGINT NOT NULL,
    idx   BIGINT NOT NULL,
    hash  BYTEA NOT NULL,
    PRIMARY KEY (level, idx)
);

CREATE TABLE keks (
    id         BIGINT PRIMARY KEY CHECK (id = 1),
    salt       BYTEA NOT NULL,
    iterations BIGINT NOT NULL,
    wrapped    BYTEA NOT NULL,
    created    BIGINT NOT NULL
);

CREATE TABLE keys (
    seq     BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    id      TEXT NOT NULL UNIQUE,
    use     TEXT NOT NULL,
    public  BYTEA NOT NULL,
    wrapped BYTEA NOT NULL,
    created BIGINT NOT NULL
);

-- Rows with a mac column are authenticated: HMAC-SM3 over every field.
CREATE TABLE departments (
    seq         BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    id          TEXT NOT NULL UNIQUE,
    name        TEXT NOT NULL,
    credit_code TEXT NOT NULL UNIQUE,
    area_code   TEXT NOT NULL,
    parent      TEXT NOT NULL,
    state       TEXT NOT NULL,
    created     BIGINT NOT NULL,
    mac         BYTEA NOT NULL
);

CREATE TABLE officers (
    seq        BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    id         TEXT NOT NULL UNIQUE,
    department TEXT NOT NULL REFERENCES departments (id),
    name       TEXT NOT NULL,
    staff_no   TEXT NOT NULL,
    state      TEXT NOT NULL,
    created    BIGINT NOT NULL,
    mac        BYTEA NOT NULL,
    UNIQUE (department, staff_no)
);

CREATE TABLE applications (
    seq          BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    id           TEXT NOT NULL UNIQUE,
    name         TEXT NOT NULL,
    token_digest BYTEA NOT NULL UNIQUE,
    state        TEXT NOT NULL,
    created      BIGINT NOT NULL,
    mac          BYTEA NOT NULL
);

CREATE TABLE grants (
    seq         BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    id          TEXT NOT NULL UNIQUE,
    application TEXT NOT NULL REFERENCES applications (id),
    officer     TEXT NOT NULL,
    seal        TEXT NOT NULL,
    matters     TEXT NOT NULL,
    kinds       TEXT NOT NULL,
    not_before  BIGINT NOT NULL,
    not_after   BIGINT NOT NULL,
    state       TEXT NOT NULL,
    created     BIGINT NOT NULL,
    mac         BYTEA NOT NULL
);
CREATE INDEX grants_seal ON grants (seal, application);

CREATE TABLE authorities (
    seq         BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    id          TEXT NOT NULL UNIQUE,
    parent      TEXT NOT NULL,
    key_ref     TEXT NOT NULL,
    certificate BYTEA NOT NULL,
    created     BIGINT NOT NULL
);

CREATE TABLE certificates (
    seq        BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    serial     TEXT NOT NULL UNIQUE,
    ca         TEXT NOT NULL,
    profile    TEXT NOT NULL,
    subject    TEXT NOT NULL,
    department TEXT NOT NULL,
    officer    TEXT NOT NULL,
    key_ref    TEXT NOT NULL,
    tbs        BYTEA NOT NULL,
    der        BYTEA,
    not_before BIGINT NOT NULL,
    not_after  BIGINT NOT NULL,
    status     TEXT NOT NULL,
    revoked_at BIGINT NOT NULL,
    reason     BIGINT NOT NULL,
    invalidity BIGINT NOT NULL,
    created    BIGINT NOT NULL
);
CREATE INDEX certificates_key_ref ON certificates (key_ref) WHERE key_ref <> '';
CREATE INDEX certificates_department ON certificates (department) WHERE department <> '';
CREATE INDEX certificates_not_good ON certificates (ca, seq) WHERE status IN ('hold', 'revoked');

CREATE TABLE crls (
    ca          TEXT NOT NULL,
    number      BIGINT NOT NULL,
    der         BYTEA NOT NULL,
    this_update BIGINT NOT NULL,
    next_update BIGINT NOT NULL,
    PRIMARY KEY (ca, number)
);

CREATE TABLE seal_numbers (
    area TEXT PRIMARY KEY,
    last BIGINT NOT NULL
);

-- What never changes about a seal, and what does.
CREATE TABLE seals (
    seq         BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    es_id       TEXT NOT NULL UNIQUE,
    department  TEXT NOT NULL,
    name        TEXT NOT NULL,
    horizontal  TEXT NOT NULL,
    cert_serial TEXT NOT NULL,
    key_ref     TEXT NOT NULL,
    valid_from  BIGINT NOT NULL,
    valid_to    BIGINT NOT NULL,
    created     BIGINT NOT NULL,
    mac         BYTEA NOT NULL,
    der         BYTEA NOT NULL,
    picture     BYTEA NOT NULL,
    certificate BYTEA NOT NULL
);
CREATE INDEX seals_department ON seals (department);

CREATE TABLE seal_states (
    es_id   TEXT PRIMARY KEY REFERENCES seals (es_id),
    state   TEXT NOT NULL,
    changed BIGINT NOT NULL,
    reason  TEXT NOT NULL,
    mac     BYTEA NOT NULL
);

-- The highest time at which anything was sealed.
CREATE TABLE clock (
    id   BIGINT PRIMARY KEY CHECK (id = 1),
    high BIGINT NOT NULL
);
INSERT INTO clock (id, high) VALUES (1, 0);

CREATE TABLE intents (
    seq             BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    stamp           TEXT NOT NULL UNIQUE,
    application     TEXT NOT NULL,
    idempotency_key TEXT NOT NULL,
    fingerprint     BYTEA NOT NULL,
    officer         TEXT NOT NULL,
    seal            TEXT NOT NULL,
    matter          TEXT NOT NULL,
    case_ref        TEXT NOT NULL,
    kind            TEXT NOT NULL,
    decision        TEXT NOT NULL,
    document        BYTEA NOT NULL,
    content_seen    BOOLEAN NOT NULL,
    grant_id        TEXT NOT NULL,
    created         BIGINT NOT NULL,
    began           BIGINT NOT NULL,
    lease_until     BIGINT NOT NULL,
    attempt         BIGINT NOT NULL,
    state           TEXT NOT NULL,
    failure         TEXT NOT NULL,
    UNIQUE (application, idempotency_key)
);
CREATE INDEX intents_running ON intents (lease_until) WHERE state = 'running';

-- Chains and revocation lists are the same for many stamps: each is kept once,
-- by its SM3 digest, and a set names the digests of a chain and of its lists.
CREATE TABLE evidence (
    digest  BYTEA PRIMARY KEY,
    content BYTEA NOT NULL
);

CREATE TABLE evidence_sets (
    id    BYTEA PRIMARY KEY,
    chain BYTEA NOT NULL,
    crls  BYTEA NOT NULL
);

CREATE TABLE stamps (
    seq           BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
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
    document      BYTEA NOT NULL,
    output        BYTEA,
    rendered      BYTEA,
    output_type   TEXT NOT NULL,
    level         TEXT NOT NULL,
    time          BIGINT NOT NULL,
    attempt       BIGINT NOT NULL,
    withdrawn     BIGINT NOT NULL,
    withdrawn_why TEXT NOT NULL,
    signature     BYTEA NOT NULL,
    answer        BYTEA,
    evidence      BYTEA REFERENCES evidence_sets (id)
);
CREATE INDEX stamps_code ON stamps (code) WHERE code <> '';
CREATE INDEX stamps_document ON stamps (document);
CREATE INDEX stamps_output ON stamps (output) WHERE output IS NOT NULL;
CREATE INDEX stamps_rendered ON stamps (rendered) WHERE rendered IS NOT NULL;
CREATE INDEX stamps_decision ON stamps (decision) WHERE decision IS NOT NULL;

CREATE TABLE decisions (
    seq           BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    id            TEXT NOT NULL UNIQUE,
    code          TEXT NOT NULL UNIQUE,
    number        TEXT NOT NULL,
    signed        BYTEA NOT NULL,
    file          BYTEA,
    pdf           BYTEA,
    revision      BIGINT NOT NULL,
    created       BIGINT NOT NULL,
    withdrawn     BIGINT NOT NULL,
    withdrawn_why TEXT NOT NULL
);

-- What supervision and the portal are told, written with the fact itself.
CREATE TABLE outbox (
    seq    BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    topic  TEXT NOT NULL,
    object TEXT NOT NULL,
    entry  BIGINT NOT NULL,
    time   BIGINT NOT NULL
);

-- +goose Down
-- There is no way back: a ledger is not unmade.
SELECT 1;
