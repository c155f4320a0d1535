// SPDX-License-Identifier: Apache-2.0

package seal

import (
	"bytes"
	"context"
	"errors"
	"fmt"

	"github.com/govseal/govseal/internal/pdf"
)

// The handlers named in the signature dictionary. The pair of profile ses is
// the one seen in the field (facts/pdf.md section 5); readers draw the seal
// whatever the names are.
var handlers = map[string][2]string{
	ProfileCMS: {"Adobe.PPKLite", "adbe.pkcs7.detached"},
	ProfileSES: {"Gomain.GMPkiLite", "GM.sm2seal"},
}

// stampOf describes the visible signature of a canvas: the seal's own picture,
// true to size.
func stampOf(open *openSeal, c canvas, reserve int) (pdf.Stamp, error) {
	picture, err := open.picture()
	if err != nil {
		return pdf.Stamp{}, err
	}
	names := handlers[orDefault(c.profile, ProfileCMS)]
	return pdf.Stamp{
		Page: c.page, X: c.x, Y: c.y,
		Width: float64(open.seal.Picture.Width), Height: float64(open.seal.Picture.Height),
		Picture: picture, Filter: names[0], SubFilter: names[1],
		Time: c.time, Name: c.signer, Reason: c.reason, Reserve: reserve, Hashed: c.hashed,
	}, nil
}

func layOut(ctx context.Context, open *openSeal, c canvas, reserve int) (*pdf.Prepared, error) {
	st, err := stampOf(open, c, reserve)
	if err != nil {
		return nil, err
	}
	laid, err := c.doc.Prepare(ctx, st)
	if err != nil {
		return nil, refusedPDF(err)
	}
	return laid, nil
}

// refusedPDF maps what package pdf says about a file to a refusal; its reasons
// are ours. What is not about the file passes as it is.
func refusedPDF(err error) error {
	var no *pdf.Refusal
	var format *pdf.Error
	switch {
	case errors.As(err, &no):
		return &Refused{Reason: no.Reason, Detail: no.Detail}
	case errors.As(err, &format) && format.Limit:
		return refuse(ReasonTooLarge, "%v", err)
	case errors.As(err, &format):
		return refuse(ReasonBroken, "%v", err)
	case errors.Is(err, pdf.ErrEncrypted):
		return refuse(ReasonEncrypted, "")
	}
	return fmt.Errorf("seal: lay out the PDF: %w", err)
}

// write fills in the contents and reads the file back: its newest signature
// must cover the whole file by the law of ByteRange and hold these contents.
func write(ctx context.Context, laid *pdf.Prepared, c canvas, contents []byte) (*sealedPDF, error) {
	var out bytes.Buffer
	out.Grow(len(c.octets) + 3*len(contents) + 64<<10)
	if _, err := laid.Write(&out, contents); err != nil {
		return nil, fmt.Errorf("seal: write the PDF: %w", err)
	}
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	octets := out.Bytes()
	if !bytes.HasPrefix(octets, c.octets) {
		return nil, errors.New("seal: self-check: the sealed PDF does not begin with the original")
	}
	doc, err := pdf.Open(bytes.NewReader(octets), int64(len(octets)), pdf.Limits{})
	if err != nil {
		return nil, fmt.Errorf("seal: self-check: %w", err)
	}
	all, err := doc.Signatures()
	if err != nil || len(all) == 0 {
		return nil, fmt.Errorf("seal: self-check: the sealed PDF shows no signature: %w", err)
	}
	newest := all[len(all)-1]
	if !newest.WholeFile || len(newest.Law) > 0 || !bytes.HasPrefix(newest.Contents, contents) {
		return nil, errors.New("seal: self-check: the newest signature does not cover the sealed PDF")
	}
	sealed := &sealedPDF{octets: octets, contents: contents, box: laid.Box()}
	if c.hashed != nil {
		// Original and sealed file begin alike: the hash goes on where it was.
		whole := c.hashed.Clone()
		whole.Write(octets[len(c.octets):])
		sm3 := whole.Digest()
		sealed.sm3 = &sm3
	}
	return sealed, nil
}
