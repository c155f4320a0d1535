// SPDX-License-Identifier: Apache-2.0

package ca

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/govseal/govseal/internal/cert"
	"github.com/govseal/govseal/internal/gm"
)

// PrepareRoot plans a root: a self-signed certificate and an empty list.
func (a *Authority) PrepareRoot(ctx context.Context, actor string, s CASpec) (*Act, error) {
	if err := a.checkNew(ctx, actor, s.ID); err != nil {
		return nil, err
	}
	if s.Usages == nil {
		s.Usages = []string{UsageAny}
	}
	h, err := a.shape(s)
	if err != nil {
		return nil, err
	}
	for _, is := range a.authorities() {
		if is.cert.Subject.Equal(h.subject) {
			return nil, &RequestError{"subject", "is the name of the " + is.id + " CA: a new key under the same name is a rollover"}
		}
	}
	return &Act{a: a, actor: actor, enters: &CA{ID: s.ID}, life: rootCRLLife,
		drafts: []*draft{{profile: ProfileRoot, shape: h, byNew: true}}}, nil
}

// PrepareSubordinate plans a CA below the issuer. With a public key from
// outside (DER SubjectPublicKeyInfo, possession proven) the CA is somebody
// else's: its certificate is recorded, and no authority entered. ownFile says
// that the new key will not be in our custody, so that its first list is made
// in the ceremony and lives long.
func (a *Authority) PrepareSubordinate(ctx context.Context, actor, issuerID string, s CASpec, public []byte, ownFile bool) (*Act, error) {
	by, h, err := a.below(ctx, actor, issuerID, s)
	if err != nil {
		return nil, err
	}
	act := &Act{a: a, actor: actor, acting: by, drafts: []*draft{{profile: ProfileSubordinate, shape: h, public: public}}}
	if s.ID == IssuingID {
		act.drafts[0].profile = ProfileIssuing
	}
	if public != nil {
		if err := a.checkForeignKey(ctx, public); err != nil {
			return nil, err
		}
		return act, act.rehearse()
	}
	act.enters, act.life = &CA{ID: s.ID, Parent: by.id}, issuingCRLLife
	if ownFile {
		act.life = rootCRLLife
	} else if err := checkResponder(h); err != nil {
		return nil, err
	}
	return act, act.rehearse()
}

// checkResponder: a CA that works here is asked for OCSP answers, and its
// responder bears the CA's own organization (makeResponder).
func checkResponder(h *shape) error {
	if h.usages != nil && !slices.ContainsFunc(h.usages, cert.OIDOCSPSigning.Equal) {
		return &RequestError{"usages", "a CA whose key is here needs OCSPSigning for its own OCSP responder"}
	}
	own, bound := responderSubject(h.subject).name(), false
	for _, g := range h.permitted {
		if g.Tag != cert.TagDirectoryName {
			continue
		}
		bound = true
		if base, err := cert.ParseName(g.Value); err == nil && own.HasPrefix(base) {
			return nil
		}
	}
	if bound {
		return &RequestError{"permitted", "leaves out the CA's own organization, whose name its OCSP responder bears: " + own.String()}
	}
	return nil
}

// Foreign is another hierarchy's CA, as its certificate or request names it.
type Foreign struct {
	Subject   []byte // DER Name
	PublicKey []byte // DER SubjectPublicKeyInfo
	KeyID     []byte // subject key identifier of its certificate; nil means ours
}

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

