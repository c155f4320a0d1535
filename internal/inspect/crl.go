// SPDX-License-Identifier: Apache-2.0

package inspect

import (
	"fmt"
	"strings"

	"github.com/govseal/govseal/internal/cert"
)

func showCRL(der []byte, _ int) (*Node, error) {
	c, err := cert.ParseCRL(der)
	if err != nil {
		return nil, err
	}
	n := node("CRL", c.Issuer.Get(cert.OIDCommonName))
	n.add("issuer", c.Issuer.String())
	if c.Number != nil {
		n.add("number", c.Number.String())
	}
	if c.DeltaBase != nil {
		n.add("delta to", c.DeltaBase.String())
	}
	n.add("this update", when(c.ThisUpdate))
	n.add("next update", when(c.NextUpdate))
	n.add("signature", oidName(c.SignatureAlgorithm.OID))
	if c.AuthorityKeyID != nil {
		n.add("authority key", hexed(c.AuthorityKeyID.KeyID))
	}
	if c.IDP != nil {
		n.add("scope", scope(c.IDP))
	}
	n.add("SM3 of the list", sm3(c.Raw))
	entries := n.group("entries", fmt.Sprint(len(c.Revoked)))
	for i := range c.Revoked {
		if i == maxShown {
			entries.add("…", count(len(c.Revoked)-i, "further entry"))
			break
		}
		entries.add(serial(c.Revoked[i].Serial), entry(&c.Revoked[i]))
	}
	for _, id := range c.UnknownCritical {
		n.add("unknown critical extension", id.String())
	}
	addTolerated(n, c.Tolerated)
	return n, nil
}

func entry(r *cert.Revoked) string {
	text := when(r.Date) + ", " + reasonName(r.Reason)
	if !r.Invalidity.IsZero() {
		text += ", invalid since " + when(r.Invalidity)
	}
	if r.Issuer != nil {
		if name, err := cert.ParseName(r.Issuer); err == nil {
			text += ", of " + name.String()
		}
	}
	return text
}

func scope(p *cert.IssuingDistributionPoint) string {
	var all []string
	if p.FullName != nil {
		all = append(all, generalNames(p.FullName))
	}
	for _, f := range []struct {
		on   bool
		text string
	}{{p.OnlyUserCerts, "end entities only"}, {p.OnlyCACerts, "CAs only"}, {p.OnlyAttrCerts, "attribute certificates only"}, {p.Indirect, "indirect"}, {p.OnlySomeReasons != nil, "some reasons only"}} {
		if f.on {
			all = append(all, f.text)
		}
	}
	return strings.Join(all, ", ")
}
