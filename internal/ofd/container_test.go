// SPDX-License-Identifier: Apache-2.0

package ofd_test

import (
	"archive/zip"
	"bytes"
	"compress/flate"
	"encoding/binary"
	"errors"
	"hash/crc32"
	"io"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/govseal/govseal/internal/ofd"
)

// raw is a container whose every number a test may falsify.
type raw struct {
	parts   []part
	gap     map[int]string // octets before part i
	comment string
	end     func(rec []byte) // falsifies the end record
	before  string           // before the end record, behind the directory
}

// part is an entry, stored, with its records open to change.
type part struct {
	name, localName string
	data            string
	local, central  func(rec []byte)
	extra           string // of the directory record
	behind          string // after the data: a descriptor
	share           bool   // takes the local header of the part before
}

func stored(name, data string) part { return part{name: name, localName: name, data: data} }

func (r raw) bytes() []byte {
	le := binary.LittleEndian
	var b, dir []byte
	var last int
	for i, p := range r.parts {
		b = append(b, r.gap[i]...)
		if !p.share {
			last = len(b)
		}
		sum := crc32.ChecksumIEEE([]byte(p.data))
		local := make([]byte, 30)
		copy(local, "PK\x03\x04")
		le.PutUint32(local[14:], sum)
		le.PutUint32(local[18:], uint32(len(p.data)))
		le.PutUint32(local[22:], uint32(len(p.data)))
		le.PutUint16(local[26:], uint16(len(p.localName)))
		if p.local != nil {
			p.local(local)
		}
		if !p.share {
			b = append(append(append(append(b, local...), p.localName...), p.data...), p.behind...)
		}
		central := make([]byte, 46)
		copy(central, "PK\x01\x02")
		le.PutUint32(central[16:], sum)
		le.PutUint32(central[20:], uint32(len(p.data)))
		le.PutUint32(central[24:], uint32(len(p.data)))
		le.PutUint16(central[28:], uint16(len(p.name)))
		le.PutUint16(central[30:], uint16(len(p.extra)))
		le.PutUint32(central[42:], uint32(last))
		if p.central != nil {
			p.central(central)
		}
		dir = append(append(append(dir, central...), p.name...), p.extra...)
	}
	b = append(b, r.gap[len(r.parts)]...)
	end := make([]byte, 22)
	copy(end, "PK\x05\x06")
	le.PutUint16(end[8:], uint16(len(r.parts)))
	le.PutUint16(end[10:], uint16(len(r.parts)))
	le.PutUint32(end[12:], uint32(len(dir)))
	le.PutUint32(end[16:], uint32(len(b)))
	le.PutUint16(end[20:], uint16(len(r.comment)))
	if r.end != nil {
		r.end(end)
	}
	return append(append(append(append(b, dir...), r.before...), end...), r.comment...)
}

func rawParts() []part {
	c := simple(1)
	var out []part
	for _, n := range c.names {
		out = append(out, stored(n, c.data[n]))
	}
	return out
}

func with(change func(r *raw)) []byte {
	r := raw{parts: rawParts(), gap: map[int]string{}}
	change(&r)
	return r.bytes()
}

func put16(at int, v uint16) func([]byte) {
	return func(b []byte) { binary.LittleEndian.PutUint16(b[at:], v) }
}

func put32(at int, v uint32) func([]byte) {
	return func(b []byte) { binary.LittleEndian.PutUint32(b[at:], v) }
}

func addPart(p part) func(*raw) { return func(r *raw) { r.parts = append(r.parts, p) } }

