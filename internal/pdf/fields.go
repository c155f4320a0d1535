// SPDX-License-Identifier: Apache-2.0

package pdf

// Field is one terminal form field as the end of the file has it.
type Field struct {
	Name   string // fully qualified
	Kind   string // Tx, Btn, Ch, Sig; "" when none is given
	Filled bool   // it has a value
}

// Fields lists the form's terminal fields in the order of the form.
func (d *Document) Fields() ([]Field, error) {
	all, err := d.newest().walkFields()
	if err != nil {
		return nil, err
	}
	out := make([]Field, len(all))
	for i, f := range all {
		out[i] = Field{Name: f.name, Kind: string(f.kind), Filled: f.value != nil}
	}
	return out, nil
}
