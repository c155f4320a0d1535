// SPDX-License-Identifier: Apache-2.0

package inspect

import (
	"bytes"
	"encoding/asn1"
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
	n.add("version", version(s.Version))
	header := n.group("header", "")
	header.add("version", fmt.Sprint(s.HeaderVersion))
	header.add("vendor", short(s.Vendor))
	n.add("number", short(s.ESID))
	property := n.group("property", "")
	property.add("type", fmt.Sprint(s.Type))
	property.add("name", short(s.Name))
	property.add("created", when(s.Created))
	property.add("valid from", when(s.ValidFrom))
	property.add("valid to", when(s.ValidTo))
	addCertList(property, s, depth)
	addPicture(n.group("picture", short(s.Picture.Type)), s.Picture)
	addSealExtensions(n, s.Extensions)
	n.object("maker", s.MakerCert, showCertificate, depth)
	addSignatureValue(n, s.SignAlg, s.Signature)
	n.object("time-stamp", s.TimeStamp, showCMS, depth)
	n.add("SM3 of the seal", sm3(s.Raw))
	addTolerated(n, s.Tolerated)
	return n, nil
}

// version names the standard behind a layout (facts/seal-formats.md 1).
func version(v int) string {
	standard := map[int]string{1: "GM/T 0031-2014", 4: "GB/T 38540-2020", 5: "GM/T 0031-2025"}[v]
	return fmt.Sprintf("%d, the layout of %s", v, standard)
}

// addCertList shows who may use the seal: certificates, or their digests.
func addCertList(n *Node, s *ses.Seal, depth int) {
	kind := "of certificates"
	if s.CertListType == 2 {
		kind = "of certificate digests"
	}
	list := n.group("list "+kind, count(len(s.Certs)+len(s.CertDigests), "entry"))
	for i, c := range s.Certs {
		if i == maxShown {
			list.add("…", count(len(s.Certs)-i, "further entry"))
			break
		}
		list.object("", c, showCertificate, depth)
	}
	for i, d := range s.CertDigests {
		if i == maxShown {
			list.add("…", count(len(s.CertDigests)-i, "further entry"))
			break
		}
		list.add("digest "+short(d.Type), hexed(d.Value))
	}
}

func addSealExtensions(n *Node, all []ses.ExtData) {
	for _, e := range all {
		name := "extension " + e.ID.String()
		if e.Critical {
			name += ", critical"
		}
		n.add(name, hexed(e.Value))
	}
}

func addSignatureValue(n *Node, alg asn1.ObjectIdentifier, value []byte) {
	n.add("signature", fmt.Sprintf("%s, %d octets", oidName(alg), len(value)))
}

// addPicture tells a picture's size on paper, its pixels and what they come to.
func addPicture(n *Node, p ses.Picture) {
	n.add("size on paper", fmt.Sprintf("%d × %d mm", p.Width, p.Height))
	n.add("octets", fmt.Sprint(len(p.Data)))
	c, form, err := image.DecodeConfig(bytes.NewReader(p.Data))
	switch {
	case err == nil:
		text := fmt.Sprintf("%d × %d, %s", c.Width, c.Height, form)
		if p.Width > 0 {
			text += fmt.Sprintf(", %.0f a millimetre", float64(c.Width)/float64(p.Width))
		}
		n.add("pixels", text)
	case bytes.HasPrefix(p.Data, []byte("PK\x03\x04")):
		n.add("content", "an OFD package")
	}
	n.add("SM3", sm3(p.Data))
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
	n.add("version", version(s.Version))
	n.add("time", when(s.Time)+" (claimed)")
	n.add("digest of the document", hexed(s.DataHash))
	n.add("signed property", short(s.PropertyInfo))
	addSealExtensions(n, s.Extensions)
	n.object("signer", s.Cert, showCertificate, depth)
	if s.Seal != nil {
		n.add("signer in seal's list", yes(s.Seal.HasCertificate(s.Cert)))
	}
	addSignatureValue(n, s.SignAlg, s.Signature)
	n.object("time-stamp", s.TimeStamp, showCMS, depth)
	if s.Seal != nil {
		n.object("seal", s.Seal.Raw, showSeal, depth)
	}
	addTolerated(n, s.Tolerated)
	return n, nil
}
