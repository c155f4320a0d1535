// SPDX-License-Identifier: Apache-2.0

package inspect

import (
	"fmt"
	"strings"

	"github.com/govseal/govseal/internal/cert"
)

func showCertificate(der []byte, _ int) (*Node, error) {
	c, err := cert.Parse(der)
	if err != nil {
		return nil, err
	}
	n := node("certificate", c.Subject.Get(cert.OIDCommonName))
	n.add("version", fmt.Sprint(c.Version))
	n.add("serial", serial(c.Serial))
	n.add("subject", c.Subject.String())
	n.add("issuer", c.Issuer.String())
	n.add("not before", when(c.NotBefore))
	n.add("not after", when(c.NotAfter))
	n.add("public key", keyKind(c.PublicKey))
	n.add("signature", oidName(c.SignatureAlgorithm.OID))
	n.add("credit code", c.CreditCode())
	n.add("SM3 of the certificate", sm3(c.Raw))
	n.add("SM3 of the public key info", sm3(c.RawSPKI))
	if len(c.Extensions) > 0 {
		addExtensions(n.group("extensions", ""), c)
	}
	addTolerated(n, c.Tolerated)
	return n, nil
}

func addExtensions(n *Node, c *cert.Certificate) {
	for i, e := range c.Extensions {
		if i == maxShown {
			n.add("…", count(len(c.Extensions)-i, "further extension"))
			return
		}
		name := oidName(e.ID)
		if e.Critical {
			name += ", critical"
		}
		n.Children = append(n.Children, node(name, extension(c, e)))
	}
}

func addTolerated(n *Node, all []string) {
	for _, t := range all {
		n.add("remark", t)
	}
}

// extension is the readable value of one extension of a certificate.
func extension(c *cert.Certificate, e cert.Extension) string {
	for _, bad := range c.Unreadable {
		if bad.Equal(e.ID) {
			return "unreadable: " + hexed(e.Value)
		}
	}
	switch {
	case e.ID.Equal(cert.OIDBasicConstraints) && c.BasicConstraints != nil:
		return basicConstraints(c.BasicConstraints)
	case e.ID.Equal(cert.OIDKeyUsage) && c.KeyUsage != nil:
		return usages(c.KeyUsage.Bits)
	case e.ID.Equal(cert.OIDExtKeyUsage):
		return oidList(c.ExtKeyUsage)
	case e.ID.Equal(cert.OIDSubjectKeyID):
		return hexed(c.SubjectKeyID)
	case e.ID.Equal(cert.OIDAuthorityKeyID) && c.AuthorityKeyID != nil:
		return hexed(c.AuthorityKeyID.KeyID)
	case e.ID.Equal(cert.OIDSubjectAltName):
		return generalNames(c.SubjectAltNames)
	case e.ID.Equal(cert.OIDCertificatePolicies) && c.Policies != nil:
		return oidList(c.Policies.OIDs)
	case e.ID.Equal(cert.OIDCRLDistributionPoints):
		return distributionPoints(c.CRLDistributionPoints)
	case e.ID.Equal(cert.OIDFreshestCRL):
		return distributionPoints(c.FreshestCRL)
	case e.ID.Equal(cert.OIDAuthorityInfoAccess):
		return access(c)
	case e.ID.Equal(cert.OIDNameConstraints) && c.NameConstraints != nil:
		return "permitted " + generalNames(c.NameConstraints.Permitted) + "; excluded " + generalNames(c.NameConstraints.Excluded)
	case e.ID.Equal(cert.OIDPolicyMappings):
		return mappings(c.PolicyMappings)
	case e.ID.Equal(cert.OIDPolicyConstraints) && c.PolicyConstraints != nil:
		return policyConstraints(c.PolicyConstraints)
	case e.ID.Equal(cert.OIDInhibitAnyPolicy) && c.InhibitAnyPolicy != nil:
		return fmt.Sprintf("after %d certificates", *c.InhibitAnyPolicy)
	case e.ID.Equal(cert.OIDOCSPNoCheck):
		return "yes"
	case e.ID.String() == "1.2.156.10260.4.1.4" && c.CreditCode() != "":
		return c.CreditCode()
	}
	return hexed(e.Value)
}

func mappings(all []cert.PolicyMapping) string {
	var out []string
	for i, m := range all {
		if i == maxShown {
			out = append(out, "…")
			break
		}
		out = append(out, oidName(m.IssuerDomain)+" as "+oidName(m.SubjectDomain))
	}
	return strings.Join(out, ", ")
}

func policyConstraints(p *cert.PolicyConstraints) string {
	var out []string
	if p.RequireExplicit != nil {
		out = append(out, fmt.Sprintf("a policy is required after %d certificates", *p.RequireExplicit))
	}
	if p.InhibitMapping != nil {
		out = append(out, fmt.Sprintf("no mapping after %d certificates", *p.InhibitMapping))
	}
	return strings.Join(out, ", ")
}

func basicConstraints(b *cert.BasicConstraints) string {
	if !b.CA {
		return "no CA"
	}
	if b.PathLen == nil {
		return "CA"
	}
	return fmt.Sprintf("CA, path length %d", *b.PathLen)
}

func distributionPoints(list []cert.DistributionPoint) string {
	var all []string
	for _, p := range list {
		text := generalNames(p.FullName)
		if p.CRLIssuer != nil {
			text += " from " + generalNames(p.CRLIssuer)
		}
		all = append(all, text)
		if len(all) == maxShown {
			break
		}
	}
	return strings.Join(all, "; ")
}

func access(c *cert.Certificate) string {
	var all []string
	for _, u := range c.OCSPServers {
		all = append(all, "OCSP "+short(u))
	}
	for _, u := range c.CAIssuers {
		all = append(all, "issuer "+short(u))
	}
	return strings.Join(all[:min(len(all), maxShown)], ", ")
}