func TestBadContainers(t *testing.T) {
	sound := with(func(*raw) {})
	mustOpen(t, sound)
	for _, c := range []struct {
		name string
		b    []byte
		want string // part of the reason
	}{
		{"empty file", nil, "no end record"},
		{"no end record", sound[:len(sound)-22], "no end record"},
		{"end record cut", sound[:len(sound)-1], "no end record"},
		{"not a package at all", []byte("%PDF-1.7 hello"), "no end record"},
		{"no entries", raw{}.bytes(), "empty"},
		{"split over volumes", with(func(r *raw) { r.end = put16(4, 1) }), "volumes"},
		{"fewer entries than said", with(func(r *raw) { r.end = func(b []byte) { put16(8, 60)(b); put16(10, 60)(b) } }), "entries"},
		{"more entries than said", with(func(r *raw) { r.end = func(b []byte) { put16(8, 2)(b); put16(10, 2)(b) } }), "more entries"},
		{"directory larger than the file", with(func(r *raw) { r.end = put32(12, 1<<23) }), "directory"},
		{"directory offset behind the end", with(func(r *raw) { r.end = put32(16, 1<<30) }), "directory"},
		{"100,000 entries", manyEntries(100_000), "entries"},
		{"10,001 entries", manyEntries(10_001), "over the limit: 10001 entries"},
		{"10 GB declared in 10 kB", with(addPart(part{name: "big", localName: "big", data: strings.Repeat("x", 10_000),
			extra: "\x01\x00\x08\x00\x00\xe4\x0b\x54\x02\x00\x00\x00", central: func(b []byte) { put32(24, 0xffffffff)(b); put16(10, 8)(b) }})), "over the limit: entry \"big\" of 10000000000 octets"},
		{"64-bit size that is not there", with(addPart(part{name: "big", localName: "big", central: put32(24, 0xffffffff)})), "64-bit sizes"},
		{"negative 64-bit size", with(addPart(part{name: "big", localName: "big", extra: "\x01\x00\x08\x00\xff\xff\xff\xff\xff\xff\xff\xff", central: put32(24, 0xffffffff)})), "negative"},
		{"64-bit end record missing", with(func(r *raw) { r.end = put32(16, 0xffffffff) }), "64-bit one that is not there"},
		{"64-bit end record that disagrees", with(func(r *raw) { r.before = end64(1, 2, 3, 4) }), "disagree"},
		{"64-bit end record elsewhere", with(func(r *raw) {
			r.before = "PK\x06\x06" + strings.Repeat("\x00", 52) + "PK\x06\x07" + strings.Repeat("\x00", 16)
		}), "64-bit end record"},
		{"duplicate entry", with(addPart(stored("OFD.xml", "<x/>"))), "twice"},
		{"duplicate entry in another case", with(addPart(stored("ofd.XML", "<x/>"))), "another case"},
		{"two records for one local header", with(addPart(part{name: "x.xml", localName: "x.xml", share: true})), "local header"},
		{"overlapping entries", overlapping(), "overlap"},
		{"entry overlaps the directory", with(addPart(part{name: "x", localName: "x", data: "abc",
			local: func(b []byte) { put32(18, 60)(b); put32(22, 60)(b) }, central: func(b []byte) { put32(20, 60)(b); put32(24, 60)(b) }})), "overlaps the directory"},
		{"local header behind the directory", with(func(r *raw) {
			r.parts[0].central = put32(42, 1<<24)
		}), "behind the directory"},
		{"local header is none", with(func(r *raw) { r.parts[1].local = put32(0, 0) }), "no local header"},
		{"other name in the local header", with(func(r *raw) { r.parts[1].localName = "Doc_1/Document.xml" }), "in its local header"},
		{"other method in the local header", with(func(r *raw) { r.parts[1].local = put16(8, 8) }), "otherwise"},
		{"other size in the local header", with(func(r *raw) { r.parts[1].local = put32(22, 7) }), "another size"},
		{"other checksum in the local header", with(func(r *raw) { r.parts[1].local = put32(14, 7) }), "checksum"},
		{"encrypted entry", with(func(r *raw) { r.parts[1].local, r.parts[1].central = put16(6, 1), put16(8, 1) }), "encrypted"},
		{"encrypted by its local header only", with(func(r *raw) { r.parts[1].local = put16(6, 1) }), "flags"},
		{"strongly encrypted", with(func(r *raw) { r.parts[1].central = put16(8, 1<<6) }), "encrypted"},
		{"unknown method", with(func(r *raw) { r.parts[1].central = put16(10, 12) }), "unknown method 12"},
		{"symbolic link", with(func(r *raw) { r.parts[1].central = func(b []byte) { put16(4, 3<<8)(b); put32(38, 0xa1ff<<16)(b) } }), "neither a file nor a folder"},
		{"device", with(func(r *raw) { r.parts[1].central = func(b []byte) { put16(4, 3<<8)(b); put32(38, 0x21ff<<16)(b) } }), "neither"},
		{"folder by its mode", with(func(r *raw) { r.parts[1].central = func(b []byte) { put16(4, 3<<8)(b); put32(38, 0x41ff<<16)(b) } }), "folder"},
		{"folder with content", with(addPart(stored("Doc_9/", "x"))), "content"},
		{"file that is also a folder", with(addPart(stored("OFD.xml/x", "x"))), "not a folder"},
		{"file that is also a folder, in another case", with(addPart(stored("ofd.XML/x", "x"))), "not a folder"},
		{"second name in an extra field", with(func(r *raw) { r.parts[1].extra = "up\x05\x00\x01abcd" }), "second name"},
		{"extra field over its end", with(func(r *raw) { r.parts[1].extra = "zz\xff\x00" }), "extra field"},
		{"64-bit field twice", with(func(r *raw) { r.parts[1].extra = "\x01\x00\x00\x00\x01\x00\x00\x00" }), "twice"},
		{"descriptor that disagrees", with(func(r *raw) {
			r.parts[1].local, r.parts[1].central, r.parts[1].behind = put16(6, 8), put16(8, 8), "PK\x07\x08AAAABBBBCCCC"
		}), "descriptor"},
		{"absolute path", with(addPart(stored("/etc/passwd", "x"))), "absolute"},
		{"parent path", with(addPart(stored("Doc_0/../../x", "x"))), "upwards"},
		{"current path", with(addPart(stored("./x", "x"))), "segment"},
		{"double slash", with(addPart(stored("Doc_0//x", "x"))), "segment"},
		{"backslash path", with(addPart(stored(`Doc_0\x`, "x"))), "backslash"},
		{"drive path", with(addPart(stored("C:/x", "x"))), "drive"},
		{"percent path", with(addPart(stored("Doc_0/%2e%2e/x", "x"))), "percent"},
		{"trailing full stop", with(addPart(stored("Doc_0/x.", "x"))), "full stop"},
		{"trailing space", with(addPart(stored("Doc_0 /x", "x"))), "space"},
		{"control character", with(addPart(stored("Doc_0/\x00x", "x"))), "control"},
		{"turned direction", with(addPart(stored("Doc_0/\u202egnp.x", "x"))), "control"},
		{"GBK name", with(addPart(stored("Doc_0/\xb8\xbd\xbc\xfe.txt", "x"))), "UTF-8"},
		{"empty name", with(addPart(stored("", "x"))), "empty name"},
		{"name of 2,000 octets", with(addPart(stored(strings.Repeat("a", 2000), "x"))), "octets"},
		{"hidden entry between two", with(func(r *raw) { r.gap[2] = "PK\x03\x04" + strings.Repeat("\x00", 40) }), "outside of its directory"},
		{"whole package in front", append(slices.Clone(sound), sound...), "outside of its directory"},
		{"end record in the comment", with(func(r *raw) { r.comment = "PK\x05\x06" + strings.Repeat("\x01", 20) }), "behind its end"},
		{"entries behind the end", append(slices.Clone(sound), []byte("PK\x03\x04 more")...), "behind its end"},
		{"no OFD.xml", with(func(r *raw) { r.parts = r.parts[1:] }), "no such file"},
	} {
		p, err := open(c.b)
		var fault *ofd.Error
		if !errors.As(err, &fault) || !strings.Contains(fault.Reason, c.want) {
			t.Errorf("%s: got %v (opened: %v), want %q", c.name, err, p != nil, c.want)
		}
	}
}

