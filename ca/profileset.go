// SPDX-License-Identifier: Apache-2.0

package ca

import (
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"path"
	"slices"
	"strings"
	"sync"
)

//go:embed profiles/*.yaml
var shipped embed.FS

// Bounds of a folder of profiles.
const (
	maxProfileFile  = 64 << 10
	maxProfileFiles = 200
)

// Profiles are the validated profiles of an authority, by name.
type Profiles struct{ byName map[string]Profile }

// DefaultProfiles are those that the program ships.
var DefaultProfiles = sync.OnceValue(func() *Profiles {
	p, err := readProfiles(shipped, "profiles")
	if err != nil {
		panic(err)
	}
	return p
})

// LoadProfiles reads every .yaml file at the top of fsys. A profile of a name
// that is shipped replaces it, another is added; the shapes that must not exist
// are refused, whoever wrote them. The error names the file and the field.
func LoadProfiles(fsys fs.FS) (*Profiles, error) {
	own, err := readProfiles(fsys, ".")
	if err != nil {
		return nil, err
	}
	all := &Profiles{maps.Clone(DefaultProfiles().byName)}
	for name, p := range own.byName {
		if was, ok := all.byName[name]; ok {
			if err := was.replaceable(p); err != nil {
				return nil, fmt.Errorf("ca: profile %s: %w", name, err)
			}
		}
		all.byName[name] = p
	}
	return all, nil
}

// replaceable: the program asks for some profiles by name and relies on what
// they give.
func (p Profile) replaceable(by Profile) error {
	switch {
	case p.s.ca != by.s.ca:
		return errors.New("authority: a profile of this name is shipped and cannot change sides")
	case p.s.key != by.s.key:
		return errors.New("key.algorithm: a profile of this name is shipped for another kind of key")
	case !slices.EqualFunc(p.s.extended, by.s.extended, func(a, b extendedUsage) bool { return a.name == b.name }):
		return errors.New("extended_usage: a profile of this name is shipped, and the program relies on its usages")
	case p.KeyFrom(FromStore) && !by.KeyFrom(FromStore), p.KeyFrom(FromCentre) != by.KeyFrom(FromCentre):
		return errors.New("key.from: a profile of this name is shipped, and the program makes keys for it")
	}
	return nil
}

func readProfiles(fsys fs.FS, dir string) (*Profiles, error) {
	entries, err := fs.ReadDir(fsys, dir)
	if err != nil {
		return nil, fmt.Errorf("ca: read the profiles: %w", err)
	}
	all := &Profiles{make(map[string]Profile)}
	for _, e := range entries {
		if e.IsDir() || !strings.HasSuffix(e.Name(), ".yaml") {
			continue
		}
		if len(all.byName) == maxProfileFiles {
			return nil, fmt.Errorf("ca: more than %d profiles", maxProfileFiles)
		}
		if err := all.read(fsys, path.Join(dir, e.Name())); err != nil {
			return nil, fmt.Errorf("ca: profile file %s: %w", e.Name(), err)
		}
	}
	return all, nil
}

func (p *Profiles) read(fsys fs.FS, name string) error {
	info, err := fs.Stat(fsys, name)
	if err != nil {
		return err
	}
	if info.Size() > maxProfileFile {
		return fmt.Errorf("is longer than %d octets", maxProfileFile)
	}
	text, err := fs.ReadFile(fsys, name)
	if err != nil {
		return err
	}
	made, err := ParseProfile(text)
	if err != nil {
		return err
	}
	if want := strings.TrimSuffix(path.Base(name), ".yaml"); made.Name() != want {
		return fmt.Errorf("profile: says %q, but a file is named for its profile", made.Name())
	}
	p.byName[made.Name()] = made
	return nil
}

// Lookup returns the profile of a name.
func (p *Profiles) Lookup(name string) (Profile, error) {
	if found, ok := p.byName[name]; ok {
		return found, nil
	}
	return Profile{}, &RequestError{"profile", fmt.Sprintf("%.64q is not one of %s", name, strings.Join(p.Names(), ", "))}
}

// Names lists the profiles that a request may carry, in order; those of the
// authorities are not among them.
func (p *Profiles) Names() []string {
	return slices.DeleteFunc(slices.Sorted(maps.Keys(p.byName)), func(n string) bool { return p.byName[n].s.ca })
}

// All lists every profile in the order of names.
func (p *Profiles) All() []Profile {
	all := make([]Profile, 0, len(p.byName))
	for _, name := range slices.Sorted(maps.Keys(p.byName)) {
		all = append(all, p.byName[name])
	}
	return all
}

// Profiles of this authority.
func (a *Authority) Profiles() *Profiles { return a.profiles }

// profile returns the profile of a name that a Request may carry: an
// authority's is made in a ceremony.
func (a *Authority) profile(name string) (Profile, error) {
	p, err := a.profiles.Lookup(name)
	if err == nil && p.s.ca {
		return Profile{}, &RequestError{"profile", name + " makes an authority: that is done in a ceremony"}
	}
	return p, err
}
