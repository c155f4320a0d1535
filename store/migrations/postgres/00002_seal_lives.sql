-- +goose Up
-- The life of a seal: what it looks like, what came before and after it, every
-- step, drafts, and acts that wait for a second person. A seal_states row with
-- no steps, and a seals row with no design, are of before this migration; their
-- codes cover the older columns, and the newer ones must be empty.
ALTER TABLE seals ADD COLUMN design TEXT NOT NULL DEFAULT '';
ALTER TABLE seals ADD COLUMN predecessor TEXT NOT NULL DEFAULT '';

ALTER TABLE seal_states ADD COLUMN effective BIGINT NOT NULL DEFAULT 0;
ALTER TABLE seal_states ADD COLUMN successor TEXT NOT NULL DEFAULT '';
ALTER TABLE seal_states ADD COLUMN filing TEXT NOT NULL DEFAULT '';
ALTER TABLE seal_states ADD COLUMN steps BIGINT NOT NULL DEFAULT 0;

-- Every step of a seal or draft; how many there are is in seal_states.steps or
-- seal_drafts.steps, under their codes, so that none can be taken away.
CREATE TABLE seal_steps (
    es_id      TEXT NOT NULL,
    number     BIGINT NOT NULL,
    act        TEXT NOT NULL,
    from_state TEXT NOT NULL,
    to_state   TEXT NOT NULL,
    actor      TEXT NOT NULL,
    second     TEXT NOT NULL,
    approved   BYTEA,
    reason     TEXT NOT NULL,
    reference  TEXT NOT NULL,
    at         BIGINT NOT NULL,
    effective  BIGINT NOT NULL,
    mac        BYTEA NOT NULL,
    PRIMARY KEY (es_id, number)
);

CREATE TABLE seal_drafts (
    seq        BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    es_id      TEXT NOT NULL UNIQUE,
    department TEXT NOT NULL,
    state      TEXT NOT NULL,
    content    TEXT NOT NULL,
    picture    BYTEA NOT NULL,
    hands      TEXT NOT NULL,
    approver   TEXT NOT NULL,
    approved   BYTEA,
    changed    BIGINT NOT NULL,
    steps      BIGINT NOT NULL,
    mac        BYTEA NOT NULL
);
CREATE INDEX seal_drafts_open ON seal_drafts (department) WHERE state IN ('draft', 'awaiting', 'approved');

CREATE TABLE seal_proposals (
    es_id     TEXT PRIMARY KEY REFERENCES seals (es_id),
    act       TEXT NOT NULL,
    proposer  TEXT NOT NULL,
    reason    TEXT NOT NULL,
    reference TEXT NOT NULL,
    effective BIGINT NOT NULL,
    at        BIGINT NOT NULL,
    steps     BIGINT NOT NULL,
    mac       BYTEA NOT NULL
);

-- +goose Down
-- There is no way back: a history is not unmade.
SELECT 1;
