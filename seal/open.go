// SPDX-License-Identifier: Apache-2.0

package seal

import (
	"bytes"
	"crypto"
	"errors"
	"fmt"
	"image"
	"image/draw"
	"image/png"
	"sync"

	"github.com/govseal/govseal/internal/cert"
	"github.com/govseal/govseal/internal/gm"
	"github.com/govseal/govseal/internal/pdf"
	"github.com/govseal/govseal/internal/ses"
)

// openSeal is a seal whose DER and certificate were parsed and compared with
// each other. It never holds the seal's state: that comes from the store with
// every admission.
type openSeal struct {
	der     []byte
	seal    *ses.Seal
	cert    *cert.Certificate
	public  *gm.PublicKey
	picture func() (*pdf.Packed, error) // decoded and packed at first use
}

// Bounds of the cache: a seal costs about 20 kB, a decoded picture of 42 mm at
// 600 dpi 4 MB.
const (
	maxOpened   = 1024
	maxPictures = 16
	maxPixels   = 4096 // of a side
)

// openedSeals caches by the seal's own octets and its certificate, so that an
// entry can be out of use but never wrong.
type openedSeals struct {
	mu       sync.Mutex
	seals    map[string]*openSeal
	pictures map[string]*pdf.Packed
}

func newOpenedSeals() *openedSeals {
	return &openedSeals{seals: map[string]*openSeal{}, pictures: map[string]*pdf.Packed{}}
}

func (c *openedSeals) open(s Seal) (*openSeal, error) {
	key := s.ESID + "/" + s.CertSerial
	c.mu.Lock()
	o := c.seals[key]
	c.mu.Unlock()
	if o != nil && bytes.Equal(o.der, s.DER) && bytes.Equal(o.cert.Raw, s.Certificate) {
		return o, nil
	}
	o, err := parseSeal(s)
	if err != nil {
		return nil, err
	}
	o.picture = func() (*pdf.Packed, error) { return c.picture(key, o) }
	c.mu.Lock()
	defer c.mu.Unlock()
	makeRoom(c.seals, maxOpened)
	c.seals[key] = o
	delete(c.pictures, key)
	return o, nil
}

func (c *openedSeals) picture(key string, o *openSeal) (*pdf.Packed, error) {
	c.mu.Lock()
	packed := c.pictures[key]
	c.mu.Unlock()
	if packed != nil {
		return packed, nil
	}
	img, err := decodePicture(o.seal.Picture.Data)
	if err != nil {
		return nil, err
	}
	if packed, err = pdf.Pack(img); err != nil {
		return nil, fmt.Errorf("seal: pack seal picture: %w", err)
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	makeRoom(c.pictures, maxPictures)
	c.pictures[key] = packed
	return packed, nil
}

// makeRoom drops an arbitrary entry when the cache is full.
func makeRoom[V any](m map[string]V, limit int) {
	for k := range m {
		if len(m) < limit {
			return
		}
		delete(m, k)
	}
}

// parseSeal holds the record's parts to each other: number, certificate in the
// seal's list, an SM2 key.
func parseSeal(s Seal) (*openSeal, error) {
	parsed, err := ses.ParseSeal(s.DER)
	if err != nil {
		return nil, fmt.Errorf("seal: read seal %s: %w", s.ESID, err)
	}
	c, err := cert.Parse(s.Certificate)
	if err != nil {
		return nil, fmt.Errorf("seal: read the certificate of seal %s: %w", s.ESID, err)
	}
	public, ok := gm.AsPublicKey(c.PublicKey)
	switch {
	case !ok:
		return nil, fmt.Errorf("seal: the certificate of seal %s holds no SM2 key", s.ESID)
	case parsed.ESID != s.ESID:
		return nil, fmt.Errorf("seal: the record of seal %s holds another seal", s.ESID)
	case !parsed.HasCertificate(s.Certificate):
		return nil, fmt.Errorf("seal: seal %s does not list its own certificate", s.ESID)
	}
	return &openSeal{der: bytes.Clone(s.DER), seal: parsed, cert: c, public: public}, nil
}

// holds reports, as nil, that the signer's key is the certificate's. gm.Sign
// verifies each signature under the signer's key; with this it has been
// verified under the certificate's.
func holds(signer crypto.Signer, public *gm.PublicKey) error {
	if own, ok := gm.AsPublicKey(signer.Public()); !ok || !own.Equal(public) {
		return errors.New("seal: the key does not belong to the certificate")
	}
	return nil
}

// decodePicture decodes the seal's PNG to the samples that a PDF will show.
func decodePicture(octets []byte) (*image.NRGBA, error) {
	conf, err := png.DecodeConfig(bytes.NewReader(octets))
	if err != nil {
		return nil, fmt.Errorf("seal: read seal picture: %w", err)
	}
	if conf.Width > maxPixels || conf.Height > maxPixels {
		return nil, fmt.Errorf("seal: seal picture of %d x %d pixels is too large", conf.Width, conf.Height)
	}
	img, err := png.Decode(bytes.NewReader(octets))
	if err != nil {
		return nil, fmt.Errorf("seal: read seal picture: %w", err)
	}
	if n, ok := img.(*image.NRGBA); ok && n.Rect.Min == (image.Point{}) {
		return n, nil
	}
	n := image.NewNRGBA(image.Rect(0, 0, conf.Width, conf.Height))
	draw.Draw(n, n.Rect, img, img.Bounds().Min, draw.Src)
	return n, nil
}
