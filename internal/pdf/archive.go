// SPDX-License-Identifier: Apache-2.0

package pdf

import (
	"bytes"
)

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
