// SPDX-License-Identifier: Apache-2.0

package decision

import (
	"slices"
	"strconv"
	"strings"
)

type kind byte

const (
	textNode kind = iota
	arrayNode
	objectNode
)

func (k kind) String() string { return [...]string{"a string", "an array", "an object"}[k] }

// node is a JSON value of the kinds that decisions use.
type node struct {
	kind        kind
	offset      int // of the value's first octet; 0 in a tree built from values
	text        string
	items       []*node
	names       []string // of an object, parallel to items
	nameOffsets []int    // parallel to names, in a tree that was read
}

// member returns the named member of an object, or nil.
func (n *node) member(name string) *node {
	if i := slices.Index(n.names, name); i >= 0 {
		return n.items[i]
	}
	return nil
}

// drop removes members of an object.
func (n *node) drop(names ...string) {
	for _, name := range names {
		if i := slices.Index(n.names, name); i >= 0 {
			n.names, n.items = slices.Delete(n.names, i, i+1), slices.Delete(n.items, i, i+1)
		}
	}
}

// find walks a pointer as far as the tree goes. Members of ours need no
// RFC 6901 escapes.
func (n *node) find(pointer string) *node {
	for _, token := range strings.Split(pointer, "/")[1:] {
		var next *node
		if i, err := strconv.Atoi(token); n.kind == arrayNode && err == nil && i >= 0 && i < len(n.items) {
			next = n.items[i]
		} else if n.kind == objectNode {
			next = n.member(token)
		}
		if next == nil {
			break
		}
		n = next
	}
	return n
}

// pointerToken is a member's name in a path. A name that is none of ours may
// hold anything, so only tame ones are shown.
func pointerToken(name string) string {
	if tame(name) {
		return name
	}
	return "?"
}

// quoted is a member's name in a reason, with a space before it, or nothing.
func quoted(name string) string {
	if tame(name) {
		return ` "` + name + `"`
	}
	return ""
}

func tame(name string) bool {
	if name == "" || len(name) > 40 {
		return false
	}
	return strings.Trim(name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-") == ""
}
