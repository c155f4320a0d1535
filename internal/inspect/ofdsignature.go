// SPDX-License-Identifier: Apache-2.0

package inspect

import (
	"bytes"
	"errors"
	"fmt"
	"strings"

	"github.com/govseal/govseal/internal/gm"
	"github.com/govseal/govseal/internal/ofd"
	"github.com/govseal/govseal/internal/ses"
)

// ignorable drops faults of the package, which are shown where they stand,
// and keeps what stopped the look: a file that cannot be read, or the context.
func ignorable(err error) error {
	if fault, ok := errors.AsType[*ofd.Error](err); ok && fault != nil {
		return nil
	}
	return err
}

// signature shows one signature of the package.
func (v *ofdView) signature(i int) error {
	s := &v.sigs[i]
	n := v.top.group(fmt.Sprintf("signature %d", i+1), map[string]string{ofd.TypeSeal: "electronic seal", ofd.TypeSign: "digital signature"}[s.Type])
	n.add("ID", short(s.ID))
	n.add("type", short(s.Type))
	n.add("file", s.Entry)
	n.add("based on", short(s.Relative))
	for _, law := range s.Law {
		n.add("broken law", law)
	}
	if s.Fault != nil {
		n.add("unreadable", s.Fault.Error())
		return nil
	}
	n.add("provider", short(strings.Join(strings.Fields(s.Provider.Name+" "+s.Provider.Version+" "+s.Provider.Company), " ")))
	n.add("method", methodName(s.Method))
	n.add("time", claimedText(s.DateTime))
	if err := v.references(n, s); err != nil {
		return err
	}
	v.stamps(n, s)
	n.add("locks", yes(s.Locks()))
	if err := v.coverage(n, s); err != nil {
		return err
	}
	if err := v.later(n, s); err != nil {
		return err
	}
	if err := v.value(n, s); err != nil {
		return err
	}
	for _, t := range s.Tolerated {
		n.add("remark", short(t.Name+": "+t.Detail))
	}
	return nil
}

func claimedText(at string) string {
	if at == "" {
		return ""
	}
	return short(at) + " (claimed)"
}

// references shows the listed files and whether their digests agree.
func (v *ofdView) references(n *Node, s *ofd.Signature) error {
	checked, err := v.p.CheckReferences(v.ctx, s)
	if err != nil {
		n.add("references", "not compared: "+err.Error())
		return ignorable(err)
	}
	agree := 0
	for _, c := range checked {
		if c.State == ofd.StateMatch {
			agree++
		}
	}
	list := n.group("references", fmt.Sprintf("%s by %s, %d agree", count(len(checked), "file"), method(s.CheckMethod), agree))
	for i, c := range checked {
		if i == maxShown {
			list.add("…", count(len(checked)-i, "further file"))
			break
		}
		text := c.State
		if c.Detail != "" {
			text += ": " + c.Detail
		}
		list.add(short(c.FileRef), text+", "+hexed(c.Value))
	}
	return nil
}

func method(m ofd.CheckMethod) string {
	switch {
	case m.Name == "":
		return "unknown digest " + short(m.Given)
	case m.Given == "":
		return m.Name + " (by omission)"
	}
	return m.Name
}

// stamps shows where the seal's picture is drawn.
func (v *ofdView) stamps(n *Node, s *ofd.Signature) {
	if len(s.Stamps) == 0 {
		return
	}
	pages := map[string]string{}
	if d, err := v.p.Document(s.Body); err == nil {
		for i, pg := range d.Pages {
			pages[pg.ID] = fmt.Sprintf("page %d", i+1)
		}
	}
	list := n.group("places", fmt.Sprint(len(s.Stamps)))
	for i, st := range s.Stamps {
		if i == maxShown {
			list.add("…", count(len(s.Stamps)-i, "further place"))
			break
		}
		page := pages[st.PageRef]
		if page == "" {
			page = "no page " + short(st.PageRef)
		}
		text := fmt.Sprintf("%s at %g, %g mm", extent(st.Boundary), st.Boundary.X, st.Boundary.Y)
		if st.Clip != nil {
			text += fmt.Sprintf(", of it %s at %g, %g", extent(*st.Clip), st.Clip.X, st.Clip.Y)
		}
		list.add(page, text)
	}
	faults, err := v.p.CheckStamps(s)
	if err != nil {
		list.add("not checked", err.Error())
	}
	for i, f := range faults {
		if i == maxShown {
			break
		}
		list.add("odd: "+f.Name, short(f.Detail))
	}
}

// coverage names the entries that this signature does not protect.
func (v *ofdView) coverage(n *Node, s *ofd.Signature) error {
	c, err := v.p.Coverage(v.ctx, s)
	if err != nil {
		n.add("covers", "not found out: "+err.Error())
		return ignorable(err)
	}
	text := "everything that a reader shows"
	if !c.ViewCovered() {
		text = "not everything that a reader shows"
	}
	n.add("covers", fmt.Sprintf("%s, %s", count(len(c.Covered), "file"), text))
	if len(c.Uncovered) == 0 {
		return nil
	}
	open := n.group("does not cover", count(len(c.Uncovered), "file"))
	for i, u := range c.Uncovered {
		if i == maxShown {
			open.add("…", count(len(c.Uncovered)-i, "further file"))
			break
		}
		role := use(u)
		if u.View {
			role += ", shown by readers"
		}
		open.add(u.Entry, role)
	}
	return nil
}

// later names what differs from what was signed, and signatures added since.
func (v *ofdView) later(n *Node, s *ofd.Signature) error {
	list, err := v.p.Changes(v.ctx, s)
	if err != nil {
		n.add("since then", "not compared: "+err.Error())
		return ignorable(err)
	}
	for i, c := range list {
		if i == maxShown {
			n.add("…", count(len(list)-i, "further change"))
			break
		}
		n.add("since then: "+c.Name, short(c.Detail))
	}
	return nil
}

// value shows SignedValue, and holds Seal.esl and Signature.xml against it.
func (v *ofdView) value(n *Node, s *ofd.Signature) error {
	value, err := v.p.SignedValue(s)
	if err != nil {
		n.add("signed value", "unreadable: "+err.Error())
		return ignorable(err)
	}
	n.object("signed value", value, showDER, 1)
	stamp, notSeal := ses.ParseSignature(value)
	if notSeal == nil {
		xml, err := v.p.SignatureXML(s)
		if err != nil {
			return ignorable(err)
		}
		sum := gm.SM3(xml)
		n.add("hash of its file agrees", yes(bytes.Equal(sum[:], stamp.DataHash)))
	}
	return v.sealFile(n, s, stamp)
}

func (v *ofdView) sealFile(n *Node, s *ofd.Signature, stamp *ses.Signature) error {
	if s.SealEntry == "" {
		return nil
	}
	raw, err := v.p.SealFile(s)
	switch {
	case err != nil:
		n.add("seal file", s.SealEntry+", unreadable: "+err.Error())
		return ignorable(err)
	case stamp != nil && stamp.Seal != nil && bytes.Equal(raw, stamp.Seal.Raw):
		n.add("seal file", s.SealEntry+", the seal within the signature")
	default:
		n.add("seal file", s.SealEntry+", not the seal within the signature")
		n.object("seal in that file", raw, showDER, 1)
	}
	return nil
}

// methodName names the SignatureMethod, which is the text of an identifier.
func methodName(method string) string {
	if name, ok := oidNames[method]; ok {
		return name
	}
	return short(method)
}