func manyEntries(n int) []byte {
	return zipped(func(z *zip.Writer) {
		for i := len(simple(1).names); i < n; i++ {
			_, _ = z.CreateRaw(&zip.FileHeader{Name: "x/" + strconv.Itoa(i)})
		}
	})
}

func end64(count, size, offset, at uint64) string {
	le := binary.LittleEndian
	b := append([]byte("PK\x06\x06"), make([]byte, 52)...)
	le.PutUint64(b[4:], 44)
	le.PutUint64(b[24:], count)
	le.PutUint64(b[32:], count)
	le.PutUint64(b[40:], size)
	le.PutUint64(b[48:], offset)
	loc := append([]byte("PK\x06\x07"), make([]byte, 16)...)
	le.PutUint64(loc[8:], at)
	le.PutUint32(loc[16:], 1)
	return string(b) + string(loc)
}

// overlapping: the second entry begins within the data of the first.
func overlapping() []byte {
	inner := raw{parts: []part{stored("inner.xml", "<inner/>")}}.bytes()
	inner = inner[:30+len("inner.xml")+len("<inner/>")]
	return with(func(r *raw) {
		at := uint32(0)
		for _, p := range r.parts {
			at += uint32(30 + len(p.name) + len(p.data))
		}
		r.parts = append(r.parts, stored("outer.bin", string(inner)+"tail"),
			part{name: "inner.xml", localName: "inner.xml", data: "<inner/>", share: true, central: put32(42, at+30+uint32(len("outer.bin")))})
	})
}

