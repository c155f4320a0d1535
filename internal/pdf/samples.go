// SPDX-License-Identifier: Apache-2.0

package pdf

import "image"

// samples reads an image of 8-bit RGB with an 8-bit soft mask of its size.
func (v view) samples(img *Stream) (*image.NRGBA, error) {
	if !only(img.Dict, "Type", "Subtype", "Width", "Height", "ColorSpace", "BitsPerComponent", "SMask", "Length", "Filter", "DecodeParms") {
		return nil, ErrNoImage
	}
	rgb, w, h, err := v.plane(img, "DeviceRGB", 3)
	if err != nil {
		return nil, err
	}
	mask, err := v.stream(img.Dict["SMask"])
	if err != nil {
		return nil, err
	}
	if !only(mask.Dict, "Type", "Subtype", "Width", "Height", "ColorSpace", "BitsPerComponent", "Length", "Filter", "DecodeParms") {
		return nil, ErrNoImage
	}
	alpha, mw, mh, err := v.plane(mask, "DeviceGray", 1)
	if err != nil {
		return nil, err
	}
	if mw != w || mh != h {
		return nil, ErrNoImage
	}
	m := image.NewNRGBA(image.Rect(0, 0, w, h))
	for i := range alpha {
		copy(m.Pix[4*i:], rgb[3*i:3*i+3])
		m.Pix[4*i+3] = alpha[i]
	}
	return m, nil
}

func (v view) plane(st *Stream, space Name, colours int64) (data []byte, w, h int, err error) {
	wide, ok1 := st.Dict["Width"].(int64)
	high, ok2 := st.Dict["Height"].(int64)
	if st.Dict["Subtype"] != Name("Image") || st.Dict["ColorSpace"] != space || st.Dict["BitsPerComponent"] != int64(8) ||
		!ok1 || !ok2 || wide < 1 || high < 1 || wide > maxPixels/high {
		return nil, 0, 0, ErrNoImage
	}
	if data, err = v.d.decode(st, wide*high*colours, &v); err != nil {
		return nil, 0, 0, err
	}
	if int64(len(data)) != wide*high*colours {
		return nil, 0, 0, ErrNoImage
	}
	return data, int(wide), int(high), nil
}
