// SPDX-License-Identifier: Apache-2.0

package main

import (
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"

	"github.com/govseal/govseal/ca"
)

// profilesFolder, in the city's folder, holds the operator's own profiles.
const profilesFolder = "profiles"

// maxProfile bounds one profile's file in octets, as package ca does.
const maxProfile = 64 << 10

// loadProfiles returns the shipped profiles and what the city's folder adds or
// replaces.
func loadProfiles(dir string) (*ca.Profiles, error) {
	p, err := ca.LoadProfiles(os.DirFS(filepath.Join(dir, profilesFolder)))
	if errors.Is(err, fs.ErrNotExist) {
		return ca.DefaultProfiles(), nil
	}
	return p, err
}

var profileFileName = regexp.MustCompile(`^profiles/[a-z][a-z0-9-]{0,31}\.yaml$`)

// copyProfiles puts the city's own profiles into the folder of a backup and
// returns their names in it.
func copyProfiles(dir, work string) ([]string, error) {
	entries, err := os.ReadDir(filepath.Join(dir, profilesFolder))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	if err := os.Mkdir(filepath.Join(work, profilesFolder), 0o700); err != nil {
		return nil, err
	}
	var names []string
	for _, e := range entries {
		name := profilesFolder + "/" + e.Name()
		if !profileFileName.MatchString(name) {
			continue // package ca does not read it either
		}
		text, err := readSmall(filepath.Join(dir, name), maxProfile)
		if err != nil {
			return nil, err
		}
		if err := os.WriteFile(filepath.Join(work, name), text, 0o600); err != nil {
			return nil, err
		}
		names = append(names, name)
	}
	return names, nil
}

// profiles takes the city's own profiles, which the manifest names, in order.
func (r *reader) profiles(m manifest) error {
	for _, name := range slices.Sorted(maps.Keys(m.Files)) {
		if !profileFileName.MatchString(name) {
			continue
		}
		text, err := r.small(name, maxProfile, m.Files[name])
		if err != nil {
			return err
		}
		if _, err := ca.ParseProfile(text); err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		if err := os.MkdirAll(filepath.Join(r.dir, profilesFolder), 0o700); err != nil {
			return err
		}
		if err := writeDurably(filepath.Join(r.dir, filepath.FromSlash(name)), text, 0o600); err != nil {
			return err
		}
	}
	return nil
}

// profileShape is what an approval says of a profile: "shipped", or the SM3
// digest of the city's own file, so that a changed profile asks for another
// approval.
func profileShape(dir, profile string) (string, error) {
	name := profilesFolder + "/" + profile + ".yaml"
	if !profileFileName.MatchString(name) {
		return "shipped", nil
	}
	text, err := readSmall(filepath.Join(dir, name), maxProfile)
	if errors.Is(err, fs.ErrNotExist) {
		return "shipped", nil
	}
	if err != nil {
		return "", err
	}
	return string(fingerprintOf(text)), nil
}