func TestToleratedContainers(t *testing.T) {
	for _, c := range []struct {
		name string
		b    []byte
		want string
	}{
		{"octets before the header", append([]byte("MZ stub of a viewer"), with(func(*raw) {})...), ofd.ToleratedPrefix},
		{"octets before, offsets adjusted", with(func(r *raw) { r.gap[0] = "stub" }), ofd.ToleratedPrefix},
		{"octets between entries", with(func(r *raw) { r.gap[3] = "padding" }), ofd.ToleratedGap},
		{"octets before the directory", with(func(r *raw) { r.gap[len(r.parts)] = "padding" }), ofd.ToleratedGap},
		{"octets behind the end", append(with(func(*raw) {}), "\r\n trailer"...), ofd.ToleratedTrailer},
		{"comment", with(func(r *raw) { r.comment = "made by a test" }), ofd.ToleratedComment},
		{"UTF-8 name without the flag", with(addPart(stored("Doc_0/附件.txt", "x"))), ofd.ToleratedName},
		{"64-bit field without need", with(func(r *raw) { r.parts[1].extra = "\x01\x00\x00\x00" }), ofd.ToleratedZip64},
		{"descriptor without signature", with(func(r *raw) {
			p := &r.parts[1]
			b := binary.LittleEndian.AppendUint32(nil, crc32.ChecksumIEEE([]byte(p.data)))
			b = binary.LittleEndian.AppendUint32(b, uint32(len(p.data)))
			p.behind = string(binary.LittleEndian.AppendUint32(b, uint32(len(p.data))))
			p.central = put16(8, 8)
			p.local = func(b []byte) { put16(6, 8)(b); put32(14, 0)(b); put32(18, 0)(b); put32(22, 0)(b) }
		}), ""},
	} {
		p, err := open(c.b)
		if err != nil {
			t.Errorf("%s: %v", c.name, err)
			continue
		}
		var got []string
		for _, n := range p.Tolerated() {
			got = append(got, n.Name)
		}
		if strings.Join(got, " ") != c.want {
			t.Errorf("%s: tolerated %v, want %q", c.name, got, c.want)
		}
		if b, err := p.Read("Doc_0/Res/qr.png"); err != nil || string(b) != simple(1).data["Doc_0/Res/qr.png"] {
			t.Errorf("%s: %q %v", c.name, b, err)
		}
	}
}

