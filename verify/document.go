// SPDX-License-Identifier: Apache-2.0

package verify

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"

	cbasn1 "golang.org/x/crypto/cryptobyte/asn1"

	"github.com/govseal/govseal/internal/gm"
)

// sniff finds the kind from the first kilobyte. PDF readers look for the
// header in the first 1024 octets; so do we, to call a PDF with octets before
// its header by its name.
func sniff(d Document) (Kind, error) {
	head := make([]byte, min(d.Size, 1024))
	if n, err := d.ReaderAt.ReadAt(head, 0); err != nil && (err != io.EOF || n < len(head)) {
		return "", fmt.Errorf("verify: read document: %w", err)
	}
	text := bytes.TrimLeft(bytes.TrimPrefix(head, []byte("\xef\xbb\xbf")), " \t\r\n")
	switch {
	case bytes.HasPrefix(head, zipEntry):
		return KindOFD, nil
	case bytes.Contains(head, []byte("%PDF-")):
		return KindPDF, nil
	case len(text) > 0 && text[0] == '{':
		return KindDecision, nil
	case len(head) > 4 && head[0] == 0x30:
		return sniffDER(head)
	case bytes.Contains(head, zipEntry): // octets before it were seen with one vendor
		return KindOFD, nil
	}
	return "", ErrUnknownKind
}

// zipEntry begins every entry of a ZIP container, which an OFD is.
var zipEntry = []byte("PK\x03\x04")

// sniffDER tells by the first grandchildren: a ContentInfo begins with an
// object identifier, TBS_Sign with its version, SES_SealInfo with its header.
func sniffDER(head []byte) (Kind, error) {
	inside := func(b []byte) []byte {
		switch {
		case len(b) < 2:
			return nil
		case b[1] <= 0x80:
			return b[2:]
		case len(b) > 2+int(b[1]&0x7f):
			return b[2+int(b[1]&0x7f):]
		}
		return nil
	}
	first := inside(head)
	if len(first) > 0 && first[0] == byte(cbasn1.OBJECT_IDENTIFIER) {
		return KindCMS, nil
	}
	if len(first) > 0 && first[0] == byte(cbasn1.SEQUENCE) {
		switch second := inside(first); {
		case len(second) > 0 && second[0] == byte(cbasn1.INTEGER):
			return KindSealSignature, nil
		case len(second) > 0 && second[0] == byte(cbasn1.SEQUENCE):
			return KindSeal, nil
		}
	}
	return "", ErrUnknownKind
}

// readAll reads a document that is parsed in memory, and takes its digest.
func (r *run) readAll(d Document) ([]byte, error) {
	if d.Size > maxWhole {
		return nil, fmt.Errorf("%w of %d octets for this kind", ErrTooLarge, maxWhole)
	}
	raw := make([]byte, d.Size)
	if n, err := d.ReaderAt.ReadAt(raw, 0); err != nil && (err != io.EOF || n < len(raw)) {
		return nil, fmt.Errorf("verify: read document: %w", err)
	}
	r.setDigest(gm.SM3(raw))
	return raw, nil
}

func (r *run) setDigest(sum [32]byte) {
	r.digest = sum
	r.report.SM3 = fmt.Sprintf("%x", sum)
}

// readEvidence takes certificates, CRLs and OCSP answers from a side file. What cannot be
// read is left: its absence shows where it would have been needed.
func (r *run) readEvidence(raw []byte) {
	if len(raw) == 0 || len(raw) > maxEvidence {
		return
	}
	var e struct {
		Certificates [][]byte `json:"certificates"`
		CRLs         [][]byte `json:"crls"`
		OCSP         [][]byte `json:"ocsp"`
	}
	if json.Unmarshal(raw, &e) == nil {
		r.pool.add(e.Certificates, e.CRLs)
		r.pool.addOCSP(e.OCSP)
	}
}
