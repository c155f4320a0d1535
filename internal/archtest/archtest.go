// SPDX-License-Identifier: Apache-2.0

// Package archtest holds the import table of the house as a test: which
// package may import which. A new package must be entered, and a new arrow is
// a decision (docs/adr), not an accident.
package archtest
