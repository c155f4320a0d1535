// SPDX-License-Identifier: Apache-2.0

package inspect

import (
	"fmt"

	"github.com/govseal/govseal/internal/cert"
	"github.com/govseal/govseal/internal/ocsp"
)

func showOCSPRequest(der []byte, _ int) (*Node, error) {
	r, err := ocsp.ParseRequest(der)
	if err != nil {
		return nil, err
	}
	n := node("OCSP request", count(len(r.Items), "certificate"))
	for i := range r.Items {
		addCertID(n.group(fmt.Sprintf("certificate %d", i+1), ""), &r.Items[i].ID)
	}
	n.add("nonce", hexed(r.Nonce))
	n.add("signed", yes(r.Signature != nil))
	return n, nil
}

func addCertID(n *Node, id *ocsp.CertID) {
	n.add("serial", serial(id.Serial))
	n.add("digest", oidName(id.Hash.OID))
	n.add("issuer's name", hexed(id.NameHash))
	n.add("issuer's key", hexed(id.KeyHash))
}

func showOCSPResponse(der []byte, depth int) (*Node, error) {
	r, err := ocsp.ParseResponse(der)
	if err != nil {
		return nil, err
	}
	n := node("OCSP response", r.Status.String())
	if r.Basic == nil {
		if r.Type != nil {
			n.add("type", r.Type.String())
		}
		return n, nil
	}
	b := r.Basic
	n.add("responder", responder(b.Responder))
	n.add("produced at", when(b.ProducedAt))
	n.add("signature", oidName(b.SignatureAlgorithm.OID))
	n.add("nonce", hexed(b.Nonce))
	for i := range b.Singles {
		if i == maxShown {
			n.add("…", count(len(b.Singles)-i, "further answer"))
			break
		}
		addSingle(n, i, &b.Singles[i])
	}
	for _, c := range b.Certificates {
		n.object("", c, showCertificate, depth)
	}
	return n, nil
}

func addSingle(n *Node, i int, s *ocsp.Single) {
	one := n.group(fmt.Sprintf("answer %d", i+1), s.Status.String())
	addCertID(one, &s.ID)
	if s.Status == ocsp.Revoked {
		one.add("revoked at", when(s.RevokedAt))
		if s.Reason != nil {
			one.add("reason", reasonName(*s.Reason))
		}
		one.add("invalid since", when(s.Invalidity))
	}
	one.add("this update", when(s.ThisUpdate))
	one.add("next update", when(s.NextUpdate))
}

func responder(r ocsp.Responder) string {
	if r.Name == nil {
		return "key " + hexed(r.KeyHash)
	}
	name, err := cert.ParseName(r.Name)
	if err != nil {
		return hexed(r.Name)
	}
	return name.String()
}
