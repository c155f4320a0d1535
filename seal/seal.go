// SPDX-License-Identifier: Apache-2.0

// Package seal makes electronic seals (电子印章) and stamps with them: approval
// decisions, PDFs and bare digests. Every stamp follows the steps of "The life
// of a stamp" in ARCHITECTURE.md: intent before signing, result and ledger
// leaf in one transaction, and nothing released before it is committed.
//
// steps.go holds those steps, once, for all kinds; digest.go, decision.go and
// pdf.go say what differs. make.go makes seals, lifecycle.go moves their state.
package seal
