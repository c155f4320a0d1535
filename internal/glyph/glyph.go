// SPDX-License-Identifier: Apache-2.0

// Package glyph embeds a subset of Noto Serif CJK SC that covers GB 2312, gives
// outlines of its characters, and draws the pictures of seals.
package glyph

import "image"

// SealPicture says how a round seal looks (国发〔1999〕25号 as reposted).
type SealPicture struct {
	Name       string  // along the arc
	Horizontal string  // optional line under the star
	Serial     string  // optional number on the lower arc
	Diameter   float64 // mm; 0 means 42
	DPI        int     // 0 means 600
}

// MissingError names characters that the embedded fonts have no glyph for.
type MissingError struct{ Characters []rune }

func (e *MissingError) Error() string { panic("unwritten") }

// Draw returns the picture with transparent ground. A *MissingError refuses it.
func (p SealPicture) Draw() (*image.NRGBA, error) { panic("unwritten") }

// PNG returns Draw's picture as PNG with its physical size.
func (p SealPicture) PNG() ([]byte, error) { panic("unwritten") }

// Missing returns the characters of s without a glyph.
func Missing(s string) []rune { panic("unwritten") }
