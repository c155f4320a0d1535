// SPDX-License-Identifier: Apache-2.0

package main

import (
	"encoding/hex"
	"encoding/pem"
	"time"

	"github.com/govseal/govseal/ca"
	"github.com/govseal/govseal/internal/gm"
)

// fingerprint is the SM3 digest of an object's DER, in hexadecimal.
type fingerprint string

func fingerprintOf(der []byte) fingerprint {
	d := gm.SM3(der)
	return fingerprint(hex.EncodeToString(d[:]))
}

// certificateView is a certificate in JSON output.
type certificateView struct {
	Serial     string      `json:"serial"`
	CA         string      `json:"ca"`
	Shard      int         `json:"shard,omitempty"` // of the CA's lists
	Profile    string      `json:"profile"`
	Subject    string      `json:"subject"`
	Department string      `json:"department,omitempty"`
	Officer    string      `json:"officer,omitempty"`
	NotBefore  time.Time   `json:"notBefore"`
	NotAfter   time.Time   `json:"notAfter"`
	Status     ca.Status   `json:"status"`
	Since      *time.Time  `json:"since,omitempty"`
	Reason     string      `json:"reason,omitempty"`
	Invalidity *time.Time  `json:"invalidity,omitempty"`
	Replaces   string      `json:"replaces,omitempty"`
	SM3        fingerprint `json:"sm3,omitempty"`
	PEM        string      `json:"pem,omitempty"`
}

func viewCertificate(c ca.Certificate) certificateView {
	v := certificateView{Serial: c.SerialHex, CA: c.CA, Shard: c.Shard, Profile: c.Profile, Subject: c.Subject, Department: c.Department, Officer: c.Officer,
		Replaces: c.Replaces, NotBefore: c.NotBefore.UTC(), NotAfter: c.NotAfter.UTC(), Status: c.Status, Since: jsonTime(c.RevokedAt), Invalidity: jsonTime(c.Invalidity)}
	if c.Status == ca.Hold || c.Status == ca.Revoked {
		v.Reason = ca.ReasonName(c.Reason)
	}
	if c.DER != nil {
		v.SM3, v.PEM = fingerprintOf(c.DER), string(certificatePEM(c.DER))
	}
	return v
}

func (p *program) printCertificates(all []ca.Certificate) error {
	views, rows := make([]certificateView, len(all)), make([][]string, len(all))
	for i, c := range all {
		views[i] = viewCertificate(c)
		rows[i] = []string{c.SerialHex, c.Profile, string(c.Status), date(c.NotAfter), c.Subject}
	}
	return p.print(views, []string{"SERIAL", "PROFILE", "STATUS", "UNTIL", "SUBJECT"}, rows)
}

func (p *program) showCertificate(c ca.Certificate) error {
	v := viewCertificate(c)
	return p.printFields(v, []field{
		{"serial", v.Serial}, {"profile", v.Profile}, {"issued by", v.CA}, {"subject", v.Subject},
		{"department", v.Department}, {"officer", v.Officer},
		{"valid", when(c.NotBefore) + " to " + when(c.NotAfter)},
		{"status", string(v.Status)}, {"since", when(c.RevokedAt)}, {"reason", v.Reason}, {"invalid since", when(c.Invalidity)},
		{"replaces", v.Replaces}, {"SM3", string(v.SM3)},
	})
}

// crlView is a CRL in JSON output.
type crlView struct {
	Number     int64     `json:"number"`
	ThisUpdate time.Time `json:"thisUpdate"`
	NextUpdate time.Time `json:"nextUpdate"`
}

func viewCRL(c ca.CRL) crlView { return crlView{c.Number, c.ThisUpdate.UTC(), c.NextUpdate.UTC()} }

// handCertificate shows a new certificate, and writes it to a file where one
// was named.
func (p *program) handCertificate(made ca.Certificate, out string) error {
	if out != "" {
		if err := p.write(out, certificatePEM(made.DER), false); err != nil {
			return err
		}
	}
	return p.showCertificate(made)
}

func certificatePEM(der []byte) []byte {
	return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})
}
