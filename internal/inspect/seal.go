// SPDX-License-Identifier: Apache-2.0

package inspect

import (
	"bytes"
	"fmt"
	"image"
	_ "image/gif" // picture sizes
	_ "image/png"

	"github.com/govseal/govseal/internal/ses"
)

func showSeal(der []byte, depth int) (*Node, error) {
	s, err := ses.ParseSeal(der)
	if err != nil {
		return nil, err
	}
	n := node("seal", short(s.Name))
	n.add("version", fmt.Sprintf("%d (header says %d)", s.Version, s.HeaderVersion))
	n.add("number", short(s.ESID))
	n.add("vendor", short(s.Vendor))
	n.add("type", fmt.Sprint(s.Type))
	n.add("created", when(s.Created))
	n.add("valid from", when(s.ValidFrom))
	n.add("valid to", when(s.ValidTo))
	n.add("picture", picture(s.Picture))
	n.add("signature", oidName(s.SignAlg))
	n.add("SM3 of the seal", sm3(s.Raw))
	n.object("maker", s.MakerCert, showCertificate, depth)
	signers := n.group("signers it names", count(len(s.Certs)+len(s.CertDigests), "entry"))
	for i, c := range s.Certs {
		if i == maxShown {
			break
		}
		signers.object("", c, showCertificate, depth)
	}
	for _, d := range s.CertDigests {
		signers.add("digest "+short(d.Type), hexed(d.Value))
	}
	for _, e := range s.Extensions {
		n.add("extension "+e.ID.String(), hexed(e.Value))
	}
	n.object("time-stamp", s.TimeStamp, showCMS, depth)
	addTolerated(n, s.Tolerated)
	return n, nil
}

func picture(p ses.Picture) string {
	text := fmt.Sprintf("%s, %d × %d mm, %d octets", short(p.Type), p.Width, p.Height, len(p.Data))
	if c, _, err := image.DecodeConfig(bytes.NewReader(p.Data)); err == nil {
		text += fmt.Sprintf(", %d × %d pixels", c.Width, c.Height)
	}
	return text
}

func showSealSignature(der []byte, depth int) (*Node, error) {
	s, err := ses.ParseSignature(der)
	if err != nil {
		return nil, err
	}
	n := node("seal signature", "")
	if s.Seal != nil {
		n.Value = short(s.Seal.Name)
	}
	n.add("version", fmt.Sprint(s.Version))
	n.add("time", when(s.Time)+" (claimed)")
	n.add("digest of the document", hexed(s.DataHash))
	n.add("property", short(s.PropertyInfo))
	n.add("signature", oidName(s.SignAlg))
	n.object("signer", s.Cert, showCertificate, depth)
	if s.Seal != nil {
		n.object("seal", s.Seal.Raw, showSeal, depth)
	}
	for _, e := range s.Extensions {
		n.add("extension "+e.ID.String(), hexed(e.Value))
	}
	n.object("time-stamp", s.TimeStamp, showCMS, depth)
	addTolerated(n, s.Tolerated)
	return n, nil
}