// PrepareRollover plans a new key for a root: the new self-signed certificate
// and the two self-issued ones that let whoever trusts one of the two roots
// verify below the other (RFC 4210 4.4.1). The old root goes on.
func (a *Authority) PrepareRollover(ctx context.Context, actor, oldID string, s CASpec) (*Act, error) {
	if err := a.checkNew(ctx, actor, s.ID); err != nil {
		return nil, err
	}
	old, err := a.authority(oldID)
	if err != nil {
		return nil, err
	}
	if old.parent != "" {
		return nil, &RequestError{"issuer", "the " + old.id + " CA is no root: make a subordinate CA with a new key instead"}
	}
	s.Subject, s.Usages = Subject{}, []string{UsageAny}
	h := &shape{subject: old.cert.Subject, spec: s}
	if err := a.fill(h); err != nil {
		return nil, err
	}
	h.inherit(old.cert)
	if !h.to.After(old.cert.NotAfter) {
		return nil, &RequestError{"validity", "the new root would end before the old one"}
	}
	newWithOld, oldWithNew := *h, *h
	newWithOld.to = old.cert.NotAfter
	oldWithNew.from, oldWithNew.to = old.cert.NotBefore, old.cert.NotAfter
	act := &Act{a: a, actor: actor, acting: old, enters: &CA{ID: s.ID}, life: rootCRLLife, drafts: []*draft{
		{profile: ProfileRoot, shape: h, byNew: true},
		{name: "new-with-old", profile: recordRollover, shape: &newWithOld},
		{name: "old-with-new", profile: recordRollover, shape: &oldWithNew, byNew: true, ofOld: true},
	}}
	return act, act.rehearse()
}

// inherit takes over every bound of the old root: a new key is no new right.
func (h *shape) inherit(old *cert.Certificate) {
	if old.BasicConstraints != nil {
		h.pathLen = old.BasicConstraints.PathLen
	}
	if nc := old.NameConstraints; nc != nil {
		h.permitted, h.excluded = nc.Permitted, nc.Excluded
	}
	h.usages = old.ExtKeyUsage
	if len(h.policies) == 0 && old.Policies != nil {
		h.policies = old.Policies.OIDs
	}
}

// Revocation of a CA's certificate in the list of the CA above it.
type Revocation struct {
	Serial     string
	Reason     string    // as RFC 5280 5.3.1 writes it
	Invalidity time.Time // zero when none
}

// PrepareCRL plans a new list of a CA whose key is brought for it, and the
// revocations of CAs that it announces.
func (a *Authority) PrepareCRL(ctx context.Context, actor, id string, life time.Duration, revoke []Revocation) (*Act, error) {
	if actor == "" {
		return nil, &RequestError{"actor", "is missing"}
	}
	is, err := a.authority(id)
	if err != nil {
		return nil, err
	}
	if life < day || life > 2*year {
		return nil, &RequestError{"crl", "lives between a day and two years"}
	}
	act := &Act{a: a, actor: actor, acting: is, life: life}
	for _, r := range revoke {
		c, err := a.revocation(ctx, is, r)
		if err != nil {
			return nil, err
		}
		act.revoke = append(act.revoke, c)
	}
	return act, nil
}

func (a *Authority) revocation(ctx context.Context, is *issuer, r Revocation) (change, error) {
	before, err := a.Show(ctx, r.Serial)
	if err != nil {
		return change{}, err
	}
	reason := -1
	for n, name := range reasonNames {
		if name == r.Reason && (revocable(n) || n == ReasonCACompromise) {
			reason = n
		}
	}
	switch {
	case reason < 0:
		return change{}, &RequestError{"reason", fmt.Sprintf("%.40q cannot be given to a CA", r.Reason)}
	case before.CA != is.id:
		return change{}, &RequestError{"serial", before.SerialHex + " was issued by the " + before.CA + " CA, not by " + is.id}
	case !isAuthority(before):
		return change{}, &RequestError{"serial", before.SerialHex + ` is no CA's certificate: "govseal ca revoke" ends it`}
	case before.Status != Good:
		return change{}, fmt.Errorf("%w: certificate %s is %s", ErrState, before.SerialHex, before.Status)
	case before.Profile == ProfileRoot:
		return change{}, fmt.Errorf("%w: nobody can revoke a root but whoever trusts it", ErrState)
	}
	after, err := a.revoked(before, reason, r.Invalidity)
	return change{before, after}, err
}

