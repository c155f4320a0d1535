// SPDX-License-Identifier: Apache-2.0

package ca

import (
	"encoding/asn1"

	"github.com/govseal/govseal/internal/cert"
	"github.com/govseal/govseal/internal/gm"
)

// extensions returns the profile's extensions for a key below an issuer, in
// the order in which they are written; a nil issuer makes the root.
func (p Profile) extensions(a *Authority, below *issuer, spki []byte, creditCode string) ([]cert.Extension, error) {
	keyID, err := cert.KeyID(spki)
	if err != nil {
		return nil, err
	}
	issuerKeyID := keyID // self-signed
	if below != nil {
		issuerKeyID = below.cert.SubjectKeyID
	}
	ext, err := p.purposes(a.arc)
	if err != nil {
		return nil, err
	}
	ext = append(ext, cert.ExtSubjectKeyID(keyID), cert.ExtAuthorityKeyID(issuerKeyID))
	if p.s.noCheck {
		ext = append(ext, cert.ExtOCSPNoCheck())
	}
	if len(p.s.policies) > 0 {
		ext = append(ext, cert.ExtPolicies(p.s.policies...))
	}
	if creditCode != "" {
		for _, id := range p.s.identity {
			ext = append(ext, cert.Extension{ID: id, Value: cert.ExtCreditCode(creditCode).Value})
		}
	}
	return append(ext, p.publication(a, below, spki)...), nil
}

// purposes says what the key may do.
func (p Profile) purposes(arc cert.Arc) ([]cert.Extension, error) {
	var ext []cert.Extension
	if p.s.ca {
		var limit *int
		if p.s.pathLen >= 0 {
			limit = &p.s.pathLen
		}
		ext = append(ext, cert.ExtBasicConstraints(true, limit))
	}
	// An end entity carries no basicConstraints: GmSSL refuses the empty
	// SEQUENCE that DER makes of cA FALSE (facts/ca-and-crypto.md 3.3).
	ext = append(ext, cert.ExtKeyUsage(p.s.usage))
	var ids []asn1.ObjectIdentifier
	for _, u := range p.s.extended {
		id := u.id(arc)
		if !u.office && (id.Equal(arc.SealMaker()) || id.Equal(arc.Ledger())) {
			return nil, &RequestError{"profile", p.s.name + " spells an office of this service by its number"}
		}
		ids = append(ids, id)
	}
	if len(ids) > 0 {
		ext = append(ext, cert.ExtExtKeyUsage(p.Office(), ids...))
	}
	return ext, nil
}

// publication says where the issuer's CRL, certificate and OCSP responder are
// found. The root certificate names none: nobody can revoke an anchor but
// whoever trusts it.
func (p Profile) publication(a *Authority, below *issuer, spki []byte) []cert.Extension {
	if a.url == "" || below == nil {
		return nil
	}
	var responders []string
	if below.signer != nil && !p.s.noCheck { // a key in a safe cannot delegate
		responders = []string{a.url + "/pki/ocsp"}
	}
	list := ListID{CA: below.id}
	if !p.s.ca {
		list.Shard = a.shardOf(below, gm.SM3(spki))
	}
	ext := []cert.Extension{cert.ExtCRLDistributionPoints(a.listURL(list))}
	if below.signer != nil && a.policyOf(below).Delta {
		list.Delta = true
		ext = append(ext, cert.ExtFreshestCRL(a.listURL(list)))
	}
	return append(ext, cert.ExtAuthorityInfoAccess(responders, []string{a.url + "/pki/" + below.id + ".crt"}))
}
