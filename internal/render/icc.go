// SPDX-License-Identifier: Apache-2.0

package render

import "math"

// sRGB returns an ICC profile (version 2.1) of the sRGB colour space: what
// the red on paper means, for screens and printers.
func sRGB() []byte {
	curve := toneCurve()
	tags := []struct {
		name string
		data []byte
	}{
		{"desc", iccDescription("sRGB")},
		{"cprt", append([]byte("text\x00\x00\x00\x00"), "Public domain\x00"...)},
		{"wtpt", iccXYZ(0.9642, 1, 0.8249)}, // D50
		// The primaries of IEC 61966-2-1, adapted to D50 (Bradford).
		{"rXYZ", iccXYZ(0.43607, 0.22249, 0.01392)},
		{"gXYZ", iccXYZ(0.38515, 0.71687, 0.09708)},
		{"bXYZ", iccXYZ(0.14307, 0.06061, 0.71410)},
		{"rTRC", curve}, {"gTRC", curve}, {"bTRC", curve},
	}
	at := 128 + 4 + 12*len(tags)
	table := be.AppendUint32(nil, uint32(len(tags)))
	var body []byte
	curveAt := 0
	for _, tag := range tags {
		from := at + len(body)
		if tag.name == "gTRC" || tag.name == "bTRC" {
			from = curveAt // shared
		} else {
			body = append(body, tag.data...)
			for len(body)%4 != 0 {
				body = append(body, 0)
			}
		}
		if tag.name == "rTRC" {
			curveAt = from
		}
		table = append(table, tag.name...)
		table = be.AppendUint32(table, uint32(from))
		table = be.AppendUint32(table, uint32(len(tag.data)))
	}
	return append(append(iccHeader(at+len(body)), table...), body...)
}

func iccHeader(size int) []byte {
	h := make([]byte, 128)
	be.PutUint32(h, uint32(size))
	be.PutUint32(h[8:], 0x02100000) // version 2.1
	copy(h[12:], "mntrRGB XYZ ")
	for i, v := range []uint16{2026, 1, 1} { // of the profile, fixed
		be.PutUint16(h[24+2*i:], v)
	}
	copy(h[36:], "acsp")
	copy(h[68:], iccXYZ(0.9642, 1, 0.8249)[8:])
	return h
}

// iccXYZ is an XYZType: numbers of 16 bits before and after the point.
func iccXYZ(x, y, z float64) []byte {
	out := []byte("XYZ \x00\x00\x00\x00")
	for _, v := range []float64{x, y, z} {
		out = be.AppendUint32(out, uint32(math.Round(v*65536)))
	}
	return out
}

// toneCurve samples the transfer function of IEC 61966-2-1.
func toneCurve() []byte {
	const samples = 1024
	out := be.AppendUint32([]byte("curv\x00\x00\x00\x00"), samples)
	for i := range samples {
		v := float64(i) / (samples - 1)
		if v <= 0.04045 {
			v /= 12.92
		} else {
			v = math.Pow((v+0.055)/1.055, 2.4)
		}
		out = be.AppendUint16(out, uint16(math.Round(v*65535)))
	}
	return out
}

// iccDescription is a textDescriptionType with empty Unicode and script parts.
func iccDescription(s string) []byte {
	out := be.AppendUint32([]byte("desc\x00\x00\x00\x00"), uint32(len(s)+1))
	out = append(append(out, s...), 0)
	return append(out, make([]byte, 4+4+2+1+67)...)
}
