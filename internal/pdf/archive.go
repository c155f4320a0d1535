// SPDX-License-Identifier: Apache-2.0

package pdf

import (
	"bytes"
	"fmt"
	"slices"
)

// MaxArchiveString is the longest string, in octets, of a file that claims
// PDF/A-1 to PDF/A-3. Contents of a signature is one, padding and all: veraPDF
// 1.24 finds longer ones against ISO 19005-2 6.1.13.
const MaxArchiveString = 32767

// Archive is the part of ISO 19005 that the document claims in its metadata,
// 0 for none. Whether the claim is true is not looked at.
func (d *Document) Archive() (part int, err error) {
	v := d.newest()
	c, err := v.catalog()
	if err != nil {
		return 0, err
	}
	return v.archivePartOf(c)
}

// archiveForm refuses a signature that would cost a file its claim: Contents
// that is too long, or that is no PKCS#7 (ISO 19005-2 6.4.3, as veraPDF 1.24
// enforces it).
func (d *Document) archiveForm(s Stamp) error {
	if slices.Contains(s.Allow, HazardPDFA) {
		return nil
	}
	part, err := d.Archive()
	if err != nil || part == 0 {
		return err
	}
	if part <= 3 && s.Reserve > MaxArchiveString {
		return &Refusal{ReasonActiveContent, fmt.Sprintf("%s: a signature of %d octets, and PDF/A-%d has no strings over %d", HazardPDFA, s.Reserve, part, MaxArchiveString)}
	}
	switch s.SubFilter {
	case "adbe.pkcs7.detached", "ETSI.CAdES.detached":
		return nil
	}
	return &Refusal{ReasonActiveContent, fmt.Sprintf("%s: a signature of the form %s, and PDF/A-%d takes PKCS#7 alone", HazardPDFA, s.SubFilter, part)}
}

// archivePartOf is the part of ISO 19005 that the document claims in its
// metadata (ISO 19005-1 6.7.11), as element or as attribute; 0 for none.
func (v view) archivePartOf(catalog Dict) (int, error) {
	packet, _, err := v.packet(catalog)
	if err != nil || packet == nil {
		return 0, err
	}
	return xmpPart(packet), nil
}

// packet is the catalog's XMP packet with the object that holds it; nil when
// there is none that can be read.
func (v view) packet(catalog Dict) ([]byte, Ref, error) {
	ref, _ := catalog["Metadata"].(Ref)
	o, err := v.resolve(catalog["Metadata"])
	if err != nil {
		return nil, ref, err
	}
	st, ok := o.(*Stream)
	if !ok {
		return nil, ref, nil
	}
	data, err := v.d.decode(st, maxMetadata, &v)
	if err != nil || bytes.Contains(data, []byte{0, '<', 0}) { // UTF-16
		return nil, ref, nil
	}
	return data, ref, nil
}

// archive reports what a seal would take from a PDF/A file: part 1 knows no
// transparency, which the seal's soft mask is; the later parts let red, green
// and blue be used only where the file says what they mean.
func (h *hazards) archive(catalog Dict) error {
	part, err := h.v.archivePartOf(catalog)
	if err != nil || part == 0 {
		return err
	}
	if part == 1 {
		h.add(HazardPDFA, "PDF/A-1 knows no transparency, and the seal has some")
		return nil
	}
	intents, err := h.v.array(catalog["OutputIntents"], "/OutputIntents")
	if err != nil {
		return err
	}
	for _, o := range intents {
		intent, err := h.v.dict(o, "an output intent")
		if err != nil {
			return err
		}
		profile, err := h.v.dict(intent["DestOutputProfile"], "/DestOutputProfile")
		if err != nil {
			return err
		}
		if profile["N"] == int64(3) {
			return nil
		}
	}
	h.add(HazardPDFA, "the file has no output intent for red, green and blue")
	return nil
}
