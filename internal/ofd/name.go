// SPDX-License-Identifier: Apache-2.0

package ofd

import (
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"
)

const maxName = 1024 // octets of an entry name or a location

// checkName is the rule for names of entries: relative, made of plain
// segments. Anything that one reader takes for another place than the next
// is refused.
func checkName(name string) error {
	path := strings.TrimSuffix(name, "/")
	switch {
	case path == "":
		return errors.New("an empty name")
	case len(name) > maxName:
		return fmt.Errorf("a name of %d octets", len(name))
	case name[0] == '/':
		return errors.New("an absolute path")
	}
	if err := checkLetters(name); err != nil {
		return err
	}
	for seg := range strings.SplitSeq(path, "/") {
		switch {
		case seg == "" || seg == ".":
			return errors.New("an empty segment in the path")
		case seg == "..":
			return errors.New("a path that leads upwards")
		case strings.HasSuffix(seg, ".") || strings.HasSuffix(seg, " "):
			return errors.New("a segment that ends in a full stop or a space, which Windows drops")
		}
	}
	return nil
}

// checkLetters refuses what no spelling of a path may contain.
func checkLetters(path string) error {
	if !utf8.ValidString(path) {
		return errors.New("a name that is not UTF-8")
	}
	for i, c := range path {
		switch {
		case c == '\\':
			return errors.New("a backslash in the path")
		case c == ':':
			return errors.New("a colon in the path: a drive, a scheme or a stream")
		case c < 0x20 || c == 0x7f || (c >= 0x80 && c < 0xa0) || isBidi(c) || c == utf8.RuneError || c == 0xfeff:
			return errors.New("a control character in the path")
		case c == '%' && i+2 < len(path) && isHex(path[i+1]) && isHex(path[i+2]):
			return errors.New("a percent escape in the path")
		}
	}
	return nil
}

// isBidi reports characters that turn the direction of text or have no width:
// names that look alike without being alike.
func isBidi(c rune) bool {
	return (c >= 0x200b && c <= 0x200f) || (c >= 0x202a && c <= 0x202e) || (c >= 0x2060 && c <= 0x2069)
}

func isHex(c byte) bool {
	return c >= '0' && c <= '9' || c >= 'a' && c <= 'f' || c >= 'A' && c <= 'F'
}

// Resolve turns a location (ST_Loc) found in the file from into the name of
// an entry: one that begins with "/" counts from the root of the package, any
// other from the folder of from. "./", "//" and ".." segments are taken out,
// and plain says that there were none. It does not ask whether the entry is there.
func Resolve(from, loc string) (name string, plain bool, err error) {
	switch {
	case loc == "":
		return "", false, errors.New("an empty location")
	case len(loc) > maxName:
		return "", false, fmt.Errorf("a location of %d octets", len(loc))
	}
	if err := checkLetters(loc); err != nil {
		return "", false, err
	}
	segs := []string{}
	rest, absolute := strings.CutPrefix(loc, "/")
	if i := strings.LastIndexByte(from, '/'); i >= 0 && !absolute {
		segs = strings.Split(from[:i], "/")
	}
	plain = true
	for seg := range strings.SplitSeq(rest, "/") {
		switch seg {
		case "", ".":
			plain = false
		case "..":
			if plain = false; len(segs) == 0 {
				return "", false, errors.New("a location outside of the package")
			}
			segs = segs[:len(segs)-1]
		default:
			segs = append(segs, seg)
		}
	}
	if len(segs) == 0 {
		return "", false, errors.New("a location that names no file")
	}
	if name = strings.Join(segs, "/"); len(name) > maxName {
		return "", false, fmt.Errorf("a location of %d octets", len(name))
	}
	return name, plain, nil
}

// enter adds the entry; two spellings of one name are refused, also when they
// differ only in case, since some readers unpack to folders without case.
func (p *Package) enter(e Entry) error {
	path := strings.TrimSuffix(e.Name, "/")
	fold := strings.ToLower(path)
	if i, known := p.folded[fold]; known {
		if p.entries[i].Name == e.Name {
			return broken(e.at, "entry %q stands twice in the directory", e.Name)
		}
		return broken(e.at, "entries %q and %q are one name in another case", p.entries[i].Name, e.Name)
	}
	if e.flags&flagUTF8 == 0 && strings.IndexFunc(e.Name, func(c rune) bool { return c >= 0x80 }) >= 0 {
		p.tolerate(ToleratedName, e.Name)
	}
	p.folded[fold] = len(p.entries)
	p.index[e.Name] = len(p.entries)
	p.entries = append(p.entries, e)
	return nil
}

// checkFolders refuses a file that is also the folder of another.
func (p *Package) checkFolders() error {
	for _, e := range p.entries {
		path := strings.ToLower(strings.TrimSuffix(e.Name, "/"))
		for i := strings.LastIndexByte(path, '/'); i > 0; i = strings.LastIndexByte(path[:i], '/') {
			if j, known := p.folded[path[:i]]; known && !p.entries[j].Folder {
				return broken(e.at, "entry %q lies in %q, which is not a folder", e.Name, p.entries[j].Name)
			}
		}
	}
	return nil
}
