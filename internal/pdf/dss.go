// SPDX-License-Identifier: Apache-2.0

package pdf

import (
	"bytes"
	"crypto/sha1"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"
)

// DSS is the validation material of a document security store (ISO 32000-2
// 12.8.4.3): DER as it stands there, believed by nobody yet. What the entries
// under VRI name stands in the lists, too.
type DSS struct {
	Certs, CRLs, OCSPs [][]byte
	VRI                []string // its keys, as spelled; not looked at by AppendDSS
	For                []VRI    // what single signatures need; for AppendDSS, empty when read
}

// VRI is the material that one signature needs. AppendDSS stores it in the
// lists, and names it under the signature's key.
type VRI struct {
	Contents           []byte // of the signature, padding included
	Certs, CRLs, OCSPs [][]byte
}

// Bounds of a store: streams in all lists together, and octets of each and
// of all.
const (
	maxDSSStreams = 1024
	maxDSSStream  = 32 << 20
	maxDSS        = 64 << 20
)

// DSS reads the security store as a revision shows it; nil when there is none.
// Streams that cannot be read are left out: their absence shows where they
// would have been needed.
func (d *Document) DSS(revision int) (*DSS, error) {
	if revision < 0 || revision >= len(d.revisions) {
		return nil, fmt.Errorf("read document security store: no revision %d", revision)
	}
	v := d.view(revision)
	c, err := v.catalog()
	if err != nil {
		return nil, err
	}
	store, err := v.dict(c["DSS"], "/DSS")
	if err != nil || store == nil {
		return nil, err
	}
	r := dssReader{v: v, seen: map[int]bool{}, room: maxDSS}
	out := &DSS{}
	r.lists(store, out, "Certs", "CRLs", "OCSPs")
	vri, err := v.dict(store["VRI"], "/VRI")
	if err != nil {
		return nil, err
	}
	for k, o := range vri {
		entry, err := v.dict(o, "an entry of /VRI")
		if err != nil || entry == nil {
			continue // /Type, or broken
		}
		out.VRI = append(out.VRI, string(k))
		r.lists(entry, out, "Cert", "CRL", "OCSP")
	}
	slices.Sort(out.VRI)
	return out, r.err
}

// VRIKeys are the two spellings of a signature's key under VRI that are in
// use: the SHA-1 of Contents' octets, padding included, which stands in the
// sample that pyHanko wrote and is what we write, and that of its hex digits in
// lower case (facts/pdf.md 8).
func VRIKeys(contents []byte) [2]string {
	key := func(b []byte) string {
		sum := sha1.Sum(b)
		return strings.ToUpper(hex.EncodeToString(sum[:]))
	}
	return [2]string{key(contents), key([]byte(hex.EncodeToString(contents)))}
}

// Names reports whether the store has an entry of its own for the signature.
func (s *DSS) Names(sig *Signature) bool {
	keys := VRIKeys(sig.Contents)
	return slices.ContainsFunc(s.VRI, func(k string) bool { return slices.Contains(keys[:], strings.ToUpper(k)) })
}

// dssReader reads the streams of a store, each once, within bounds.
type dssReader struct {
	v    view
	seen map[int]bool
	room int64
	err  error // a limit
}

func (r *dssReader) lists(from Dict, to *DSS, certs, crls, ocsps Name) {
	for _, l := range []struct {
		key Name
		to  *[][]byte
	}{{certs, &to.Certs}, {crls, &to.CRLs}, {ocsps, &to.OCSPs}} {
		list, err := r.v.array(from[l.key], "a list of /DSS")
		if err != nil {
			continue
		}
		for _, o := range list {
			der := r.stream(o)
			known := func(b []byte) bool { return bytes.Equal(b, der) }
			if len(der) > 0 && !slices.ContainsFunc(*l.to, known) {
				*l.to = append(*l.to, der)
			}
		}
	}
}

// stream returns the data of a stream not read yet; nil when there is none.
func (r *dssReader) stream(o Object) []byte {
	ref, ok := o.(Ref)
	if !ok || r.seen[ref.Num] || r.err != nil {
		return nil
	}
	if len(r.seen) == maxDSSStreams {
		r.err = tooMuch(r.v.d.src.size, "more than %d streams in the document security store", maxDSSStreams)
		return nil
	}
	r.seen[ref.Num] = true
	got, err := r.v.load(ref)
	st, ok := got.(*Stream)
	if err != nil || !ok {
		return nil
	}
	der, err := r.v.d.decode(st, min(maxDSSStream, r.room), &r.v)
	if err != nil {
		return nil
	}
	r.room -= int64(len(der))
	return der
}
