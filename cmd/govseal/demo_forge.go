// SPDX-License-Identifier: Apache-2.0

package main

import (
	"archive/zip"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/govseal/govseal/verify"
)

// forgery is something that somebody might do to a true document.
type forgery struct {
	what string
	from string // true document in out/
	to   string // kept under this name; "" for not
	how  func([]byte) ([]byte, error)
	want verify.Verdict
	code verify.Code
}

func (s *story) forgeries(ctx context.Context) error {
	s.chapter("Forgeries", "whatever is changed is found, and the verdict says what kind of change it is")
	other, err := s.otherDecision(ctx)
	if err != nil {
		return err
	}
	for _, f := range []forgery{
		{"a word of the decision changed", "decision.json", "decision.tampered.json", swap("准予许可", "不予许可"), verify.Invalid, ""},
		{"the validity prolonged", "decision.json", "", editDecision("validTo", "2099-12-31"), verify.Invalid, ""},
		{"the second department's stamp taken away", "decision.json", "", dropStamp, verify.Indeterminate, "STAMP_MISSING"},
		{"another decision's code put in", "decision.json", "", setMember("code", other["code"]), verify.Invalid, ""},
		{"another decision's stamps put in", "decision.json", "", setMember("stamps", other["stamps"]), verify.Invalid, ""},
		{"one octet of the paper flipped", "decision.pdf", "decision.tampered.pdf", flip(0.3), verify.Invalid, ""},
		{"a word of the OFD changed", "decision.ofd", "decision.tampered.ofd", editPackage("Doc_0/Pages/Page_0/Content.xml", "准予", "不予"), verify.Invalid, "HASH_FAILURE"},
		{"a page of the OFD taken away", "decision.ofd", "", editPackage("Doc_0/Pages/Page_0/Content.xml", "", ""), verify.Invalid, ""},
		{"one octet of the permit flipped", "permit.sealed.pdf", "permit.tampered.pdf", flip(0.1), verify.Invalid, ""},
		{"something appended behind the seal", "permit.sealed.pdf", "", appendTail, verify.Invalid, ""},
		{"one octet of the seal signature flipped", "internal.txt.seal", "internal.txt.tampered.seal", flip(0.3), verify.Invalid, ""},
	} {
		if err := s.forge(ctx, f); err != nil {
			return err
		}
	}
	return nil
}

func (s *story) forge(ctx context.Context, f forgery) error {
	genuine, err := os.ReadFile(filepath.Join(s.out, f.from))
	if err != nil {
		return err
	}
	forged, err := f.how(bytes.Clone(genuine))
	if err != nil {
		return fmt.Errorf("forge: %s: %w", f.what, err)
	}
	if bytes.Equal(forged, genuine) {
		return fmt.Errorf("forge: %s: nothing was changed", f.what)
	}
	if f.to != "" {
		if err := s.keep(f.to, forged); err != nil {
			return err
		}
	}
	beside := s.beside(f.from)
	if f.from == "internal.txt.seal" {
		content, err := os.ReadFile(filepath.Join(s.out, "internal.txt"))
		if err != nil {
			return err
		}
		beside.Content = bytes.NewReader(content)
	}
	return s.expect(ctx, f.what, beside, forged, f.want, f.code)
}

// otherDecision has a second, true decision stamped, to take parts from.
func (s *story) otherDecision(ctx context.Context) (map[string]json.RawMessage, error) {
	raw, err := s.demoDecision()
	if err != nil {
		return nil, err
	}
	raw, err = swap("123号", "124号")(raw)
	if err != nil {
		return nil, err
	}
	first, err := s.client.stampDecision(ctx, newIdempotencyKey(), s.request(s.bureau), raw)
	if err != nil {
		return nil, err
	}
	second, err := s.client.addDecisionStamp(ctx, newIdempotencyKey(), first.Decision.ID, s.request(s.market))
	if err != nil {
		return nil, err
	}
	content, err := s.client.document(ctx, second.ID, "")
	if err != nil {
		return nil, err
	}
	var members map[string]json.RawMessage
	return members, json.Unmarshal(content, &members)
}

func swap(from, to string) func([]byte) ([]byte, error) {
	return func(b []byte) ([]byte, error) { return bytes.Replace(b, []byte(from), []byte(to), 1), nil }
}

func setMember(name string, value json.RawMessage) func([]byte) ([]byte, error) {
	return func(b []byte) ([]byte, error) {
		var members map[string]json.RawMessage
		if err := json.Unmarshal(b, &members); err != nil {
			return nil, err
		}
		members[name] = value
		return json.Marshal(members)
	}
}

func editDecision(name, value string) func([]byte) ([]byte, error) {
	return func(b []byte) ([]byte, error) {
		var f struct {
			Decision map[string]json.RawMessage `json:"decision"`
		}
		if err := json.Unmarshal(b, &f); err != nil {
			return nil, err
		}
		text, err := json.Marshal(value)
		if err != nil {
			return nil, err
		}
		f.Decision[name] = text
		inner, err := json.Marshal(f.Decision)
		if err != nil {
			return nil, err
		}
		return setMember("decision", inner)(b)
	}
}

func dropStamp(b []byte) ([]byte, error) {
	var f struct {
		Stamps []json.RawMessage `json:"stamps"`
	}
	if err := json.Unmarshal(b, &f); err != nil {
		return nil, err
	}
	kept, err := json.Marshal(f.Stamps[:1])
	if err != nil {
		return nil, err
	}
	return setMember("stamps", kept)(b)
}

// flip changes one bit at a relative place.
func flip(at float64) func([]byte) ([]byte, error) {
	return func(b []byte) ([]byte, error) {
		b[int(at*float64(len(b)))] ^= 1
		return b, nil
	}
}

func appendTail(b []byte) ([]byte, error) { return append(b, "\n% one more page, honestly\n"...), nil }

// editPackage writes an OFD package anew with one entry changed, or left out
// when there is nothing to look for.
func editPackage(name, from, to string) func([]byte) ([]byte, error) {
	return func(b []byte) ([]byte, error) {
		r, err := zip.NewReader(bytes.NewReader(b), int64(len(b)))
		if err != nil {
			return nil, err
		}
		var out bytes.Buffer
		w := zip.NewWriter(&out)
		for _, f := range r.File {
			if f.Name != name {
				if err := w.Copy(f); err != nil {
					return nil, err
				}
				continue
			}
			if from == "" {
				continue
			}
			if err := editEntry(w, f, from, to); err != nil {
				return nil, err
			}
		}
		err = w.Close()
		return out.Bytes(), err
	}
}

func editEntry(w *zip.Writer, f *zip.File, from, to string) error {
	entry, err := f.Open()
	if err != nil {
		return err
	}
	defer entry.Close()
	content, err := io.ReadAll(entry)
	if err != nil {
		return err
	}
	changed, err := w.Create(f.Name)
	if err != nil {
		return err
	}
	_, err = changed.Write(bytes.Replace(content, []byte(from), []byte(to), 1))
	return err
}
