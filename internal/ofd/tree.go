// SPDX-License-Identifier: Apache-2.0

package ofd

import "strings"

// Namespace of OFD files (facts/seal-formats.md 6).
const Namespace = "http://www.ofdspec.org/2016"

const maxNodes = 500_000 // elements and attributes of a file that is kept as a tree

// node is an element of a file that is small enough to be kept whole.
type node struct {
	name     name
	attrs    []attribute
	text     []byte // all character data directly in it
	children []*node
	from, to int  // octets of the start tag
	end      int  // octet of the end tag; for an empty element, of the start tag
	empty    bool // written as one tag
}

// tree reads an XML file of the package whole. The root's namespace is OFD's,
// or an older one or none, which is noted.
func (p *Package) tree(entry, root string) (*node, error) {
	b, err := p.read(entry, p.lim.XML)
	if err != nil {
		return nil, err
	}
	s, err := newScanner(entry, b, p.lim.Depth)
	if err != nil {
		return nil, err
	}
	n, err := s.tree()
	if err != nil {
		return nil, err
	}
	if n.name.local != root {
		return nil, brokenIn(entry, n.from, "the root element is %q, not %s", n.name.local, root)
	}
	if n.name.space != Namespace {
		if !ofdSpace(n.name.space) {
			return nil, brokenIn(entry, n.from, "%s in namespace %q, not OFD's", root, n.name.space)
		}
		p.tolerate(ToleratedNamespace, entry+": "+n.name.space)
	}
	return n, nil
}

// ofdSpace reports whether the namespace is OFD's, an older one of OFD's, or none.
func ofdSpace(space string) bool {
	return space == "" || space == Namespace || space == "http://www.ofdspec.org" ||
		strings.HasPrefix(space, "http://www.ofdspec.org/")
}

func (s *scanner) tree() (*node, error) {
	var root *node
	var path []*node
	count := 0
	for {
		t, err := s.next()
		if err != nil {
			return nil, err
		}
		switch t.kind {
		case tokenEnd:
			return root, nil
		case tokenOpen:
			if count += 1 + len(t.attrs); count > maxNodes {
				return nil, tooMuchIn(s.entry, t.from, "more than %d elements and attributes", maxNodes)
			}
			n := &node{name: t.name, attrs: append([]attribute(nil), t.attrs...), from: t.from, to: t.to, empty: t.empty}
			if root == nil {
				root = n
			} else {
				top := path[len(path)-1]
				top.children = append(top.children, n)
			}
			path = append(path, n)
		case tokenClose:
			path[len(path)-1].end = t.from
			path = path[:len(path)-1]
		case tokenText:
			if len(path) > 0 {
				path[len(path)-1].text = append(path[len(path)-1].text, t.text...)
			}
		}
	}
}

// attr returns an attribute in no namespace; attributes of OFD have none.
func (n *node) attr(local string) string {
	v, _ := n.lookup(local)
	return v
}

func (n *node) lookup(local string) (string, bool) {
	for _, a := range n.attrs {
		if a.local == local && ofdSpace(a.space) {
			return strings.TrimSpace(a.value), true
		}
	}
	return "", false
}

// all returns the children of that local name. One in a foreign namespace is
// an error: readers that match local names only would take it.
func (s treeReader) all(n *node, local string) []*node {
	var out []*node
	for _, c := range n.children {
		if c.name.local != local {
			continue
		}
		if !ofdSpace(c.name.space) {
			s.fail(c, "%s in namespace %q, not OFD's", local, c.name.space)
			continue
		}
		out = append(out, c)
	}
	return out
}

// treeReader gathers the first error of many small questions.
type treeReader struct {
	entry string
	err   *error
}

func newTreeReader(entry string) treeReader {
	var err error
	return treeReader{entry, &err}
}

func (s treeReader) fail(n *node, format string, args ...any) {
	if *s.err == nil {
		*s.err = brokenIn(s.entry, n.from, format, args...)
	}
}

// one returns the only child of that name, or nil.
func (s treeReader) one(n *node, local string) *node {
	if n == nil {
		return nil
	}
	list := s.all(n, local)
	if len(list) > 1 {
		s.fail(list[1], "%s stands twice", local)
	}
	if len(list) == 0 {
		return nil
	}
	return list[0]
}

// text returns the trimmed text of the only child of that name. An element in
// it is an error: readers differ in what its text then is.
func (s treeReader) text(n *node, local string) string {
	c := s.one(n, local)
	if c == nil {
		return ""
	}
	return s.ownText(c)
}

func (s treeReader) ownText(n *node) string {
	if len(n.children) > 0 {
		s.fail(n, "%s has elements where text must stand", n.name.local)
	}
	return strings.TrimSpace(string(n.text))
}
