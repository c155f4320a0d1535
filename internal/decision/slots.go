// SPDX-License-Identifier: Apache-2.0

package decision

import (
	"encoding/base64"
	"strconv"
	"strings"
)

// slot is a place for a member's value. tree returns nil when it is empty.
type slot interface {
	load(n *node, path string) *ParseError
	tree() *node
}

// text is a string.
type text struct{ to *string }

func (t text) load(n *node, path string) *ParseError {
	if n.kind != textNode {
		return refuse(path, n.offset, "must be a string, not %s", n.kind)
	}
	*t.to = n.text
	return nil
}

func (t text) tree() *node {
	if *t.to == "" {
		return nil
	}
	return &node{kind: textNode, text: *t.to}
}

// texts is an array of strings.
type texts struct {
	to  *[]string
	max int
}

func (t texts) load(n *node, path string) *ParseError {
	return each(n, path, t.max, func(item *node, path string) *ParseError {
		var s string
		err := text{&s}.load(item, path)
		*t.to = append(*t.to, s)
		return err
	})
}

func (t texts) tree() *node {
	n := &node{kind: arrayNode}
	for i := range *t.to {
		n.items = append(n.items, &node{kind: textNode, text: (*t.to)[i]})
	}
	return n.orNil()
}

// blobs is an array of octet strings in base64.
type blobs struct {
	to         *[][]byte
	count, max int
}

func (b blobs) load(n *node, path string) *ParseError {
	return each(n, path, b.count, func(item *node, path string) *ParseError {
		if item.kind != textNode {
			return refuse(path, item.offset, "must be a string, not %s", item.kind)
		}
		if item.text == "" || base64.StdEncoding.DecodedLen(len(item.text)) > b.max+2 {
			return refuse(path, item.offset, "empty, or longer than %d octets", b.max)
		}
		// Even the strict decoder of the library skips line ends.
		octets, err := base64.StdEncoding.Strict().DecodeString(item.text)
		if err != nil || strings.ContainsAny(item.text, "\r\n") {
			return refuse(path, item.offset, "not base64 as RFC 4648 section 4, padded, without line ends")
		}
		*b.to = append(*b.to, octets)
		return nil
	})
}

func (b blobs) tree() *node {
	n := &node{kind: arrayNode}
	for _, octets := range *b.to {
		n.items = append(n.items, &node{kind: textNode, text: base64.StdEncoding.EncodeToString(octets)})
	}
	return n.orNil()
}

// nested is an object.
type nested struct{ to object }

func (o nested) load(n *node, path string) *ParseError { return loadObject(n, path, o.to) }
func (o nested) tree() *node                           { return treeOf(o.to) }

// list is an array of objects.
type list[T any, P interface {
	*T
	object
}] struct {
	to  *[]T
	max int
}

func (l list[T, P]) load(n *node, path string) *ParseError {
	return each(n, path, l.max, func(item *node, path string) *ParseError {
		var v T
		err := loadObject(item, path, P(&v))
		*l.to = append(*l.to, v)
		return err
	})
}

func (l list[T, P]) tree() *node {
	n := &node{kind: arrayNode}
	for i := range *l.to {
		n.items = append(n.items, treeOf(P(&(*l.to)[i])))
	}
	return n.orNil()
}

// evidence is an object that may be absent.
type evidence struct{ to **Evidence }

func (e evidence) load(n *node, path string) *ParseError {
	*e.to = &Evidence{}
	return loadObject(n, path, *e.to)
}

func (e evidence) tree() *node {
	if *e.to == nil {
		return nil
	}
	return treeOf(*e.to).orNil()
}

func (n *node) orNil() *node {
	if len(n.items) == 0 {
		return nil
	}
	return n
}

// each visits the items of an array of at most max.
func each(n *node, path string, max int, visit func(*node, string) *ParseError) *ParseError {
	if n.kind != arrayNode {
		return refuse(path, n.offset, "must be an array, not %s", n.kind)
	}
	if len(n.items) > max {
		return refuse(path, n.offset, "more than %d items", max)
	}
	for i, item := range n.items {
		if err := visit(item, path+"/"+strconv.Itoa(i)); err != nil {
			return err
		}
	}
	return nil
}
