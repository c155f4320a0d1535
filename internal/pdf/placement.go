// SPDX-License-Identifier: Apache-2.0

package pdf

import "math"

// placement is what a content stream that draws one image says: nothing but
// q, gs, g, cm, Do and Q, each at most once, Do exactly once.
type placement struct {
	state Name
	image Name
	black bool // 0 g
	cm    [6]float64
}

// part returns which part of the image the box shows: all of it, filling the
// box or in the middle of it, or a strip over the box's full width or height.
// The image stands upright.
func (p placement) part(box [4]float64) (part [4]float64, ok bool) {
	const most = 0.001 // units
	w, h := p.cm[0], p.cm[3]
	if !(w > 0) || !(h > 0) || p.cm[1] != 0 || p.cm[2] != 0 {
		return part, false
	}
	// The room between box and image on each side; negative where it is cut.
	room := [4]float64{p.cm[4] - box[0], p.cm[5] - box[1], box[2] - p.cm[4] - w, box[3] - p.cm[5] - h}
	flush := func(i int) bool { return math.Abs(room[i]) <= most }
	middle := func(i int) bool { return room[i] >= -most && math.Abs(room[i]-room[i+2]) <= 2*most }
	switch cut := func(i int) bool { return room[i] <= most && room[i+2] <= most }; {
	case middle(0) && middle(1):
		return wholeImage, true
	case flush(1) && flush(3) && cut(0):
		return [4]float64{max(0, -room[0]/w), 0, min(1, 1+room[2]/w), 1}, true
	case flush(0) && flush(2) && cut(1):
		return [4]float64{0, max(0, -room[1]/h), 1, min(1, 1+room[3]/h)}, true
	}
	return part, false
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
	case op == "g" && len(args) == 1 && !done["Do"]:
		p.black = args[0] == Object(0.0)
		return p.black
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
