// SPDX-License-Identifier: Apache-2.0

package ofd

// Document is the main file of one document.
type Document struct {
	Entry     string
	Area      Box // default page area, zero when the document gives none
	Pages     []Page
	Templates []Page // template pages, which other pages draw under or over their own content
}

// Page is a page or a template page.
type Page struct {
	ID    string // ST_ID, opaque
	Entry string // its Content.xml
}

// Document reads the main file of the document with that index in Bodies.
func (p *Package) Document(body int) (*Document, error) {
	if d := p.documents[body]; d != nil {
		return d, nil
	}
	if body < 0 || body >= len(p.bodies) {
		return nil, brokenIn(RootEntry, 0, "no document %d", body)
	}
	entry := p.bodies[body].Root
	root, err := p.tree(entry, "Document")
	if err != nil {
		return nil, err
	}
	d, err := p.document(entry, root)
	if err == nil {
		p.documents[body] = d
	}
	return d, err
}

func (p *Package) document(entry string, root *node) (*Document, error) {
	d := &Document{Entry: entry}
	r := newTreeReader(entry)
	common := r.one(root, "CommonData")
	if common == nil {
		r.fail(root, "no CommonData")
		return nil, *r.err
	}
	if area := r.one(common, "PageArea"); area != nil {
		box, err := parseBox(r.text(area, "PhysicalBox"))
		if err != nil {
			r.fail(area, "PhysicalBox: %v", err)
		}
		d.Area = box
	}
	d.Templates = p.pageList(r, r.all(common, "TemplatePage"))
	pages := r.one(root, "Pages")
	if pages == nil {
		r.fail(root, "no Pages")
		return nil, *r.err
	}
	d.Pages = p.pageList(r, r.all(pages, "Page"))
	if *r.err != nil {
		return nil, *r.err
	}
	if n := len(d.Pages) + len(d.Templates); n > p.lim.Pages {
		return nil, tooMuchIn(entry, pages.from, "%d pages", n)
	}
	return d, nil
}

// pageList reads pages; no two of them may have the same ID, since a stamp
// would then stand on both or on either.
func (p *Package) pageList(r treeReader, list []*node) []Page {
	seen := map[string]bool{}
	var out []Page
	for _, n := range list {
		pg := Page{ID: n.attr("ID"), Entry: p.location(r, n, n.attr("BaseLoc"), "BaseLoc of a page")}
		if pg.ID == "" || seen[pg.ID] {
			r.fail(n, "page ID %q is empty or stands twice", pg.ID)
		}
		seen[pg.ID] = true
		out = append(out, pg)
	}
	return out
}

// PageBox returns the physical box of a page: its own area, or the
// document's. Page 0 is the first.
func (p *Package) PageBox(body, page int) (Box, error) {
	d, err := p.Document(body)
	if err != nil {
		return Box{}, err
	}
	if page < 0 || page >= len(d.Pages) {
		return Box{}, brokenIn(d.Entry, 0, "no page %d", page)
	}
	entry := d.Pages[page].Entry
	own, known := p.areas[entry]
	if !known {
		own.box, own.found, own.fault = p.ownArea(entry)
		if err := ignoreFault(own.fault); err != nil {
			return Box{}, err
		}
		p.areas[entry] = own
	}
	switch {
	case own.fault != nil:
		return Box{}, own.fault
	case own.found:
		return own.box, nil
	case d.Area == Box{}:
		return Box{}, brokenIn(entry, 0, "neither the page nor the document has a PhysicalBox")
	}
	return d.Area, nil
}

// pageArea is what a page's file says of its size: each file is read once,
// however many stamps stand on it.
type pageArea struct {
	box   Box
	found bool
	fault error
}

// ownArea looks for the PhysicalBox of the page's own Area. The whole file is
// read: a second Area would count for some readers.
func (p *Package) ownArea(entry string) (box Box, found bool, err error) {
	b, err := p.read(entry, p.lim.XML)
	if err != nil {
		return box, false, err
	}
	s, err := newScanner(entry, b, p.lim.Depth)
	if err != nil {
		return box, false, err
	}
	inside, areas := false, 0
	for {
		t, err := s.next()
		if err != nil {
			return box, false, err
		}
		switch depth := len(s.open); {
		case t.kind == tokenEnd:
			return box, found, nil
		case t.kind == tokenOpen && depth == 1 && t.name.local != "Page":
			return box, false, brokenIn(entry, t.from, "the root element is %q, not Page", t.name.local)
		case t.kind == tokenOpen && depth == 2 && t.name.local == "Area":
			if areas++; areas > 1 {
				return box, false, brokenIn(entry, t.from, "Area stands twice")
			}
			inside = true
		case t.kind == tokenClose && depth == 1:
			inside = false
		case inside && t.kind == tokenOpen && depth == 3 && t.name.local == "PhysicalBox":
			if found {
				return box, false, brokenIn(entry, t.from, "PhysicalBox stands twice")
			}
			if box, err = s.boxText(); err != nil {
				return box, false, err
			}
			found = true
		}
	}
}

// boxText reads the content of the element that was just opened as a box.
func (s *scanner) boxText() (Box, error) {
	var text []byte
	for depth := len(s.open); ; {
		t, err := s.next()
		if err != nil {
			return Box{}, err
		}
		if t.kind == tokenText {
			text = append(text, t.text...)
		}
		if t.kind == tokenClose && len(s.open) < depth {
			box, err := parseBox(string(text))
			if err != nil {
				return box, s.fail(t.from, "PhysicalBox: %v", err)
			}
			return box, nil
		}
	}
}
