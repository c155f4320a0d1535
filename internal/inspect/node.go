// SPDX-License-Identifier: Apache-2.0

package inspect

import (
	"fmt"
	"math/big"
	"strings"
	"time"

	"github.com/govseal/govseal/internal/gm"
)

// Node is one line of the tree. Values are texts; names of people and bodies
// are as the object spells them, so a printer must keep control characters
// from a terminal.
type Node struct {
	Name     string  `json:"name"`
	Value    string  `json:"value,omitempty"`
	Children []*Node `json:"children,omitempty"`
}

func node(name, value string) *Node { return &Node{Name: name, Value: value} }

// add appends a line, unless its value is empty.
func (n *Node) add(name, value string) {
	if value != "" {
		n.Children = append(n.Children, node(name, value))
	}
}

// group appends an empty branch and returns it.
func (n *Node) group(name, value string) *Node {
	child := node(name, value)
	n.Children = append(n.Children, child)
	return child
}

// object appends an object within this one; what cannot be shown is named.
func (n *Node) object(name string, der []byte, show func([]byte, int) (*Node, error), depth int) {
	if len(der) == 0 {
		return
	}
	if depth >= maxDepth {
		n.add(name, fmt.Sprintf("%d octets, nested too deep to be shown", len(der)))
		return
	}
	child, err := show(der, depth+1)
	if err != nil {
		n.add(name, fmt.Sprintf("%d octets, unreadable: %v", len(der), err))
		return
	}
	if name != "" && name != child.Name {
		child.Name, child.Value = name, child.Name+sep(child.Value)
	}
	n.Children = append(n.Children, child)
}

func sep(value string) string {
	if value == "" {
		return ""
	}
	return ": " + value
}

// when is a time in UTC, as objects hold it; "" for none.
func when(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format("2006-01-02 15:04:05.999 UTC")
}

// hexed shows the first octets of a value and its length when there are more.
func hexed(b []byte) string {
	if len(b) > maxHex {
		return fmt.Sprintf("%x… (%d octets)", b[:maxHex], len(b))
	}
	return fmt.Sprintf("%x", b)
}

func serial(n *big.Int) string { return fmt.Sprintf("%x", n) }

func sm3(b []byte) string { d := gm.SM3(b); return fmt.Sprintf("%x", d) }

func count(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	if strings.HasSuffix(what, "y") {
		return fmt.Sprintf("%d %sies", n, strings.TrimSuffix(what, "y"))
	}
	return fmt.Sprintf("%d %ss", n, what)
}

// short bounds a text from the object.
func short(s string) string {
	if r := []rune(s); len(r) > 500 {
		return string(r[:500]) + "…"
	}
	return s
}

func yes(b bool) string {
	if b {
		return "yes"
	}
	return "no"
}
