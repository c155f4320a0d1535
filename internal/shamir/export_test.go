// SPDX-License-Identifier: Apache-2.0

package shamir

// The field, for its tables.
var (
	Multiply = multiply
	Invert   = invert
	Evaluate = evaluate
)
