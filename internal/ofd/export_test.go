// SPDX-License-Identifier: Apache-2.0

package ofd

// Event is what the XML reader says, in the words of encoding/xml.
type Event struct{ Kind, Space, Local, Text string }

// Scan runs the XML reader over a whole file.
func Scan(b []byte, depth int) ([]Event, error) {
	s, err := newScanner("test.xml", b, depth)
	if err != nil {
		return nil, err
	}
	var out []Event
	for {
		t, err := s.next()
		if err != nil {
			return nil, err
		}
		switch t.kind {
		case tokenEnd:
			return out, nil
		case tokenOpen:
			out = append(out, Event{"open", t.name.space, t.name.local, ""})
			for _, a := range t.attrs {
				out = append(out, Event{"attr", a.space, a.local, a.value})
			}
		case tokenClose:
			out = append(out, Event{"close", t.name.space, t.name.local, ""})
		case tokenText:
			out = append(out, Event{"text", "", "", t.text})
		}
	}
}

// MaxNodes is the limit on files kept as trees.
const MaxNodes = maxNodes
