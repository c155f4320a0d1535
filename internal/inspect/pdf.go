// SPDX-License-Identifier: Apache-2.0

package inspect

import (
	"context"
	"fmt"
	"io"
	"strings"

	"github.com/govseal/govseal/internal/cms"
	"github.com/govseal/govseal/internal/pdf"
)

// pdfLimits are lower than a verifier's: nobody waits for a look inside.
var pdfLimits = pdf.Limits{Decoded: 200 << 20}

// showPDF shows revisions, form fields and signatures with what they cover.
func showPDF(ctx context.Context, r io.ReaderAt, size int64) (*Node, error) {
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
	} else {
		n.add("pages", "unreadable: "+err.Error())
	}
	addRevisions(n.group("revisions", fmt.Sprint(len(d.Revisions()))), d.Revisions())
	if fields, err := d.Fields(); err != nil {
		n.add("fields", "unreadable: "+err.Error())
	} else if len(fields) > 0 {
		addFields(n.group("fields", fmt.Sprint(len(fields))), fields)
	}
	if err := addSignatures(ctx, n, d, size); err != nil {
		return nil, err
	}
	return n, nil
}

// addSignatures shows every signature, what came after it, and what the
// document keeps about its signatures and hides beside them.
func addSignatures(ctx context.Context, n *Node, d *pdf.Document, size int64) error {
	signatures, err := d.Signatures()
	if err != nil {
		n.add("signatures", "unreadable: "+err.Error())
		return nil
	}
	n.add("signatures", fmt.Sprint(len(signatures)))
	for i := range signatures {
		if i == maxShown {
			n.add("…", count(len(signatures)-i, "further signature"))
			break
		}
		one := n.group(fmt.Sprintf("signature %d", i+1), purpose(&signatures[i]))
		addPDFSignature(one, &signatures[i], size)
		if err := addChanges(ctx, one, d, &signatures[i]); err != nil {
			return err
		}
	}
	addStore(n, d, signatures)
	addHazards(n, d)
	return nil
}

func addRevisions(n *Node, all []pdf.Revision) {
	for i, rev := range all {
		if i == maxShown {
			n.add("…", count(len(all)-i, "further revision"))
			return
		}
		table := "cross-reference table"
		switch {
		case rev.Hybrid:
			table = "cross-reference table and stream"
		case rev.Stream:
			table = "cross-reference stream"
		}
		n.add(fmt.Sprintf("revision %d", i+1), fmt.Sprintf("octets %d to %d, %s, %s", rev.Start, rev.End, count(rev.Objects, "object"), table))
	}
}

// purpose says what a signature is for (ISO 32000-2 12.8.1).
func purpose(s *pdf.Signature) string {
	switch {
	case s.Timestamp():
		return "document time-stamp"
	case s.DocMDP > 0:
		return "certification"
	}
	return "approval"
}

// addChanges names what came after the revision that is signed, by the rules
// of the verifier (facts/pdf.md 6.1); whether it is allowed is not said here.
func addChanges(ctx context.Context, n *Node, d *pdf.Document, s *pdf.Signature) error {
	if s.WholeFile || s.Removed {
		return nil
	}
	list, err := d.Changes(ctx, s)
	if ctx.Err() != nil {
		return fmt.Errorf("inspect: %w", ctx.Err())
	}
	if err != nil {
		n.add("changes since", "not compared: "+err.Error())
		return nil
	}
	since := n.group("changes since", count(len(list), "change"))
	for i, c := range list {
		if i == maxShown {
			since.add("…", count(len(list)-i, "further change"))
			break
		}
		text := changeLevels[c.Level]
		if c.Field != "" {
			text += ", field " + c.Field
		}
		if c.Detail != "" {
			text += ": " + c.Detail
		}
		since.add(c.Name, short(text))
	}
	return nil
}

var changeLevels = map[pdf.Level]string{
	pdf.LevelNone: "nothing", pdf.LevelLTA: "validation material or time-stamp", pdf.LevelSignature: "further signature",
	pdf.LevelForm: "form filling", pdf.LevelAnnotation: "annotation", pdf.LevelOther: "any other change",
}

// addStore shows the document security store (ISO 32000-2 12.8.4.3).
func addStore(n *Node, d *pdf.Document, signatures []pdf.Signature) {
	dss, err := d.DSS(len(d.Revisions()) - 1)
	if err != nil {
		n.add("security store (DSS)", "unreadable: "+err.Error())
		return
	}
	if dss == nil {
		return
	}
	store := n.group("security store (DSS)", fmt.Sprintf("%s, %s, %s", count(len(dss.Certs), "certificate"),
		count(len(dss.CRLs), "revocation list"), count(len(dss.OCSPs), "OCSP response")))
	for i := range signatures[:min(len(signatures), maxShown)] {
		if dss.Names(&signatures[i]) {
			store.add("entry of its own (VRI)", fmt.Sprintf("signature %d", i+1))
		}
	}
	addEvidence(store, dss.Certs, dss.CRLs, dss.OCSPs)
}

func addHazards(n *Node, d *pdf.Document) {
	hazards, err := d.Hazards()
	if err != nil {
		n.add("active or hidden content", "not searched: "+err.Error())
		return
	}
	for i, h := range hazards {
		if i == maxShown {
			n.add("…", count(len(hazards)-i, "further place"))
			return
		}
		n.add("active or hidden content", short(h.Name+": "+h.Detail))
	}
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

func addPDFSignature(one *Node, s *pdf.Signature, size int64) {
	one.add("field", short(strings.Join(s.Fields, ", ")))
	one.add("type", short(s.Type))
	one.add("filter", short(s.Filter))
	one.add("subfilter", short(s.SubFilter))
	one.add("revision", fmt.Sprint(s.Revision+1))
	one.add("byte range", short(fmt.Sprint(s.ByteRange[:min(len(s.ByteRange), maxShown)])))
	one.add("covers", coverage(s, size))
	if !s.Time.IsZero() {
		one.add("time", when(s.Time)+" (claimed)")
	}
	one.add("name", short(s.Name))
	one.add("reason", short(s.Reason))
	one.add("location", short(s.Location))
	if s.DocMDP > 0 {
		one.add("certifies (DocMDP)", permission(s.DocMDP))
	}
	for i, l := range s.Locks {
		if i == maxShown {
			break
		}
		text := strings.TrimSpace(l.Action + " " + strings.Join(l.Fields[:min(len(l.Fields), maxShown)], ", "))
		if l.P > 0 {
			text += "; " + permission(l.P)
		}
		one.add("lock (FieldMDP)", short(text))
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

// permission is the P of ISO 32000-1 table 254.
func permission(p int) string {
	switch p {
	case 1:
		return "1: no change"
	case 2:
		return "2: filling forms and signing"
	case 3:
		return "3: filling forms, signing and annotating"
	}
	return fmt.Sprint(p)
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
