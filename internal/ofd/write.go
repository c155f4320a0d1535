// SPDX-License-Identifier: Apache-2.0

//lint:file-ignore SA1019 the bare DOS times of a copied entry stay as they were; Modified would add an extra field

package ofd

import (
	"archive/zip"
	"bytes"
	"compress/flate"
	"context"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"slices"
	"strings"

	"github.com/govseal/govseal/internal/gm"
)

// references lists what the signature protects: entries of the package in
// order of its directory, then the new ones.
func (pr *Prepared) references(ctx context.Context) ([]Reference, error) {
	list, _, err := pr.list()
	if err != nil {
		return nil, err
	}
	never, err := pr.uncoverable()
	if err != nil {
		return nil, err
	}
	var out []Reference
	add := func(name string, digest []byte) {
		out = append(out, Reference{FileRef: "/" + name, Entry: name, Value: digest})
	}
	for _, e := range pr.p.entries {
		data, changed := pr.changed[e.Name]
		switch {
		case e.Folder:
		case e.Name == list && pr.spec.Lock:
			add(e.Name, sm3(data))
		case never[e.Name] || pr.spec.Cover != nil && !pr.spec.Cover(e.Name):
		case changed:
			add(e.Name, sm3(data))
		default:
			d, err := pr.p.Digest(ctx, e.Name, DigestSM3)
			if err != nil {
				return nil, err
			}
			add(e.Name, d)
		}
	}
	for _, a := range pr.added {
		if a.name == pr.sealEntry || a.name == list && pr.spec.Lock {
			add(a.name, sm3(a.data))
		}
	}
	return out, nil
}

// uncoverable are entries that further signatures change.
func (pr *Prepared) uncoverable() (map[string]bool, error) {
	never := map[string]bool{EntriesEntry: true}
	for _, b := range pr.p.bodies {
		never[b.Signatures] = true
	}
	whole, err := pr.p.WholeList()
	if whole != nil {
		never[whole.ValueEntry] = true
	}
	return never, err
}

func sm3(b []byte) []byte {
	d := gm.SM3(b)
	return d[:]
}

// listWhole writes OFDEntries.xml when the spec asks for it.
func (pr *Prepared) listWhole() error {
	if pr.spec.Whole == nil {
		return nil
	}
	old, err := pr.p.WholeList()
	if err != nil {
		return err
	}
	if pr.wholeValue = "signedvalue.dat"; old != nil && old.ValueEntry != "" {
		pr.wholeValue = old.ValueEntry
	} else if pr.p.file(pr.wholeValue) {
		return refuse(ReasonEntries, "there is a file %q already", pr.wholeValue)
	}
	var names []string
	for _, e := range pr.p.entries {
		if !e.Folder && e.Name != EntriesEntry && e.Name != pr.wholeValue {
			names = append(names, e.Name)
		}
	}
	for _, a := range pr.added {
		names = append(names, a.name)
	}
	names = append(names, pr.valueEntry)
	slices.Sort(names)
	pr.whole = writeWhole(pr.spec.Whole, pr.wholeValue, names)
	return nil
}

// WholeXML returns the octets of OFDEntries.xml, to be signed on their own
// (GB/T 35275 over their SM3); nil when the spec did not ask for it.
func (pr *Prepared) WholeXML() []byte { return append([]byte(nil), pr.whole...) }

// Write writes the signed package. signedValue becomes SignedValue.dat;
// wholeValue the signed value of OFDEntries.xml, nil without Spec.Whole. The
// compressed octets of every entry that is not changed are copied as they are.
func (pr *Prepared) Write(w io.Writer, signedValue, wholeValue []byte) (int64, error) {
	return pr.write(w, nil, signedValue, wholeValue)
}

