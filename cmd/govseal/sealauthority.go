// SPDX-License-Identifier: Apache-2.0

package main

import (
	"context"
	"time"

	"github.com/govseal/govseal/ca"
	"github.com/govseal/govseal/registry"
)

// sealAuthority shows the CA to the seal service as it needs it.
type sealAuthority struct {
	*ca.Authority
	config Config
}

// IssueSealCertificate certifies a seal's key for a department.
func (a sealAuthority) IssueSealCertificate(ctx context.Context, actor string, d registry.Department, esID, keyRef string, _ []byte, validity time.Duration) ([]byte, string, error) {
	c, err := a.Issue(ctx, ca.Request{
		Actor: actor, Profile: ca.ProfileSeal, KeyRef: keyRef, Department: d.ID, Validity: validity,
		Subject: ca.Subject{Organization: d.Name, CreditCode: d.CreditCode, SerialNumber: esID, Province: a.config.Province, Locality: a.config.Locality},
	})
	return c.DER, c.SerialHex, err
}
