// SPDX-License-Identifier: Apache-2.0

package verify

import (
	"context"
	"errors"
	"fmt"

	"github.com/govseal/govseal/internal/cms"
	"github.com/govseal/govseal/internal/gm"
	"github.com/govseal/govseal/internal/ofd"
)

// ofdRun is the verification of one OFD package.
type ofdRun struct {
	*run
	pkg      *ofd.Package
	findings []ofd.Finding
	sigs     []ofd.Signature
	refs     [][]ofd.Checked // of each signature, held against the package
}

func (r *run) examineOFD(d Document) error {
	r.report.Issuers.none()
	o := &ofdRun{run: r}
	if err := o.read(d); err != nil || o.pkg == nil {
		return err
	}
	o.collect()
	o.packageFacts()
	for i := range o.sigs {
		if o.newStamp(formUnknown, nil) == nil {
			break
		}
		if err := o.judgeSigned(i); err != nil {
			return err
		}
	}
	o.neighbours()
	return o.wholePackage()
}

// read takes the digest of the file beside everything that must be read of its
// entries: SM3 is what verifying a large package costs.
func (o *ofdRun) read(d Document) error {
	type result struct {
		sum [gm.Size]byte
		err error
	}
	whole := make(chan result, 1)
	go func() {
		sum, err := hashFile(o.ctx, d)
		whole <- result{sum, err}
	}()
	err := o.open(d)
	file := <-whole
	if err == nil {
		err = file.err
	}
	o.setDigest(file.sum)
	return err
}

func hashFile(ctx context.Context, d Document) (sum [gm.Size]byte, err error) {
	h := gm.NewSM3()
	buf := make([]byte, 256<<10)
	for at := int64(0); at < d.Size; {
		if err := ctx.Err(); err != nil {
			return sum, fmt.Errorf("verify: %w", err)
		}
		n, err := d.ReaderAt.ReadAt(buf[:min(int64(len(buf)), d.Size-at)], at)
		if n == 0 && err != nil {
			return sum, fmt.Errorf("verify: read document: %w", err)
		}
		h.Write(buf[:n])
		at += int64(n)
	}
	return h.Digest(), nil
}

// open reads container, signatures and references. A broken package is said in
// the report, and leaves o.pkg nil.
func (o *ofdRun) open(d Document) error {
	lim := o.policy.Limits
	pkg, err := ofd.Open(d.ReaderAt, d.Size, ofd.Limits{Size: lim.Size, Inflated: lim.Inflated, Entries: lim.Entries})
	if err == nil {
		o.sigs, err = pkg.Signatures()
	}
	for i := 0; err == nil && i < len(pkg.Bodies()); i++ {
		_, err = pkg.Document(i)
	}
	if err == nil {
		o.findings, err = pkg.Findings(o.ctx)
	}
	f := &o.report.Document
	if most := lim.Stamps; err == nil && len(o.sigs) > most {
		f.unknown(CodeLimitExceeded, fmt.Sprintf("%d signatures, more than %d", len(o.sigs), most))
		o.sigs = o.sigs[:most]
	}
	for i := 0; err == nil && i < len(o.sigs); i++ {
		var checked []ofd.Checked
		checked, err = pkg.CheckReferences(o.ctx, &o.sigs[i])
		o.refs = append(o.refs, checked)
	}
	if err != nil {
		return f.fault(err)
	}
	o.pkg = pkg
	return nil
}

// fault records what is wrong with a package. It returns errors that are not
// the package's: the file could not be read, or the context ended.
func (f *Fact) fault(err error) error {
	var broken *ofd.Error
	switch {
	case err == nil:
		return nil
	case !errors.As(err, &broken):
		return fmt.Errorf("verify: %w", err)
	case broken.Limit:
		f.unknown(CodeOverLimit, broken.Error())
	default:
		f.fail(CodeFormatFailure, broken.Error())
	}
	return nil
}

// collect takes certificates and CRLs of plain signatures before any is judged.
func (o *ofdRun) collect() {
	for i := range o.sigs {
		if o.sigs[i].Type != ofd.TypeSign {
			continue
		}
		value, err := o.pkg.SignedValue(&o.sigs[i])
		if err != nil {
			continue // said where it is judged
		}
		if sd, err := cms.Parse(value); err == nil {
			o.pool.add(sd.Certificates, sd.CRLs)
		}
	}
}

// judgeSigned establishes the facts of one signature by itself.
func (o *ofdRun) judgeSigned(i int) error {
	sig, s := &o.sigs[i], &o.report.Stamps[i]
	s.Field = sig.ID
	s.Issuer.none()
	if sig.Fault != nil {
		s.malformed(sig.Fault)
		return nil
	}
	for _, n := range sig.Tolerated {
		s.Signature.note(CodeTolerated, n.Name+": "+n.Detail)
	}
	o.laws(sig, s)
	o.references(i, s)
	if err := o.coverage(i, s); err != nil {
		return err
	}
	if err := o.changes(sig, s); err != nil {
		return err
	}
	if err := o.places(sig, s); err != nil {
		return err
	}
	c, ok, err := o.claim(sig, s)
	if ok {
		o.judge(s, c)
		s.sayPicture()
	}
	return err
}
