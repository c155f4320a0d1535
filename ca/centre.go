// SPDX-License-Identifier: Apache-2.0

package ca

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/govseal/govseal/internal/escrow"
	"github.com/govseal/govseal/internal/gm"
)

// ErrCentre means that there is no key centre, or that its record is not what
// the authority signed.
var ErrCentre = errors.New("ca: no key centre that can be trusted")

// labelCentre keeps a charter's signature apart from every other.
const labelCentre = "govseal/ca/centre/v1\x00"

// Centre is a key centre: the role that makes and escrows encryption keys.
type Centre struct {
	ID        string
	City      string
	Officers  []string // N recovery officers
	Threshold int      // M of them recover a key
	Created   time.Time
}

// RecoveryOfficer is a person who will hold a share, and the passphrase that
// the person chose for it.
type RecoveryOfficer struct {
	Name       string
	Passphrase []byte
}

// CreateCentre makes a key centre. Its private key is split among the officers
// and forgotten; keep must make the share files, PEM in the officers' order,
// durable before it returns, since there is no second chance. Keys are escrowed
// to the newest centre from then on; what an older one holds stays with its
// officers.
func (a *Authority) CreateCentre(ctx context.Context, actor string, officers []RecoveryOfficer, threshold int, keep func(shares [][]byte) error) (Centre, error) {
	if actor == "" {
		return Centre{}, &RequestError{"actor", "is missing"}
	}
	is := a.must(IssuingID)
	if err := a.checkIssuing(ctx, is); err != nil {
		return Centre{}, err
	}
	secrets := make([]escrow.Secret, len(officers))
	for i, o := range officers {
		secrets[i] = escrow.Secret{Officer: o.Name, Passphrase: o.Passphrase}
	}
	charter, shares, err := escrow.Create(a.city(), secrets, threshold, a.now())
	if err != nil {
		return Centre{}, &RequestError{"key centre", err.Error()}
	}
	record, err := is.sign(charter)
	if err != nil {
		return Centre{}, err
	}
	if err := keep(shares); err != nil {
		return Centre{}, fmt.Errorf("ca: keep the recovery shares: %w", err)
	}
	if err := a.store.RecordCentre(ctx, record, centreMade(actor, charter, record, a.now())); err != nil {
		return Centre{}, fmt.Errorf("ca: record the key centre: %w", err)
	}
	return viewCentre(charter), nil
}

// city is how share files name whose centre they belong to: the root's name.
func (a *Authority) city() string {
	text := []rune(a.must(RootID).cert.Subject.String())
	return string(text[:min(len(text), 40)])
}

// sign has the CA sign a charter.
func (i *issuer) sign(charter *escrow.Charter) (CentreRecord, error) {
	der, err := charter.Marshal()
	if err != nil {
		return CentreRecord{}, err
	}
	sig, err := gm.SignMessage(i.signer, append([]byte(labelCentre), der...))
	if err != nil {
		return CentreRecord{}, fmt.Errorf("ca: sign the key centre's charter: %w", err)
	}
	return CentreRecord{ID: charter.ID(), CA: i.id, Charter: der, Signature: sig, Created: charter.Created}, nil
}

// charter returns a recorded centre's charter once its signature is verified:
// keys must not be escrowed to a key that somebody wrote into the database.
func (a *Authority) charter(r CentreRecord) (*escrow.Charter, error) {
	is, err := a.authority(r.CA)
	if err != nil {
		return nil, fmt.Errorf("%w: the signer of the record: %w", ErrCentre, err)
	}
	pub, ok := gm.AsPublicKey(is.cert.PublicKey)
	if !ok || !gm.VerifyMessage(pub, append([]byte(labelCentre), r.Charter...), r.Signature) {
		return nil, fmt.Errorf("%w: the record of centre %.16s is not what the %s CA signed", ErrCentre, r.ID, is.id)
	}
	c, err := escrow.ParseCharter(r.Charter)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrCentre, err)
	}
	if c.ID() != r.ID {
		return nil, fmt.Errorf("%w: the record of centre %.16s holds another's charter", ErrCentre, r.ID)
	}
	return c, nil
}

// currentCharter is the charter of the newest centre. The time in the charter
// decides, which is signed, not the order of rows.
func (a *Authority) currentCharter(ctx context.Context) (newest *escrow.Charter, err error) {
	all, err := a.charters(ctx)
	for _, c := range all {
		if newest == nil || c.Created.After(newest.Created) {
			newest = c
		}
	}
	if err == nil && newest == nil {
		err = fmt.Errorf("%w: make one with \"govseal ca centre create\"", ErrCentre)
	}
	return newest, err
}

// charters returns every centre's charter, newest rows first.
func (a *Authority) charters(ctx context.Context) ([]*escrow.Charter, error) {
	records, err := a.store.Centres(ctx)
	if err != nil {
		return nil, fmt.Errorf("ca: read the key centres: %w", err)
	}
	all := make([]*escrow.Charter, len(records))
	for i, r := range records {
		if all[i], err = a.charter(r); err != nil {
			return nil, err
		}
	}
	return all, nil
}

// Centres lists the key centres, newest first.
func (a *Authority) Centres(ctx context.Context) ([]Centre, error) {
	charters, err := a.charters(ctx)
	if err != nil {
		return nil, err
	}
	all := make([]Centre, len(charters))
	for i, c := range charters {
		all[i] = viewCentre(c)
	}
	return all, nil
}

func viewCentre(c *escrow.Charter) Centre {
	return Centre{ID: c.ID(), City: c.City, Officers: c.Officers, Threshold: c.Threshold, Created: c.Created}
}

// RecoveryShare is a recovery officer's file with the passphrase that the
// officer entered.
type RecoveryShare struct {
	File       []byte // PEM
	Passphrase []byte
}

// ShareLabel is what a share file tells without its passphrase. It is believed
// only when the share opens.
type ShareLabel struct {
	City, Centre, Officer   string
	Index, Threshold, Total int
}

// ReadShare says whose share a file is, so that the right person is asked.
func ReadShare(file []byte) (ShareLabel, error) {
	s, err := escrow.ParseShare(bytes.TrimSpace(file))
	if err != nil {
		return ShareLabel{}, &RequestError{"share", err.Error()}
	}
	return ShareLabel{s.City, s.CentreID(), s.Officer, s.Index, s.Threshold, s.Total}, nil
}