// below checks what every CA below another has to satisfy.
func (a *Authority) below(ctx context.Context, actor, issuerID string, s CASpec) (*issuer, *shape, error) {
	by, err := a.authority(issuerID)
	if err != nil {
		return nil, nil, err
	}
	if err := a.checkNew(ctx, actor, s.ID); err != nil {
		return nil, nil, err
	}
	if err := a.checkStanding(ctx, by); err != nil {
		return nil, nil, err
	}
	var h *shape
	if s.Subject == (Subject{}) { // a cross-certificate's comes from outside
		h = &shape{spec: s}
		err = a.fill(h)
	} else if h, err = a.shape(s); err == nil {
		for _, is := range a.authorities() {
			if is.cert.Subject.Equal(h.subject) {
				return nil, nil, &RequestError{"subject", "is the name of the " + is.id + " CA already"}
			}
		}
	}
	if err != nil {
		return nil, nil, err
	}
	if s.NotBefore.IsZero() && h.from.Before(by.cert.NotBefore) {
		h.from = by.cert.NotBefore
	}
	if h.from.Before(by.cert.NotBefore) || h.to.After(by.cert.NotAfter) {
		return nil, nil, &RequestError{"validity", fmt.Sprintf("%s to %s is not within that of the %s CA above it, %s to %s", h.from.Format(time.DateOnly),
			h.to.Format(time.DateOnly), by.id, by.cert.NotBefore.Format(time.DateOnly), by.cert.NotAfter.Format(time.DateOnly))}
	}
	return by, h, checkPathLength(h, by)
}

// checkPathLength says in the ceremony's words what a verifier would say
// later; those further above are looked at by rehearse.
func checkPathLength(h *shape, by *issuer) error {
	bc := by.cert.BasicConstraints
	switch {
	case bc == nil || bc.PathLen == nil:
		return nil
	case *bc.PathLen == 0:
		return &RequestError{"issuer", "the " + by.id + " CA has path length 0: no CA can stand below it"}
	case h.pathLen == nil || *h.pathLen >= *bc.PathLen:
		return &RequestError{"path length", fmt.Sprintf("must be less than the %d of the %s CA above it", *bc.PathLen, by.id)}
	}
	return nil
}

// checkNew refuses an authority that exists.
func (a *Authority) checkNew(_ context.Context, actor, id string) error {
	if actor == "" {
		return &RequestError{"actor", "is missing"}
	}
	if err := checkID(id); err != nil {
		return err
	}
	if _, err := a.authority(id); err == nil {
		return fmt.Errorf("%w: there is a CA %q already", ErrState, id)
	} else if !errors.Is(err, ErrNotFound) {
		return err
	}
	return nil
}

// checkOwnKey refuses a key that a CA of ours has.
func (a *Authority) checkOwnKey(spki []byte) error {
	for _, is := range a.authorities() {
		if bytes.Equal(spki, is.cert.RawSPKI) {
			return &RequestError{"key", "is that of the " + is.id + " CA"}
		}
	}
	return nil
}

// checkForeignKey refuses a key that is not SM2, is ours, or was compromised.
func (a *Authority) checkForeignKey(ctx context.Context, spki []byte) error {
	if _, err := gm.ParsePublicKey(spki); err != nil {
		return &RequestError{"key", "is not an SM2 key: " + err.Error()}
	}
	if err := a.checkOwnKey(spki); err != nil {
		return err
	}
	known, err := a.store.CertificatesByKey(ctx, gm.SM3(spki))
	if err != nil {
		return fmt.Errorf("ca: look for the key's certificates: %w", err)
	}
	for _, c := range known {
		if c.DER != nil && !isAuthority(c) {
			return &RequestError{"key", "has the certificate " + c.SerialHex + " of profile " + c.Profile + " already"}
		}
	}
	return a.checkCompromised(ctx, spki)
}

// rehearse judges the certificates below known CAs with a key that is thrown
// away, so that an act which cannot be performed is refused before anybody
// opens a safe.
func (act *Act) rehearse() error {
	key, err := gm.GenerateKey()
	if err != nil {
		return err
	}
	for _, d := range act.drafts {
		if d.byNew {
			continue
		}
		if _, err := act.plan(d, act.acting, ActKeys{New: key}); err != nil {
			return err
		}
	}
	return nil
}
