-- SPDX-License-Identifier: Apache-2.0
-- Compromised keys are blocked for ever: each issue asks, of however many
-- certificates.

-- +goose Up
CREATE INDEX certificates_blocked ON certificates (key_digest) WHERE status = 'revoked' AND reason IN (1, 2);

-- +goose Down
-- There is no way back: a ledger is not unmade.
SELECT 1;