// write writes to w; a, when not nil, is w and takes ranges too.
func (pr *Prepared) write(w io.Writer, a *Assembled, signedValue, wholeValue []byte) (int64, error) {
	if len(signedValue) == 0 {
		return 0, errors.New("write signed OFD: no signed value")
	}
	if (len(wholeValue) > 0) != (pr.spec.Whole != nil) {
		return 0, errors.New("write signed OFD: a signed value of OFDEntries.xml is missing, or nobody asked for it")
	}
	fresh := append(slices.Clone(pr.added), addition{pr.valueEntry, signedValue})
	changed := pr.changed
	if pr.spec.Whole != nil {
		for _, a := range []addition{{EntriesEntry, pr.whole}, {pr.wholeValue, wholeValue}} {
			if pr.p.file(a.name) {
				changed[a.name] = a.data
			} else {
				fresh = append(fresh, a)
			}
		}
	}
	c := &counter{w: w}
	z := zip.NewWriter(c)
	pack := packer{}
	for _, e := range pr.p.entries {
		var err error
		if data, ok := changed[e.Name]; ok {
			err = pack.entry(z, e.Name, data)
		} else {
			err = pr.p.copyRaw(z, e, c, a)
		}
		if err != nil {
			return c.n, err
		}
	}
	for _, f := range fresh {
		if err := pack.entry(z, f.name, f.data); err != nil {
			return c.n, err
		}
	}
	err := z.Close()
	return c.n, err
}

// copyRaw copies an entry without inflating it. Extra fields, which held
// 64-bit sizes or times, are left out, and sizes stand in the local header. A
// large one is not copied where there is an a to refer to it.
func (p *Package) copyRaw(z *zip.Writer, e Entry, c *counter, a *Assembled) error {
	h := &zip.FileHeader{Name: e.Name, Method: e.method, CRC32: e.crc, CreatorVersion: e.madeBy, ReaderVersion: 20,
		CompressedSize64: uint64(e.Compressed), UncompressedSize64: uint64(e.Size), ExternalAttrs: e.attrs,
		Flags: e.flags &^ flagDescriptor, ModifiedTime: e.time, ModifiedDate: e.date}
	if strings.IndexFunc(e.Name, func(c rune) bool { return c >= 0x80 }) >= 0 {
		h.Flags |= flagUTF8
	}
	w, err := z.CreateRaw(h)
	if err != nil {
		return fmt.Errorf("write %q: %w", e.Name, err)
	}
	refers := a != nil && e.Compressed >= worthRange
	if refers {
		if err := z.Flush(); err != nil { // the header, so that nothing of it comes behind
			return err
		}
		a.refer(e.data, e.Compressed)
		c.skip = e.Compressed // the writer counts, and must see them
	}
	if _, err = io.Copy(w, &fileReader{p: p, at: e.data, left: e.Compressed}); err == nil && refers {
		err = z.Flush()
	}
	return err
}

// dosEpoch is the earliest date of the container's format: packages do not
// depend on when they are written.
const dosEpoch = 1<<5 | 1

// packer compresses entries; a compressor costs more than a megabyte, and is
// made once.
type packer struct{ f *flate.Writer }

func (k *packer) entry(z *zip.Writer, name string, data []byte) error {
	var packed bytes.Buffer
	if k.f == nil {
		var err error
		if k.f, err = flate.NewWriter(&packed, flate.DefaultCompression); err != nil {
			return err
		}
	}
	k.f.Reset(&packed)
	if _, err := k.f.Write(data); err != nil {
		return err
	}
	if err := k.f.Close(); err != nil {
		return err
	}
	h := &zip.FileHeader{Name: name, Method: zip.Deflate, CRC32: crc32.ChecksumIEEE(data), CreatorVersion: 20, ReaderVersion: 20,
		CompressedSize64: uint64(packed.Len()), UncompressedSize64: uint64(len(data)), Flags: flagUTF8, ModifiedDate: dosEpoch}
	w, err := z.CreateRaw(h)
	if err != nil {
		return fmt.Errorf("write %q: %w", name, err)
	}
	_, err = w.Write(packed.Bytes())
	return err
}

// counter counts what is written, and keeps the first skip octets of it back.
type counter struct {
	w    io.Writer
	n    int64
	skip int64
}

func (c *counter) Write(b []byte) (int, error) {
	held := min(c.skip, int64(len(b)))
	c.skip -= held
	n, err := c.w.Write(b[held:])
	c.n += held + int64(n)
	return int(held) + n, err
}
