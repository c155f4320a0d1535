// SPDX-License-Identifier: Apache-2.0

package inspect

import (
	"fmt"
	"math/big"

	"github.com/govseal/govseal/internal/cert"
	"github.com/govseal/govseal/internal/cms"
	"github.com/govseal/govseal/internal/tsp"
)

func showCMS(der []byte, depth int) (*Node, error) {
	d, err := cms.Parse(der)
	if err != nil {
		return nil, err
	}
	n := node("CMS", oidName(d.ContentType))
	n.add("content type", oidName(d.EContentType))
	switch {
	case d.Detached:
		n.add("content", "detached")
	case d.EContentType.Equal(tsp.OIDTSTInfo):
		addTSTInfo(n, d.EContent)
	default:
		n.add("content", fmt.Sprintf("%d octets, SM3 %s", len(d.EContent), sm3(d.EContent)))
	}
	for i := range d.Signers {
		addSigner(n.group(fmt.Sprintf("signer %d", i+1), ""), &d.Signers[i], depth)
	}
	for i, c := range d.Certificates {
		if i == maxShown {
			break
		}
		n.object("", c, showCertificate, depth)
	}
	for _, c := range d.CRLs {
		n.object("", c, showCRL, depth)
	}
	addTolerated(n, d.Tolerated)
	return n, nil
}

func addSigner(n *Node, s *cms.SignerInfo, depth int) {
	if s.IssuerRaw != nil {
		if name, err := cert.ParseName(s.IssuerRaw); err == nil {
			n.add("issuer", name.String())
		}
		n.add("serial", serial(new(big.Int).SetBytes(s.Serial)))
	}
	n.add("key identifier", hexed(s.SubjectKeyID))
	n.add("digest", oidName(s.DigestAlgorithm.OID))
	n.add("signature", oidName(s.SignatureAlgorithm.OID))
	addCMSAttributes(n, "signed", s.Signed, depth)
	addCMSAttributes(n, "unsigned", s.Unsigned, depth)
}

func addCMSAttributes(n *Node, name string, all []cms.Attribute, depth int) {
	if len(all) == 0 {
		return
	}
	list := n.group(name+" attributes", "")
	for _, a := range all {
		for _, value := range a.Values {
			addAttributeValue(list, a, value, depth)
		}
	}
}

func addAttributeValue(list *Node, a cms.Attribute, value []byte, depth int) {
	name := oidName(a.Type)
	one := &cms.SignerInfo{Signed: []cms.Attribute{a}}
	switch {
	case a.Type.Equal(cms.OIDTimeStampToken):
		list.object(name, value, showCMS, depth)
	case a.Type.Equal(cms.OIDRevocationInfo):
		addRevocation(list, name, value, depth)
	case a.Type.Equal(cms.OIDSigningTime):
		at, _, err := one.SigningTime()
		if err != nil {
			list.add(name, "unreadable: "+err.Error())
			return
		}
		list.add(name, when(at)+" (claimed)")
	case a.Type.Equal(cms.OIDMessageDigest):
		digest, err := one.MessageDigest()
		if err != nil {
			list.add(name, "unreadable: "+err.Error())
			return
		}
		list.add(name, hexed(digest))
	case a.Type.Equal(cms.OIDContentType):
		id, err := one.ContentType()
		if err != nil {
			list.add(name, "unreadable: "+err.Error())
			return
		}
		list.add(name, oidName(id))
	default: // a seal under whatever arc, or something unknown
		if seal, err := showSeal(value, depth+1); err == nil && depth < maxDepth {
			seal.Name = name + ": " + seal.Name
			list.Children = append(list.Children, seal)
			return
		}
		list.add(name, hexed(value))
	}
}

func addRevocation(list *Node, name string, value []byte, depth int) {
	crls, ocsps, err := cms.ParseRevocationInfo(value)
	if err != nil {
		list.add(name, "unreadable: "+err.Error())
		return
	}
	group := list.group(name, "")
	for _, c := range crls {
		group.object("", c, showCRL, depth)
	}
	for _, o := range ocsps {
		group.object("", o, showOCSPResponse, depth)
	}
}
