// SPDX-License-Identifier: Apache-2.0

package ca

import (
	"bytes"
	"context"
	"slices"

	"github.com/govseal/govseal/internal/cert"
)

// PrepareCross plans a certificate for another hierarchy's CA. It must be
// constrained: to permitted names, to a path length, to usages.
func (a *Authority) PrepareCross(ctx context.Context, actor, issuerID string, s CASpec, f Foreign) (*Act, error) {
	by, h, err := a.below(ctx, actor, issuerID, s)
	if err != nil {
		return nil, err
	}
	if h.subject, err = cert.ParseName(f.Subject); err != nil {
		return nil, &RequestError{"subject", err.Error()}
	}
	if again, err := h.subject.Marshal(); err != nil || !bytes.Equal(again, f.Subject) || len(h.subject) == 0 {
		return nil, &RequestError{"subject", "cannot be copied octet for octet"}
	}
	switch {
	case len(h.permitted) == 0:
		return nil, &RequestError{"permitted", "a cross-certificate must name the permitted subtrees"}
	case h.pathLen == nil:
		return nil, &RequestError{"path length", "a cross-certificate must bound it"}
	case h.usages == nil:
		return nil, &RequestError{"usages", "a cross-certificate must list them"}
	}
	if err := checkForms(h); err != nil {
		return nil, err
	}
	for _, is := range a.authorities() {
		if is.cert.Subject.Equal(h.subject) {
			return nil, &RequestError{"subject", "is the name of our own " + is.id + " CA"}
		}
	}
	if err := a.checkForeignKey(ctx, f.PublicKey); err != nil {
		return nil, err
	}
	act := &Act{a: a, actor: actor, acting: by, drafts: []*draft{{profile: recordCross, shape: h, public: f.PublicKey, keyID: f.KeyID}}}
	return act, act.rehearse()
}

// Foreign is another hierarchy's CA, as its certificate or request names it.
type Foreign struct {
	Subject   []byte // DER Name
	PublicKey []byte // DER SubjectPublicKeyInfo
	KeyID     []byte // subject key identifier of its certificate; nil means ours
}

// checkForms: a subtree bounds names of its own form only (RFC 5280 4.2.1.10),
// so a usage that lives by another form needs one of that form.
func checkForms(h *shape) error {
	for _, need := range []struct {
		usage string
		tag   int
		form  string
	}{{"serverAuth", cert.TagDNS, "dns"}, {"emailProtection", cert.TagEmail, "email"}} {
		u, err := parseExtendedUsage(need.usage)
		if err != nil {
			return err
		}
		passes := slices.ContainsFunc(h.usages, u.id(nil).Equal)
		bound := slices.ContainsFunc(h.permitted, func(g cert.GeneralName) bool { return g.Tag == need.tag })
		if passes && !bound {
			return &RequestError{"permitted", need.usage + " without a " + need.form + " subtree would be good for every host"}
		}
	}
	return nil
}
