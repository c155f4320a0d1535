// SPDX-License-Identifier: Apache-2.0

package chain

import (
	"bytes"
	"slices"

	"github.com/govseal/govseal/internal/cert"
)

// distributionPoint is where and from whom a certificate's status is to be
// had, with names made absolute.
type distributionPoint struct {
	names     []subtree // distributionPoint; empty when absent
	crlIssuer []subtree // cRLIssuer; empty when absent
	reasons   uint16
}

// points are the certificate's own distribution points, and at last the
// implied one: any list of its issuer (RFC 5280 6.3.3, last paragraph).
func (j *judgement) points() []distributionPoint {
	var list []distributionPoint
	for _, p := range j.subject.CRLDistributionPoints {
		d := distributionPoint{crlIssuer: subtrees(p.CRLIssuer), reasons: allReasons}
		if p.Reasons != nil {
			d.reasons &= *p.Reasons
		}
		base := j.subject.Issuer
		if i := slices.IndexFunc(d.crlIssuer, isDirectory); i >= 0 {
			base = d.crlIssuer[i].name
		}
		d.names = pointNames(p.FullName, p.RelativeName, base)
		list = append(list, d)
	}
	return append(list, distributionPoint{
		names:   []subtree{{GeneralName: cert.NewDirectoryName(j.subject.RawIssuer), name: j.subject.Issuer}},
		reasons: allReasons,
	})
}

func isDirectory(s subtree) bool { return s.Tag == cert.TagDirectoryName }

// pointNames resolves a DistributionPointName; a relative name is completed
// with base.
func pointNames(full []cert.GeneralName, relative []byte, base cert.Name) []subtree {
	if relative == nil {
		return subtrees(full)
	}
	rdn, err := cert.ParseRDN(relative)
	if err != nil {
		return nil
	}
	name := append(base[:len(base):len(base)], rdn)
	return []subtree{{GeneralName: cert.GeneralName{Tag: cert.TagDirectoryName}, name: name}}
}

// inScope is RFC 5280 6.3.3 b: the list comes from whom the point says, and
// the certificate is of the kind that the list is about.
func (j *judgement) inScope(p distributionPoint, crl *cert.CRL) bool {
	idp := crl.IDP
	if len(p.crlIssuer) > 0 {
		fromIssuer := slices.ContainsFunc(p.crlIssuer, func(s subtree) bool { return isDirectory(s) && s.name.Equal(crl.Issuer) })
		if !fromIssuer || idp == nil || !idp.Indirect {
			return false
		}
	} else if !crl.Issuer.Equal(j.subject.Issuer) {
		return false
	}
	if idp == nil {
		return true
	}
	isCA := j.subject.BasicConstraints != nil && j.subject.BasicConstraints.CA
	if idp.OnlyAttrCerts || (idp.OnlyUserCerts && isCA) || (idp.OnlyCACerts && !isCA) {
		return false
	}
	if idp.FullName == nil && idp.RelativeName == nil {
		return true
	}
	ours := p.names
	if len(ours) == 0 {
		ours = p.crlIssuer
	}
	return j.v.anyShared(pointNames(idp.FullName, idp.RelativeName, crl.Issuer), ours)
}

// crlReasons are the reasons a list is about.
func crlReasons(crl *cert.CRL) uint16 {
	if crl.IDP == nil || crl.IDP.OnlySomeReasons == nil {
		return allReasons
	}
	return allReasons & *crl.IDP.OnlySomeReasons
}

// anyShared reports whether two lists have a name in common.
func (v *validator) anyShared(a, b []subtree) bool {
	for _, x := range a {
		for _, y := range b {
			if !v.work.compare() {
				return false
			}
			switch {
			case x.Tag != y.Tag:
			case isDirectory(x):
				if x.name.Equal(y.name) {
					return true
				}
			case bytes.Equal(x.Value, y.Value):
				return true
			}
		}
	}
	return false
}
