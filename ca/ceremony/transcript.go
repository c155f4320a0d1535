// SPDX-License-Identifier: Apache-2.0

package ceremony

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/govseal/govseal/ca"
	"github.com/govseal/govseal/internal/gm"
)

// MaxTranscript bounds a transcript in octets.
const MaxTranscript = 1 << 20

// Transcript is the record of a ceremony that was held. Its octets are signed
// with the key of the CA that acted: an SM2 signature beside it, in DER.
type Transcript struct {
	Schema       string        `json:"schema"`
	Kind         Kind          `json:"kind"`
	Purpose      string        `json:"purpose"`
	Script       string        `json:"script"` // the reviewed file, whole
	ScriptSM3    string        `json:"scriptSM3"`
	Participants []Participant `json:"participants"`
	Operator     string        `json:"operator"`
	Program      string        `json:"program"` // and its version
	Confirmed    time.Time     `json:"confirmed"`
	Signed       time.Time     `json:"signed"`
	Plan         ca.Plan       `json:"plan"`
	Results      Results       `json:"results"`
	Signer       Object        `json:"signer"` // certificate of the CA that acted
}

// Results is what was made.
type Results struct {
	Authority    string        `json:"authority,omitempty"` // that is served from now on
	Certificates []Certificate `json:"certificates,omitempty"`
	List         *ListResult   `json:"list,omitempty"`
	Files        []File        `json:"files,omitempty"`
}

// Object is a certificate with its SM3 in hexadecimal.
type Object struct {
	SM3 string `json:"sm3"`
	DER string `json:"der"` // base64
}

// Certificate is one that was made.
type Certificate struct {
	Name   string `json:"name,omitempty"`
	Serial string `json:"serial"`
	Object
}

// ListResult is the list that was made.
type ListResult struct {
	CA         string    `json:"ca"`
	Number     int64     `json:"number"`
	ThisUpdate time.Time `json:"thisUpdate"`
	NextUpdate time.Time `json:"nextUpdate"`
	SM3        string    `json:"sm3"`
	Revoked    []string  `json:"revoked,omitempty"` // serial numbers that it is the first to list
}

// File is one that was written beside the transcript.
type File struct {
	Name string `json:"name"`
	SM3  string `json:"sm3"`
}

// Occasion is what a transcript says beyond script and results.
type Occasion struct {
	Script            []byte // the reviewed file's octets
	Operator, Program string
	Confirmed, Signed time.Time
	Plan              ca.Plan
	Files             []File
}

// NewTranscript puts together what happened.
func NewTranscript(s *Script, o Occasion, m *ca.Made) *Transcript {
	t := &Transcript{Schema: TranscriptSchema, Kind: s.Kind, Purpose: s.Purpose, Script: string(o.Script), ScriptSM3: digest(o.Script),
		Participants: s.Participants, Operator: o.Operator, Program: o.Program, Confirmed: seconds(o.Confirmed), Signed: seconds(o.Signed),
		Plan: o.Plan, Signer: object(m.Signer)}
	t.Results.Files = o.Files
	if m.CA != nil {
		t.Results.Authority = m.CA.ID
	}
	for _, c := range m.Certificates {
		t.Results.Certificates = append(t.Results.Certificates, Certificate{c.Name, c.SerialHex, object(c.DER)})
	}
	if l := m.CRL; l != nil {
		t.Results.List = &ListResult{CA: l.CA, Number: l.Number, ThisUpdate: seconds(l.ThisUpdate), NextUpdate: seconds(l.NextUpdate), SM3: digest(l.DER)}
		for _, r := range m.Revoked {
			t.Results.List.Revoked = append(t.Results.List.Revoked, r.SerialHex)
		}
	}
	return t
}

func seconds(t time.Time) time.Time { return t.UTC().Truncate(time.Second) }

func object(der []byte) Object {
	return Object{SM3: digest(der), DER: base64.StdEncoding.EncodeToString(der)}
}

func digest(octets []byte) string {
	d := gm.SM3(octets)
	return hex.EncodeToString(d[:])
}

// Marshal returns the octets that are signed: JSON in its one canonical form,
// members sorted, no white space, as RFC 8785 for the values that occur.
func (t *Transcript) Marshal() ([]byte, error) {
	raw, err := json.Marshal(t)
	if err != nil {
		return nil, err
	}
	return canonical(raw)
}

// canonical sorts the members and drops white space.
func canonical(raw []byte) ([]byte, error) {
	dec := json.NewDecoder(bytes.NewReader(raw))
	dec.UseNumber()
	var v any
	if err := dec.Decode(&v); err != nil {
		return nil, err
	}
	if _, err := dec.Token(); !errors.Is(err, io.EOF) {
		return nil, errors.New("something stands behind the JSON value")
	}
	var out bytes.Buffer
	enc := json.NewEncoder(&out)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		return nil, err
	}
	return bytes.TrimSuffix(out.Bytes(), []byte("\n")), nil
}

// parseTranscript reads the canonical form and nothing else.
func parseTranscript(raw []byte) (*Transcript, error) {
	if len(raw) > MaxTranscript {
		return nil, fmt.Errorf("the transcript is longer than %d octets", MaxTranscript)
	}
	again, err := canonical(raw)
	if err != nil {
		return nil, fmt.Errorf("the transcript is no JSON: %w", err)
	}
	if !bytes.Equal(again, raw) {
		return nil, errors.New("the transcript is not in canonical form: it was edited, or is no transcript")
	}
	dec := json.NewDecoder(bytes.NewReader(raw))
	dec.DisallowUnknownFields()
	var t Transcript
	if err := dec.Decode(&t); err != nil {
		return nil, fmt.Errorf("the transcript: %w", err)
	}
	if t.Schema != TranscriptSchema {
		return nil, fmt.Errorf("the transcript's schema is %.40q, not %s", t.Schema, TranscriptSchema)
	}
	return &t, nil
}
