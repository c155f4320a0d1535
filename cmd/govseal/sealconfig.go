// SPDX-License-Identifier: Apache-2.0

package main

import (
	"fmt"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/govseal/govseal/seal"
)

// secondPerson is a list of acts, or true for the usual ones.
type secondPerson []seal.Act

var (
	usualPairs    = []seal.Act{seal.ActMake, seal.ActActivate, seal.ActResume, seal.ActCancel}
	possiblePairs = []seal.Act{seal.ActMake, seal.ActFile, seal.ActActivate, seal.ActSuspend, seal.ActResume, seal.ActCancel, seal.ActLost, seal.ActCompromise}
)

// UnmarshalYAML reads a truth value or a list of acts.
func (s *secondPerson) UnmarshalYAML(node *yaml.Node) error {
	var on bool
	if err := node.Decode(&on); err == nil {
		*s = nil
		if on {
			*s = slices.Clone(usualPairs)
		}
		return nil
	}
	var names []seal.Act
	if err := node.Decode(&names); err != nil {
		return fmt.Errorf("seal.second_person: line %d: neither true, false nor a list of acts", node.Line)
	}
	for _, a := range names {
		if !slices.Contains(possiblePairs, a) {
			all := make([]string, len(possiblePairs))
			for i, p := range possiblePairs {
				all[i] = string(p)
			}
			return fmt.Errorf("seal.second_person: line %d: %q is not one of %s", node.Line, string(a), strings.Join(all, ", "))
		}
	}
	*s = names
	return nil
}
