// SPDX-License-Identifier: Apache-2.0

package ofd

import (
	"bytes"
	"errors"
	"net/url"
	"strings"
)

// rule says what a location in an element's text or attribute leads to.
type rule struct {
	role  string // "" takes the role of the file that it stands in
	parse bool   // the file there holds locations itself
	skip  bool   // accounted for elsewhere
}

// textRules: elements of type ST_Loc, by local name. Observed in samples, and
// in the schema that other implementations carry.
var textRules = map[string]rule{
	"DocRoot": {RoleDocument, true, false}, "Signatures": {skip: true},
	"PublicRes": {RoleResource, true, false}, "DocumentRes": {RoleResource, true, false}, "PageRes": {RoleResource, true, false},
	"MediaFile": {RoleResource, false, false}, "FontFile": {RoleResource, false, false},
	"Annotations": {RoleAnnotation, true, false}, "Attachments": {RoleAttachment, true, false},
	"CustomTags": {RoleTags, true, false}, "Extensions": {RoleExtension, true, false},
	"ExtendData": {RoleExtension, false, false}, "SchemaLoc": {RoleTags, false, false},
	"FileLoc": {"", true, false}, "File": {RoleVersion, true, false},
}

// attrRules: the same for attributes, by element and attribute.
var attrRules = map[[2]string]rule{
	{"Page", "BaseLoc"}:         {RolePage, true, false},
	{"TemplatePage", "BaseLoc"}: {RoleTemplate, true, false},
	{"Version", "BaseLoc"}:      {RoleVersion, true, false},
	{"ColorSpace", "Profile"}:   {RoleResource, false, false},
}

// read looks through one file for locations. A file that cannot be read is
// noted as opaque; only the package's own file failing is an error.
func (w *walker) read(v visit) error {
	if err := w.ctx.Err(); err != nil {
		return err
	}
	b, err := w.p.read(v.entry, w.p.lim.XML)
	if err == nil {
		if text := bytes.TrimLeft(bytes.TrimPrefix(b, []byte("\xef\xbb\xbf")), " \t\r\n"); len(text) == 0 || text[0] != '<' {
			if mustBeXML(v.role) {
				w.opaque = append(w.opaque, v.entry)
			}
			return nil
		}
		err = w.scan(v, b)
	}
	var fault *Error
	if errors.As(err, &fault) {
		w.opaque = append(w.opaque, v.entry)
		return nil
	}
	return err
}

// mustBeXML tells files that always hold locations from those that may.
func mustBeXML(role string) bool {
	switch role {
	case RolePackage, RoleDocument, RolePage, RoleTemplate, RoleEncryption:
		return true
	}
	return false
}

func (w *walker) scan(v visit, b []byte) error {
	s, err := newScanner(v.entry, b, w.p.lim.Depth)
	if err != nil {
		return err
	}
	f := fileWalk{w: w, visit: v}
	var text []byte
	for {
		t, err := s.next()
		if err != nil {
			return err
		}
		switch t.kind {
		case tokenEnd:
			return nil
		case tokenOpen:
			f.value(string(text), rule{}, false)
			text = text[:0]
			f.element(t, len(s.open))
		case tokenText:
			if len(text) <= maxName+64 { // longer text is no location
				text = append(text, t.text...)
			}
		case tokenClose:
			r, typed := textRules[t.name.local]
			f.value(string(text), r, typed)
			text = text[:0]
		}
	}
}

// maxLocations bounds the work of resolving, counted in places tried; no
// package of 10,000 entries has more than a few names for each.
const maxLocations = 2_000_000

// fileWalk is one file being looked through.
type fileWalk struct {
	w *walker
	visit
	base string // BaseLoc of a resource list: locations in it count from there
}

func (f *fileWalk) element(t *token, depth int) {
	for _, a := range t.attrs {
		if depth == 1 && t.name.local == "Res" && a.local == "BaseLoc" {
			f.base = strings.TrimSpace(a.value)
			continue
		}
		r, typed := attrRules[[2]string{t.name.local, a.local}]
		f.value(a.value, r, typed)
	}
}

// value follows a location, or any other value that may be one.
func (f *fileWalk) value(text string, r rule, typed bool) {
	text = strings.TrimSpace(text)
	if text == "" || len(text) > maxName || r.skip && f.role == RolePackage {
		return
	}
	if !typed {
		if r.parse = true; !f.w.plausible(text) {
			return
		}
		r.role = RoleOther
		if !shows(f.role) {
			r.role = f.role
		}
	} else if r.role == "" {
		r.role = f.role
		r.parse = f.role != RoleAttachment && f.role != RoleTags
	}
	found := false
	if f.w.spent += 4 + len(f.w.mains); f.w.spent > maxLocations {
		return
	}
	for _, c := range f.candidates(text) {
		if i, ok := f.w.p.folded[strings.ToLower(c)]; ok && !f.w.p.entries[i].Folder {
			f.w.add(f.w.p.entries[i].Name, r.role, f.entry, r.parse)
			found = true
		}
	}
	if typed && !found && len(f.w.dangling) < maxDangling {
		d := Dangling{By: f.entry, Location: text}
		from := f.entry
		if f.base != "" && !strings.HasPrefix(text, "/") {
			from = ""
			if dir, _, err := Resolve(f.entry, f.base); err == nil {
				from = dir + "/"
			}
		}
		d.Entry, _, _ = Resolve(from, text)
		f.w.dangling = append(f.w.dangling, d)
	}
}

// plausible asks whether any entry ends like the value: cheap, since most
// values of a page are numbers.
func (w *walker) plausible(text string) bool {
	last := text[strings.LastIndexAny(text, `/\`)+1:]
	if w.bases[strings.ToLower(last)] {
		return true
	}
	if !strings.Contains(last, "%") {
		return false
	}
	plain, err := url.PathUnescape(last)
	return err == nil && w.bases[strings.ToLower(plain[strings.LastIndexAny(plain, `/\`)+1:])]
}

// candidates are all entries that some reader may take the location for:
// from the file's folder, from the resource list's base, from the document's
// folder, from the root; with backslashes and percent escapes as some read them.
func (f *fileWalk) candidates(text string) []string {
	spellings := []string{text}
	if strings.Contains(text, `\`) {
		spellings = append(spellings, strings.ReplaceAll(text, `\`, "/"))
	}
	if plain, err := url.PathUnescape(text); err == nil && plain != text {
		spellings = append(spellings, strings.ReplaceAll(plain, `\`, "/"))
	}
	var out []string
	from := append([]string{f.entry, ""}, f.w.mains...)
	if f.base != "" {
		if dir, _, err := Resolve(f.entry, f.base); err == nil {
			from = append(from, dir+"/")
		}
	}
	for _, loc := range spellings {
		for _, base := range from {
			if name, _, err := Resolve(base, loc); err == nil {
				out = append(out, name)
			}
		}
	}
	return out
}