func TestTrue64BitEndRecord(t *testing.T) {
	plain := with(func(*raw) {})
	end := plain[len(plain)-22:]
	le := binary.LittleEndian
	size, offset := uint64(le.Uint32(end[12:])), uint64(le.Uint32(end[16:]))
	b := with(func(r *raw) {
		r.before = end64(uint64(len(r.parts)), size, offset, offset+size)
		r.end = put32(16, 0xffffffff)
	})
	if notes := mustOpen(t, b).Tolerated(); len(notes) != 1 || notes[0].Name != ofd.ToleratedZip64 {
		t.Errorf("%v", notes)
	}
}

// What the directory says of an entry is believed only until it is read.
func TestLyingEntries(t *testing.T) {
	deflated := func(data string) string {
		var b bytes.Buffer
		z := zip.NewWriter(&b)
		w, _ := z.Create("x")
		_, _ = io.WriteString(w, data)
		_ = z.Close()
		r, _ := zip.NewReader(bytes.NewReader(b.Bytes()), int64(b.Len()))
		raw, _ := r.File[0].OpenRaw()
		out, _ := io.ReadAll(raw)
		return string(out)
	}
	packed := deflated(strings.Repeat("a", 5000))
	lie := func(data string, size, sum uint32) []byte {
		return with(addPart(part{name: "x.bin", localName: "x.bin", data: data,
			local:   func(b []byte) { put16(8, 8)(b); put32(22, size)(b); put32(14, sum)(b) },
			central: func(b []byte) { put16(10, 8)(b); put32(24, size)(b); put32(16, sum)(b) }}))
	}
	good := crc32.ChecksumIEEE(bytes.Repeat([]byte("a"), 5000))
	for _, c := range []struct {
		name string
		b    []byte
		want string
	}{
		{"true", lie(packed, 5000, good), ""},
		{"more than said", lie(packed, 4999, good), "more octets"},
		{"less than said", lie(packed, 5001, good), "5000 octets"},
		{"checksum", lie(packed, 5000, 1), "checksum"},
		{"behind the data", lie(packed+"secret", 5000, good), "behind the end"},
		{"data cut", lie(packed[:len(packed)-3], 5000, good), "broken"},
		{"not deflated", lie("\xff\xff\xff", 5000, good), "broken"},
	} {
		p := mustOpen(t, c.b)
		_, err := p.Read("x.bin")
		if c.want == "" && err != nil || c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want)) {
			t.Errorf("%s: got %v, want %q", c.name, err, c.want)
		}
	}
}

// Bombs are refused before or while they inflate, in bounded memory.
func TestBombs(t *testing.T) {
	declared := func(packed uint64, sizes ...uint64) []byte {
		return zipped(func(z *zip.Writer) {
			for i, n := range sizes {
				w, _ := z.CreateRaw(&zip.FileHeader{Name: "x/" + strconv.Itoa(i), Method: zip.Deflate, CompressedSize64: packed, UncompressedSize64: n})
				_, _ = w.Write(make([]byte, packed))
			}
		})
	}
	for name, b := range map[string][]byte{
		"ratio":       declared(10_000, 20<<20),
		"entry":       declared(1<<20, 300<<20),
		"total":       declared(1<<20, 200<<20, 200<<20, 200<<20),
		"many copies": quine(t),
	} {
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		_, err := open(b)
		runtime.ReadMemStats(&after)
		var fault *ofd.Error
		if !errors.As(err, &fault) || !fault.Limit && !strings.Contains(fault.Reason, "local header") {
			t.Errorf("%s: %v", name, err)
		}
		if used := after.TotalAlloc - before.TotalAlloc; used > 32<<20 {
			t.Errorf("%s: %d MiB allocated", name, used>>20)
		}
	}
}

// An entry that inflates to more than it says is left at that point.
func TestBombThatLies(t *testing.T) {
	var packed bytes.Buffer
	f, _ := flate.NewWriter(&packed, flate.BestSpeed)
	_, _ = io.CopyN(f, zeros{}, 100<<20)
	_ = f.Close()
	p := mustOpen(t, zipped(func(z *zip.Writer) {
		w, _ := z.CreateRaw(&zip.FileHeader{Name: "x.bin", Method: zip.Deflate, CompressedSize64: uint64(packed.Len()), UncompressedSize64: 1 << 20})
		_, _ = w.Write(packed.Bytes())
	}))
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	_, err := p.Read("x.bin")
	runtime.ReadMemStats(&after)
	if err == nil || after.TotalAlloc-before.TotalAlloc > 16<<20 {
		t.Errorf("%v, %d KiB allocated", err, (after.TotalAlloc-before.TotalAlloc)>>10)
	}
}

