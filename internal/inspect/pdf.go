// SPDX-License-Identifier: Apache-2.0

package inspect

import (
	"fmt"
	"io"
	"strings"

	"github.com/govseal/govseal/internal/cms"
	"github.com/govseal/govseal/internal/pdf"
)

// pdfLimits are lower than a verifier's: nobody waits for a look inside.
var pdfLimits = pdf.Limits{Decoded: 200 << 20}

// showPDF shows revisions, form fields and signatures with what they cover.
func showPDF(r io.ReaderAt, size int64) (*Node, error) {
	d, err := pdf.Open(r, size, pdfLimits)
	if err != nil {
		return nil, fmt.Errorf("inspect: %w", err)
	}
	n := node("PDF", fmt.Sprintf("%d octets", size))
	if d.Encrypted() {
		n.add("encrypted", "yes")
		return n, nil
	}
	if pages, err := d.PageCount(); err == nil {
		n.add("pages", fmt.Sprint(pages))
	}
	for i, rev := range d.Revisions() {
		if i == maxShown {
			break
		}
		n.add(fmt.Sprintf("revision %d", i+1), fmt.Sprintf("octets %d to %d, %s", rev.Start, rev.End, count(rev.Objects, "object")))
	}
	if fields, err := d.Fields(); err != nil {
		n.add("fields", "unreadable: "+err.Error())
	} else if len(fields) > 0 {
		addFields(n.group("fields", fmt.Sprint(len(fields))), fields)
	}
	signatures, err := d.Signatures()
	if err != nil {
		n.add("signatures", "unreadable: "+err.Error())
		return n, nil
	}
	for i := range signatures {
		if i == maxShown {
			break
		}
		addPDFSignature(n, i, &signatures[i], size)
	}
	if dss, err := d.DSS(len(d.Revisions()) - 1); err == nil && dss != nil {
		addEvidence(n.group("security store (DSS)", ""), dss.Certs, dss.CRLs, dss.OCSPs)
	}
	if hazards, err := d.Hazards(); err == nil {
		for i, h := range hazards {
			if i == maxShown {
				break
			}
			n.add("active or hidden content", short(h.Name+": "+h.Detail))
		}
	}
	return n, nil
}

func addFields(n *Node, fields []pdf.Field) {
	for i, f := range fields {
		if i == maxShown {
			n.add("…", count(len(fields)-i, "further field"))
			return
		}
		value := f.Kind
		if f.Filled {
			value += ", filled"
		}
		n.Children = append(n.Children, node(short(f.Name), value))
	}
}

func addPDFSignature(n *Node, i int, s *pdf.Signature, size int64) {
	one := n.group(fmt.Sprintf("signature %d", i+1), s.SubFilter)
	one.add("field", short(strings.Join(s.Fields, ", ")))
	one.add("filter", s.Filter)
	one.add("revision", fmt.Sprint(s.Revision+1))
	one.add("byte range", fmt.Sprint(s.ByteRange))
	one.add("covers", coverage(s, size))
	one.add("time", when(s.Time))
	one.add("name", short(s.Name))
	one.add("reason", short(s.Reason))
	one.add("location", short(s.Location))
	if s.DocMDP > 0 {
		one.add("certifies, permission", fmt.Sprint(s.DocMDP))
	}
	for _, l := range s.Locks {
		one.add("lock", short(l.Action+" "+strings.Join(l.Fields, ", ")))
	}
	if s.Removed {
		one.add("removed", "the end of the file has it no more")
	}
	for _, law := range s.Law {
		one.add("broken law", short(law))
	}
	der, err := cms.Trim(s.Contents)
	if err != nil {
		one.add("contents", fmt.Sprintf("%d octets, unreadable: %v", len(s.Contents), err))
		return
	}
	one.object("contents", der, showDER, 1)
}

func coverage(s *pdf.Signature, size int64) string {
	if s.WholeFile {
		return "the whole file"
	}
	if len(s.ByteRange) != 4 {
		return "not two ranges"
	}
	end := s.ByteRange[2] + s.ByteRange[3]
	if end < 0 || end > size {
		return "more than the file"
	}
	return fmt.Sprintf("up to octet %d; %d octets follow", end, size-end)
}
