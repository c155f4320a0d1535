// SPDX-License-Identifier: Apache-2.0

package cert

import (
	"encoding/asn1"
	"math/big"
	"slices"
	"time"

	"golang.org/x/crypto/cryptobyte"
	cbasn1 "golang.org/x/crypto/cryptobyte/asn1"
)

// parseEntries reads revokedCertificates. The entries are counted first, so
// that a list of 100,000 costs a handful of allocations.
func (c *CRL) parseEntries(d *decoder, s *cryptobyte.String) error {
	const field = "revokedCertificates"
	var list cryptobyte.String
	at := *s
	if !s.ReadASN1(&list, cbasn1.SEQUENCE) {
		return d.fail(at, field, "malformed")
	}
	n := 0
	for rest := list; !rest.Empty(); n++ {
		at := rest
		if n == MaxRevoked || !rest.SkipASN1(cbasn1.SEQUENCE) {
			return d.fail(at, field, "an entry is no SEQUENCE, or more than %d entries", MaxRevoked)
		}
	}
	if n == 0 {
		d.note("%s is an empty list", field)
	}
	c.Revoked = make([]Revoked, n)
	serials := make([]big.Int, n)
	slab := &extensionSlab{}
	var issuer []byte
	for i := range c.Revoked {
		r := &c.Revoked[i]
		r.Serial = &serials[i]
		if err := c.parseEntry(d, &list, r, slab); err != nil {
			return err
		}
		if r.Issuer != nil {
			issuer = r.Issuer
		}
		r.Issuer = issuer
	}
	return nil
}

func (c *CRL) parseEntry(d *decoder, list *cryptobyte.String, r *Revoked, slab *extensionSlab) error {
	var body cryptobyte.String
	list.ReadASN1(&body, cbasn1.SEQUENCE)
	if err := d.serial(&body, r.Serial, "userCertificate"); err != nil {
		return err
	}
	var err error
	if r.Date, err = d.time(&body, "revocationDate"); err != nil {
		return err
	}
	if body.Empty() {
		return nil
	}
	if c.Version == 1 {
		return d.fail(body, "crlEntryExtensions", "in a CRL of version 1")
	}
	if r.Extensions, err = d.entryExtensions(body, slab); err != nil {
		return err
	}
	for _, e := range r.Extensions {
		if err := c.readEntryExtension(d, r, e); err != nil {
			return err
		}
	}
	return nil
}

// extensionSlab hands out the extensions of many entries from few allocations.
type extensionSlab struct{ free []Extension }

func (a *extensionSlab) take(n int) []Extension {
	if n > len(a.free) {
		a.free = make([]Extension, max(n, 1024))
	}
	out := a.free[:n:n]
	a.free = a.free[n:]
	return out
}

// knownEntryIDs are shared by all entries instead of one copy each.
var knownEntryIDs = []asn1.ObjectIdentifier{OIDReasonCode, OIDInvalidityDate, OIDCertificateIssuer}

// The content octets of the identifiers above.
var knownEntryDER = [][]byte{{0x55, 0x1d, 21}, {0x55, 0x1d, 24}, {0x55, 0x1d, 29}}

// entryExtensions is extensions for the entries of a large list.
func (d *decoder) entryExtensions(s cryptobyte.String, slab *extensionSlab) ([]Extension, error) {
	const field = "crlEntryExtensions"
	body, err := d.sequence(s, field)
	if err != nil {
		return nil, err
	}
	n := 0
	for rest := body; !rest.Empty(); n++ {
		if n == maxExtensions || !rest.SkipASN1(cbasn1.SEQUENCE) {
			return nil, d.fail(body, field, "malformed, or more than %d", maxExtensions)
		}
	}
	list := slab.take(n)[:0]
	for !body.Empty() {
		at := body
		var one, id cryptobyte.String
		var e Extension
		body.ReadASN1(&one, cbasn1.SEQUENCE)
		whole := one
		if !one.ReadASN1(&id, cbasn1.OBJECT_IDENTIFIER) {
			return nil, d.fail(at, field, "malformed Extension")
		}
		if i := slices.IndexFunc(knownEntryDER, func(k []byte) bool { return string(k) == string(id) }); i >= 0 {
			e.ID = knownEntryIDs[i]
		} else if !whole.ReadASN1ObjectIdentifier(&e.ID) {
			return nil, d.fail(at, field, "malformed Extension")
		}
		if e.Critical, err = d.critical(&one, field+" critical"); err != nil {
			return nil, err
		}
		if !one.ReadASN1Bytes(&e.Value, cbasn1.OCTET_STRING) || !one.Empty() {
			return nil, d.fail(at, field, "malformed value of extension %s", e.ID)
		}
		if findExtension(list, e.ID) != nil {
			return nil, d.fail(at, field, "extension %s appears twice", e.ID)
		}
		list = append(list, e)
	}
	return list, nil
}

func (c *CRL) readEntryExtension(d *decoder, r *Revoked, e Extension) error {
	s := cryptobyte.String(e.Value)
	switch {
	case e.ID.Equal(OIDReasonCode):
		if !s.ReadASN1Enum(&r.Reason) || !s.Empty() || r.Reason < 0 || r.Reason > 10 || r.Reason == 7 {
			return d.fail(e.Value, "reasonCode", "not a CRLReason")
		}
	case e.ID.Equal(OIDInvalidityDate):
		t, err := d.generalizedTime(&s, "invalidityDate")
		if err != nil {
			return err
		}
		if !s.Empty() {
			return d.fail(s, "invalidityDate", "octets behind the end")
		}
		r.Invalidity = t
	case e.ID.Equal(OIDCertificateIssuer):
		return c.readCertificateIssuer(d, r, s)
	case e.Critical:
		c.addUnknown(e.ID)
	}
	return nil
}

func (c *CRL) readCertificateIssuer(d *decoder, r *Revoked, s cryptobyte.String) error {
	const field = "certificateIssuer"
	names, err := d.generalNames(&s, cbasn1.SEQUENCE, field)
	if err != nil {
		return err
	}
	for _, g := range names {
		if g.Tag == TagDirectoryName {
			r.Issuer = g.Value
			return nil
		}
	}
	return d.fail(s, field, "no directoryName")
}

// EffectiveDate is the moment from which the entry counts: the revocation
// date, or for a compromise the invalidity date when that is earlier
// (design.md section 6).
func (r *Revoked) EffectiveDate() time.Time {
	compromise := r.Reason == ReasonKeyCompromise || r.Reason == ReasonCACompromise || r.Reason == ReasonAACompromise
	if compromise && !r.Invalidity.IsZero() && r.Invalidity.Before(r.Date) {
		return r.Invalidity
	}
	return r.Date
}
