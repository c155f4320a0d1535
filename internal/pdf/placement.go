// SPDX-License-Identifier: Apache-2.0

package pdf

import "math"

// placement is what a content stream that draws one image says: nothing but
// q, gs, cm, Do and Q, each at most once, Do exactly once.
type placement struct {
	state Name
	image Name
	cm    [6]float64
}

// fills reports whether the image covers the box exactly and upright.
func (p placement) fills(box [4]float64) bool {
	want := [6]float64{box[2] - box[0], 0, 0, box[3] - box[1], box[0], box[1]}
	for i := range want {
		if math.Abs(p.cm[i]-want[i]) > 0.001 {
			return false
		}
	}
	return want[0] > 0 && want[3] > 0
}

func parsePlacement(content []byte, depth int) (placement, error) {
	out := placement{cm: [6]float64{1, 0, 0, 1, 0, 0}}
	p := newParser(lexBytes(content), depth)
	var args []Object
	done := map[string]bool{}
	for {
		t := p.token()
		if p.err != nil {
			return out, p.err
		}
		switch t.kind {
		case tokEnd:
			if !done["Do"] || done["q"] != done["Q"] || len(args) > 0 {
				return out, ErrNoImage
			}
			return out, nil
		case tokInt:
			args = append(args, float64(t.num))
		case tokReal:
			args = append(args, t.real)
		case tokName:
			args = append(args, Name(t.text))
		case tokKeyword:
			if done[t.text] || !out.operator(t.text, args, done) {
				return out, ErrNoImage
			}
			done[t.text], args = true, nil
		default:
			return out, ErrNoImage
		}
		if len(args) > 6 {
			return out, ErrNoImage
		}
	}
}

// operator takes one operator in the only order that makes sense.
func (p *placement) operator(op string, args []Object, done map[string]bool) bool {
	switch {
	case op == "q" && len(args) == 0:
		return len(done) == 0
	case op == "Q" && len(args) == 0:
		return done["q"] && done["Do"]
	case op == "cm" && len(args) == 6 && !done["Do"]:
		for i, o := range args {
			f, ok := o.(float64)
			if !ok {
				return false
			}
			p.cm[i] = f
		}
		return true
	case (op == "gs" || op == "Do") && len(args) == 1 && !done["Do"]:
		n, ok := args[0].(Name)
		if op == "gs" {
			p.state = n
		} else {
			p.image = n
		}
		return ok
	}
	return false
}
