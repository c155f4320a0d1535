-- The rendered paper of a decision as OFD, beside the PDF.

-- +goose Up
ALTER TABLE stamps ADD COLUMN rendered_ofd BYTEA;
CREATE INDEX stamps_rendered_ofd ON stamps (rendered_ofd) WHERE rendered_ofd IS NOT NULL;
ALTER TABLE decisions ADD COLUMN ofd BYTEA;

-- +goose Down
-- There is no way back: a ledger is not unmade.
SELECT 1;
