// SPDX-License-Identifier: Apache-2.0

package ceremony

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"go.yaml.in/yaml/v3"

	"github.com/govseal/govseal/ca"
)

// Bounds of a file.
const (
	MaxScript = 64 << 10 // octets
	maxDepth  = 8
	maxNodes  = 4096
)

// Parse reads and validates one reviewed file. The error names the line or the
// field.
func Parse(text []byte) (*Script, error) {
	if len(text) > MaxScript {
		return nil, fmt.Errorf("is longer than %d octets", MaxScript)
	}
	if err := checkVisible(text); err != nil {
		return nil, err
	}
	var tree yaml.Node
	one := yaml.NewDecoder(bytes.NewReader(text))
	if err := one.Decode(&tree); errors.Is(err, io.EOF) {
		return nil, errors.New("is empty")
	} else if err != nil {
		return nil, err
	}
	if err := one.Decode(new(yaml.Node)); !errors.Is(err, io.EOF) {
		return nil, errors.New("holds more than one YAML document")
	}
	if err := (&walker{}).walk(&tree, "", 0); err != nil {
		return nil, err
	}
	dec := yaml.NewDecoder(bytes.NewReader(text))
	dec.KnownFields(true)
	var s Script
	if err := dec.Decode(&s); err != nil {
		return nil, err
	}
	if err := s.validate(); err != nil {
		return nil, err
	}
	return &s, nil
}

// checkVisible refuses a file that shows its reviewers less, or in another
// order, than it holds.
func checkVisible(text []byte) error {
	if !utf8.Valid(text) {
		return errors.New("is not UTF-8")
	}
	line := 1
	for _, r := range string(text) {
		switch {
		case r == '\n':
			line++
		case r == '\r', r == '\t':
		case unicode.In(r, unicode.Cc, unicode.Cf, unicode.Co, unicode.Zl, unicode.Zp):
			return fmt.Errorf("line %d: holds the invisible character %U", line, r)
		}
	}
	return nil
}

// walker looks at the plain tree before anything is made of it: what could
// stand for more than it shows, or for another type than people read, is
// refused.
type walker struct{ nodes int }

func (w *walker) walk(n *yaml.Node, key string, depth int) error {
	wrong := func(format string, args ...any) error {
		return fmt.Errorf("line %d: %s", n.Line, fmt.Sprintf(format, args...))
	}
	if w.nodes++; w.nodes > maxNodes || depth > maxDepth {
		return wrong("more than %d values, or deeper than %d", maxNodes, maxDepth)
	}
	if n.Kind == yaml.AliasNode || n.Anchor != "" {
		return wrong("anchors and aliases are not for a reviewed file: write the value where it counts")
	}
	if n.Style&yaml.TaggedStyle != 0 {
		return wrong("tags are not allowed")
	}
	switch n.Kind {
	case yaml.MappingNode:
		for i := 0; i+1 < len(n.Content); i += 2 {
			name := n.Content[i]
			if name.Kind != yaml.ScalarNode || name.ShortTag() != "!!str" || name.Anchor != "" {
				return wrong("a field's name is not a plain word")
			}
			if err := w.walk(n.Content[i+1], name.Value, depth+1); err != nil {
				return err
			}
		}
	case yaml.ScalarNode:
		if !slices.Contains(scalarTags(key), n.ShortTag()) {
			return wrong("%s: %.40q is read by YAML as %s: put it in quotes, or give what belongs there", key, n.Value, strings.TrimPrefix(n.ShortTag(), "!!"))
		}
	default:
		for _, c := range n.Content {
			if err := w.walk(c, key, depth+1); err != nil {
				return err
			}
		}
	}
	return nil
}

// scalarTags are the YAML types that a field's value may resolve to.
func scalarTags(key string) []string {
	switch key {
	case "from", "until", "invalid_since":
		return []string{"!!timestamp", "!!str"} // "from" is a text in key
	case "days":
		return []string{"!!int"}
	case "path_length":
		return []string{"!!int", "!!str"}
	case "sm3", "serial": // hexadecimal may look like any number
		return []string{"!!str", "!!int", "!!float"}
	}
	return []string{"!!str"}
}

// UnmarshalYAML reads an instant.
func (t *Instant) UnmarshalYAML(n *yaml.Node) error {
	at, err := time.Parse(time.RFC3339, n.Value)
	if err != nil || at.Nanosecond() != 0 || at.Year() < 2000 || at.Year() > 2200 {
		return fmt.Errorf("line %d: %.40q is not an instant like 2026-12-01T09:00:00+08:00", n.Line, n.Value)
	}
	t.Time = at.UTC()
	return nil
}

// UnmarshalYAML reads a number, or none.
func (p *PathLength) UnmarshalYAML(n *yaml.Node) error {
	if n.Value == "none" {
		*p = ca.Unlimited
		return nil
	}
	v, err := strconv.ParseUint(n.Value, 10, 8)
	if err != nil || v > 8 || n.ShortTag() != "!!int" || n.Value != strconv.FormatUint(v, 10) {
		return fmt.Errorf("line %d: path_length %.20q is neither 0 to 8 nor none", n.Line, n.Value)
	}
	*p = PathLength(v)
	return nil
}
