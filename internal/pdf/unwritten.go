// SPDX-License-Identifier: Apache-2.0

package pdf

import "context"

// Change is something that differs between a signed revision and the file's end.
type Change struct {
	Level  Level
	Name   string // stable: dss, signature, timestamp, form-value, annotation, page-added, content, catalog …
	Detail string // object numbers, English
}

// Level orders changes from harmless to forbidden; names as in pyHanko.
type Level int

const (
	LevelNone      Level = iota
	LevelLTA             // DSS and document time-stamps
	LevelSignature       // further signature fields with their widgets
	LevelForm
	LevelAnnotation
	LevelOther
)

// Changes compares the revision that s signed with the end of the file.
func (d *Document) Changes(ctx context.Context, s *Signature) ([]Change, error) { return nil, nil }
