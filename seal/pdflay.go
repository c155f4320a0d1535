// SPDX-License-Identifier: Apache-2.0

package seal

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"

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
	st := pdf.Stamp{
		Places: c.at.places, Into: c.at.into, Fit: c.at.fit, Caption: c.caption, Certify: c.certify, Allow: c.allow,
		Width: float64(open.seal.Picture.Width), Height: float64(open.seal.Picture.Height),
		Picture: picture.Picture, Packed: picture, Filter: names[0], SubFilter: names[1],
		Time: c.time, Name: c.signer, Reason: c.reason, Reserve: reserve, Hashed: c.hashed,
	}
	if c.lock {
		st.Lock = &pdf.Lock{Action: "All"}
	}
	return st, nil
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
	tail, err := laid.Tail(contents)
	if err != nil {
		return nil, fmt.Errorf("seal: write the PDF: %w", err)
	}
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	sealed := &sealedPDF{original: c.original, size: c.size, tail: tail, contents: contents, boxes: laid.Boxes()}
	doc, err := pdf.Open(sealed, sealed.reader().Size(), pdf.Limits{Size: sealed.reader().Size()})
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
	if c.hashed != nil {
		// Original and sealed file begin alike: the hash goes on where it was.
		whole := c.hashed.Clone()
		whole.Write(tail)
		sm3 := whole.Digest()
		sealed.sm3 = &sm3
	}
	return sealed, nil
}

// sealedPDF is the original and what was written behind it.
type sealedPDF struct {
	original io.ReaderAt
	size     int64 // of the original
	tail     []byte
	sm3      *[32]byte // of the whole, nil when the original's running digest was not given
	contents []byte    // CMS or SES_Signature
	boxes    []pdf.Box
}

// ReadAt reads the sealed file.
func (f *sealedPDF) ReadAt(b []byte, at int64) (n int, err error) {
	if at < 0 {
		return 0, errors.New("seal: read before the beginning")
	}
	if at < f.size {
		n, err = f.original.ReadAt(b[:min(int64(len(b)), f.size-at)], at)
		if n == len(b) {
			return n, nil
		}
		if at+int64(n) < f.size {
			return n, err
		}
		at += int64(n)
	}
	if at-f.size >= int64(len(f.tail)) {
		return n, io.EOF
	}
	more := copy(b[n:], f.tail[at-f.size:])
	if n += more; n < len(b) {
		return n, io.EOF
	}
	return n, nil
}

func (f *sealedPDF) reader() *io.SectionReader {
	return io.NewSectionReader(f, 0, f.size+int64(len(f.tail)))
}

// octets is the sealed file in memory.
func (f *sealedPDF) octets() ([]byte, error) {
	all := make([]byte, f.size+int64(len(f.tail)))
	_, err := io.ReadFull(f.reader(), all)
	return all, err
}
