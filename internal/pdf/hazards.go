// SPDX-License-Identifier: Apache-2.0

package pdf

import (
	"cmp"
	"fmt"
	"slices"
)

// Hazard is something that can make a sealed page show or do something else.
type Hazard struct {
	Name   string // one of the Hazard constants
	Detail string // English, names the object
}

// Names of hazards. All but HazardURI and HazardRemote stop Prepare unless
// Stamp.Allow names them.
const (
	HazardJavaScript = "javascript"
	HazardLaunch     = "launch"
	HazardOpenAction = "open-action"       // on opening, other than going to a page
	HazardTrigger    = "additional-action" // an /AA dictionary
	HazardSubmit     = "submit-form"       // also import-data
	HazardHide       = "hide-action"       // shows or hides fields or layers
	HazardMultimedia = "multimedia"
	HazardXFA        = "xfa"
	HazardEmbedded   = "embedded-file"
	HazardHidden     = "hidden-layer"
	HazardFormValue  = "form-value"  // a field shows another text than its value
	HazardPDFA       = "pdf-a"       // a PDF/A file that would not be one with a seal on it
	HazardRemote     = "remote-goto" // listed, not refused
	HazardURI        = "uri"         // listed, not refused
)

// KnownHazard reports whether a hazard has this name.
func KnownHazard(name string) bool {
	return slices.Contains([]string{HazardJavaScript, HazardLaunch, HazardOpenAction, HazardTrigger, HazardSubmit,
		HazardHide, HazardMultimedia, HazardXFA, HazardEmbedded, HazardHidden, HazardFormValue, HazardPDFA,
		HazardRemote, HazardURI}, name)
}

var actionHazards = map[Name]string{
	"JavaScript": HazardJavaScript, "Launch": HazardLaunch, "SubmitForm": HazardSubmit, "ImportData": HazardSubmit,
	"Hide": HazardHide, "SetOCGState": HazardHide, "Sound": HazardMultimedia, "Movie": HazardMultimedia,
	"Rendition": HazardMultimedia, "GoTo3DView": HazardMultimedia, "RichMediaExecute": HazardMultimedia,
	"GoToR": HazardRemote, "GoToE": HazardRemote, "URI": HazardURI,
}

var annotationHazards = map[Name]string{
	"FileAttachment": HazardEmbedded, "RichMedia": HazardMultimedia, "Screen": HazardMultimedia,
	"Movie": HazardMultimedia, "Sound": HazardMultimedia, "3D": HazardMultimedia,
}

// Hazards lists, by stable name, what should not be sealed, with the object
// concerned. Every object that the end of the file reaches is looked at, so
// it does not matter where an action hangs.
func (d *Document) Hazards() ([]Hazard, error) {
	v := d.newest()
	c, err := v.catalog()
	if err != nil {
		return nil, err
	}
	h := hazards{v: v, seen: map[Hazard]bool{}}
	if err := h.catalog(c); err != nil {
		return nil, err
	}
	err = v.reach(v.roots(), func(ref Ref, o Object, err error) error {
		eachDict(o, func(dict Dict) { h.dict(ref.Num, dict) })
		return err
	})
	if err != nil {
		return nil, err
	}
	if err := h.formValues(); err != nil {
		return nil, err
	}
	if err := h.archive(c); err != nil {
		return nil, err
	}
	slices.SortStableFunc(h.out, func(a, b Hazard) int {
		return cmp.Or(cmp.Compare(a.Name, b.Name), cmp.Compare(a.Detail, b.Detail))
	})
	return h.out, nil
}

const maxHazards = 1000

type hazards struct {
	v    view
	out  []Hazard
	seen map[Hazard]bool
}

func (h *hazards) add(name, format string, args ...any) {
	z := Hazard{name, fmt.Sprintf(format, args...)}
	if !h.seen[z] && len(h.out) < maxHazards {
		h.seen[z] = true
		h.out = append(h.out, z)
	}
}

func (h *hazards) catalog(c Dict) error {
	action, err := h.v.resolve(c["OpenAction"])
	if err != nil {
		return err
	}
	if dict, ok := action.(Dict); ok && dict["S"] != Name("GoTo") {
		h.add(HazardOpenAction, "catalog /OpenAction")
	}
	form, err := h.v.dict(c["AcroForm"], "/AcroForm")
	if err != nil {
		return err
	}
	if x, err := h.v.resolve(form["XFA"]); err != nil {
		return err
	} else if x != nil {
		h.add(HazardXFA, "form /XFA")
	}
	if _, ok := c["Collection"]; ok {
		h.add(HazardEmbedded, "catalog /Collection")
	}
	return h.layers(c)
}

// layers looks for optional content that is not shown as it stands, or not
// shown alike on screen and paper (/AS).
func (h *hazards) layers(c Dict) error {
	oc, err := h.v.dict(c["OCProperties"], "/OCProperties")
	if err != nil {
		return err
	}
	conf, err := h.v.dict(oc["D"], "/D of the optional content")
	if err != nil {
		return err
	}
	for _, k := range []Name{"OFF", "AS"} {
		list, err := h.v.array(conf[k], "/"+string(k)+" of the optional content")
		if err != nil {
			return err
		}
		if len(list) > 0 {
			h.add(HazardHidden, "optional content /%s", string(k))
		}
	}
	base, err := h.v.name(conf["BaseState"], "/BaseState of the optional content")
	if base == "OFF" {
		h.add(HazardHidden, "optional content /BaseState /OFF")
	}
	return err
}

func (h *hazards) dict(num int, d Dict) {
	if _, ok := d["JS"]; ok {
		h.add(HazardJavaScript, "object %d", num)
	}
	if _, ok := d["AA"]; ok {
		h.add(HazardTrigger, "object %d", num)
	}
	if _, ok := d["EF"]; ok {
		h.add(HazardEmbedded, "object %d", num)
	}
	// Either name may be an object of its own. Structure elements have an /S
	// too, but no type of theirs is called like an action.
	if name, bad := actionHazards[h.name(d["S"])]; bad {
		h.add(name, "object %d", num)
	}
	if name, bad := annotationHazards[h.name(d["Subtype"])]; bad {
		h.add(name, "object %d", num)
	}
}

// name follows a reference to a name; what cannot be read is met, and
// reported, by the walk itself.
func (h *hazards) name(o Object) Name {
	if _, ok := o.(Ref); ok {
		o, _ = h.v.resolve(o)
	}
	n, _ := o.(Name)
	return n
}
