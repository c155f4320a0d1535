// SPDX-License-Identifier: Apache-2.0

// Package interop serves tests only: other people's implementations judge what
// govseal writes, and govseal judges what they write. They are second opinions
// and never part of a program, for the reasons that
// docs/adr/0001-second-implementations.md gives and these tests observe:
// tjfoc/gmsm for SM2 certificates, CRLs and signatures, digitorus/pdfsign for
// signed PDFs. PDFium, which the tests of other packages ask through it, opens
// and draws PDFs.
package interop
