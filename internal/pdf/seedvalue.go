// SPDX-License-Identifier: Apache-2.0

package pdf

import (
	"fmt"
	"slices"
)

// Flags of a seed value dictionary: what is a demand, not a hint
// (ISO 32000-1 table 234).
const (
	seedFilter = 1 << iota
	seedSubFilter
	seedVersion
	seedReasons
	seedLegal
	seedRevocation
	seedDigest
	seedLockDocument // PDF 2.0, and so is the next
	seedAppearance
)

// seedValues refuses, by name, a demand of the field's /SV that the signature
// will not meet. Hints are not followed.
func (t *target) seedValues(v view, s Stamp) error {
	sv, err := v.dict(t.field.dict["SV"], "/SV of a field")
	if err != nil || sv == nil {
		return err
	}
	flags, err := v.integer(sv["Ff"], "/Ff of a seed value")
	if err != nil {
		return err
	}
	demanded := func(flag int64) bool { return flags&flag != 0 }
	unmet := ""
	check := func(what string, demand, met bool, err2 error) {
		if err == nil {
			err = err2
		}
		if demand && !met && unmet == "" {
			unmet = what
		}
	}
	filter, err2 := v.name(sv["Filter"], "/Filter of a seed value")
	check("Filter", demanded(seedFilter), string(filter) == s.Filter, err2)
	met, err2 := v.lists(sv["SubFilter"], Name(s.SubFilter))
	check("SubFilter", demanded(seedSubFilter), met, err2)
	met, err2 = v.lists(sv["DigestMethod"], Text("SM3"))
	check("DigestMethod", demanded(seedDigest), met, err2)
	met, err2 = v.lists(sv["Reasons"], Text(s.Reason))
	check("Reasons", demanded(seedReasons), met, err2)
	check("V", demanded(seedVersion), false, nil)
	check("LegalAttestation", demanded(seedLegal), false, nil)
	check("AddRevInfo", demanded(seedRevocation), s.SubFilter == "adbe.pkcs7.detached", nil)
	check("LockDocument", demanded(seedLockDocument), false, nil)
	check("AppearanceFilter", demanded(seedAppearance), false, nil)
	check("Ff", flags >= 2*seedAppearance || flags < 0, false, nil)
	t.seedOthers(v, sv, s, check)
	if err == nil && unmet != "" {
		err = &Refusal{ReasonSeedValue, fmt.Sprintf("the field %q demands its /%s, which this signature does not meet", t.field.name, unmet)}
	}
	return err
}

// seedOthers looks at the demands that have places of their own.
func (t *target) seedOthers(v view, sv Dict, s Stamp, check func(string, bool, bool, error)) {
	for _, k := range []Name{"Cert", "TimeStamp"} {
		d, err := v.dict(sv[k], "/"+string(k)+" of a seed value")
		check(string(k), false, true, err)
		flags, err := v.integer(d["Ff"], "/Ff of a seed value")
		check(string(k), flags != 0, false, err)
	}
	mdp, err := v.dict(sv["MDP"], "/MDP of a seed value")
	check("MDP", false, true, err)
	if mdp != nil {
		p, err := v.integer(mdp["P"], "/P of a seed value")
		check("MDP", true, p == int64(s.Certify), err)
	}
}

func (v view) lists(o Object, want Object) (bool, error) {
	list, err := v.array(o, "a list of a seed value")
	if err != nil {
		return false, err
	}
	return slices.ContainsFunc(list, func(e Object) bool {
		e, err := v.resolve(e)
		if a, ok := e.(String); ok && err == nil {
			b, text := want.(String)
			return text && decodeText(a) == decodeText(b)
		}
		_, comparable := e.(Name)
		return err == nil && comparable && e == want
	}), nil
}