// zipped is a sound package with more entries behind.
func zipped(more func(z *zip.Writer)) []byte {
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	c := simple(1)
	for _, n := range c.names {
		w, _ := z.Create(n)
		_, _ = io.WriteString(w, c.data[n])
	}
	more(z)
	_ = z.Close()
	return b.Bytes()
}

type zeros struct{}

func (zeros) Read(b []byte) (int, error) { clear(b); return len(b), nil }

// quine is a container whose thousand records all name one local header.
func quine(t *testing.T) []byte {
	t.Helper()
	return with(func(r *raw) {
		r.parts = append(r.parts, stored("a/0", strings.Repeat("x", 1<<20)))
		for i := range 900 {
			r.parts = append(r.parts, part{name: "a/0", localName: "a/0", data: r.parts[len(r.parts)-1].data, share: true})
			r.parts[len(r.parts)-1].name = "a/" + strconv.Itoa(i+1)
		}
	})
}

// A file whose reading fails is not called a broken package.
func TestReadErrors(t *testing.T) {
	b := simple(1).bytes(t)
	for n := range len(b) {
		if n%37 != 0 {
			continue
		}
		_, err := ofd.Open(&failing{b, int64(n)}, int64(len(b)), ofd.Limits{})
		var fault *ofd.Error
		if err == nil || errors.As(err, &fault) {
			continue // not every octet is read on opening
		}
		if !errors.Is(err, errDisk) {
			t.Fatalf("octet %d: %v", n, err)
		}
	}
}

var errDisk = errors.New("disk error")

type failing struct {
	b  []byte
	at int64
}

func (f *failing) ReadAt(b []byte, off int64) (int, error) {
	if off <= f.at && f.at < off+int64(len(b)) {
		return 0, errDisk
	}
	return bytes.NewReader(f.b).ReadAt(b, off)
}

func TestEveryTruncation(t *testing.T) {
	b := sign(t, simple(1).bytes(t), sealSpec())
	for n := range len(b) {
		if _, err := open(b[:n]); err == nil {
			t.Fatalf("%d of %d octets open", n, len(b))
		}
	}
}

// Every flipped bit of a signed package is an error, changes a reference, or
// lies where no content is: names of records that we note, or the signature's
// own two files, which their own signature protects.
func TestEveryFlippedBit(t *testing.T) {
	if testing.Short() {
		t.Skip("reads the package some ten thousand times")
	}
	b := sign(t, simple(1).bytes(t), sealSpec())
	whole := mustOpen(t, b)
	want, err := whole.SignatureXML(&signatures(t, whole)[0])
	if err != nil {
		t.Fatal(err)
	}
	for i := 0; i < len(b)*8; i += 31 { // a prime step meets every place of a bit
		c := slices.Clone(b)
		c[i/8] ^= 1 << (i % 8)
		p, err := open(c)
		if err != nil {
			continue
		}
		all, err := p.Signatures()
		if err != nil || len(all) != 1 || len(all[0].Law) > 0 {
			continue
		}
		xml, err := p.SignatureXML(&all[0])
		if err != nil || !bytes.Equal(xml, want) {
			continue
		}
		if got := states(t, p, &all[0]); len(got) == 1 && got[ofd.StateMatch] == len(all[0].References) {
			// All content is what it was: then only what has no meaning can have changed.
			for _, e := range whole.Entries() {
				x, _ := whole.Read(e.Name)
				y, err := p.Read(e.Name)
				if !e.Folder && err == nil && !bytes.Equal(x, y) && !strings.HasPrefix(e.Name, "Doc_0/Signs/") {
					t.Fatalf("bit %d: %s changed unseen", i, e.Name)
				}
			}
		}
	}
}
