// SPDX-License-Identifier: Apache-2.0

// Package render lays out a decision as an official-looking document. The PDF
// is written by our own writer, so that every character survives extraction.
package render

import "github.com/govseal/govseal/internal/decision"

// Options of a rendering.
type Options struct {
	VerifyURL string // the QR code leads to VerifyURL + "/s/" + code
}

// Page says where things stand; millimetres from the top left.
type Place struct {
	Page                int
	X, Y, Width, Height float64
}

// Rendered is a laid-out decision and the places reserved for its seals, one
// per issuing department, in order.
type Rendered struct {
	PDF   []byte
	Seals []Place
}

// PDF lays out the file. The same input gives the same octets. A
// *glyph.MissingError names characters that cannot be shown.
func PDF(f *decision.File, o Options) (*Rendered, error) { panic("unwritten") }
