// SPDX-License-Identifier: Apache-2.0

package inspect

import (
	"context"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/govseal/govseal/internal/ofd"
)

// ofdView is one look into an OFD package.
type ofdView struct {
	ctx  context.Context
	p    *ofd.Package
	sigs []ofd.Signature
	top  *Node
}

// showOFD shows documents, signatures with what they list and leave open, all
// entries, and what is odd about the package as a whole.
func showOFD(ctx context.Context, r io.ReaderAt, size int64) (*Node, error) {
	p, err := ofd.Open(r, size, ofd.Limits{})
	if err != nil {
		return nil, fmt.Errorf("inspect: a ZIP container that cannot be read as an OFD: %w", err)
	}
	v := &ofdView{ctx: ctx, p: p, top: node("OFD", fmt.Sprintf("%d octets", size))}
	v.documents()
	if v.sigs, err = p.Signatures(); err != nil {
		v.top.add("signatures", "unreadable: "+err.Error())
	} else {
		v.top.add("signatures", fmt.Sprint(len(v.sigs)))
	}
	for _, step := range []func() error{v.entries, v.findings, v.whole, v.signatures} {
		if err := step(); err != nil {
			return nil, fmt.Errorf("inspect: %w", err)
		}
	}
	for _, n := range p.Tolerated() {
		v.top.add("remark", short(n.Name+": "+n.Detail))
	}
	return v.top, nil
}

func (v *ofdView) signatures() error {
	for i := range v.sigs {
		if i == maxShown {
			v.top.add("…", count(len(v.sigs)-i, "further signature"))
			break
		}
		if err := v.signature(i); err != nil {
			return err
		}
	}
	return nil
}

// documents shows each DocBody with its pages.
func (v *ofdView) documents() {
	for i, b := range v.p.Bodies() {
		if i == maxShown {
			v.top.add("…", count(len(v.p.Bodies())-i, "further document"))
			return
		}
		n := v.top.group(fmt.Sprintf("document %d", i+1), short(b.Title))
		n.add("identifier", short(b.DocID))
		n.add("main file", b.Root)
		n.add("list of signatures", b.Signatures)
		for _, version := range b.Versions[:min(len(b.Versions), maxShown)] {
			n.add("version", version)
		}
		d, err := v.p.Document(i)
		if err != nil {
			n.add("pages", "unreadable: "+err.Error())
			continue
		}
		if d.Area != (ofd.Box{}) {
			n.add("page area", extent(d.Area))
		}
		v.pages(n.group("pages", fmt.Sprint(len(d.Pages))), i, d)
		if len(d.Templates) > 0 {
			n.add("template pages", fmt.Sprint(len(d.Templates)))
		}
	}
}

func (v *ofdView) pages(n *Node, body int, d *ofd.Document) {
	for i, pg := range d.Pages {
		if i == maxShown {
			n.add("…", count(len(d.Pages)-i, "further page"))
			return
		}
		text := pg.Entry
		if box, err := v.p.PageBox(body, i); err == nil {
			text += ", " + extent(box)
		} else {
			text += ", no box that can be read"
		}
		n.add(fmt.Sprintf("page %d", i+1), text)
	}
}

func extent(b ofd.Box) string { return fmt.Sprintf("%g × %g mm", b.Width, b.Height) }

// entries lists what is in the container: size, what leads to it, and which
// signatures list it.
func (v *ofdView) entries() error {
	uses := map[string]ofd.Use{}
	reach, err := v.p.Reach(v.ctx)
	if err := ignorable(err); err != nil {
		return err
	}
	if reach != nil {
		for _, u := range reach.Uses {
			uses[u.Entry] = u
		}
	}
	by := v.protectors()
	all := v.p.Entries()
	n := v.top.group("entries", fmt.Sprint(len(all)))
	for i, e := range all {
		if i == maxShown {
			n.add("…", count(len(all)-i, "further entry"))
			break
		}
		if e.Folder {
			n.add(e.Name, "folder")
			continue
		}
		n.add(e.Name, strings.Join(slices.DeleteFunc([]string{fmt.Sprintf("%d octets", e.Size), use(uses[e.Name]), by(e.Name)},
			func(s string) bool { return s == "" }), ", "))
	}
	return nil
}

func use(u ofd.Use) string {
	switch {
	case u.Role == "":
		return ""
	case u.Role == ofd.RoleHidden:
		return "hidden: nothing leads to it"
	}
	return u.Role
}

// protectors returns what to say of an entry: the numbers of the signatures
// that list it. Signature.xml and SignedValue are protected by their own
// signature, which cannot list them.
func (v *ofdView) protectors() func(entry string) string {
	listed, own := map[string][]string{}, map[string]string{}
	for i := range v.sigs {
		number := fmt.Sprint(i + 1)
		seen := map[string]bool{}
		for _, r := range v.sigs[i].References {
			if r.Entry != "" && !seen[r.Entry] && len(listed[r.Entry]) < maxShown {
				listed[r.Entry] = append(listed[r.Entry], number)
			}
			seen[r.Entry] = true
		}
		own[v.sigs[i].Entry], own[v.sigs[i].ValueEntry] = number, number
	}
	return func(entry string) string {
		if by := listed[entry]; len(by) > 0 {
			return "listed by signature " + strings.Join(by, ", ")
		}
		if by := own[entry]; by != "" {
			return "of signature " + by + " itself"
		}
		if len(v.sigs) == 0 {
			return ""
		}
		return "listed by no signature"
	}
}

// whole shows OFDEntries.xml, the signed list of all entries.
func (v *ofdView) whole() error {
	list, err := v.p.WholeList()
	if err != nil {
		v.top.add("list of all entries", "unreadable: "+err.Error())
		return ignorable(err)
	}
	if list == nil {
		return nil
	}
	n := v.top.group("list of all entries", ofd.EntriesEntry)
	n.add("listed", fmt.Sprint(len(list.Files)))
	for _, said := range []struct {
		name  string
		names []string
	}{{"listed, not there", list.Missing}, {"there, not listed", list.Unlisted}} {
		for i, name := range said.names {
			if i == maxShown {
				n.add("…", count(len(said.names)-i, "further entry"))
				break
			}
			n.add(said.name, name)
		}
	}
	if list.ValueEntry == "" {
		n.add("signed value", "none: the list is not signed")
		return nil
	}
	value, err := v.p.Read(list.ValueEntry)
	if err == nil {
		n.object("signed value", value, showDER, 1)
	}
	return ignorable(err)
}

func (v *ofdView) findings() error {
	all, err := v.p.Findings(v.ctx)
	if err != nil {
		v.top.add("oddities", "not found out: "+err.Error())
		return ignorable(err)
	}
	for i, f := range all {
		if i == maxShown {
			v.top.add("…", count(len(all)-i, "further finding"))
			break
		}
		v.top.add("odd: "+f.Name, short(f.Entry+": "+f.Detail))
	}
	return nil
}
