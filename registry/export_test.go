// SPDX-License-Identifier: Apache-2.0

package registry

// Canonical is the spelling of a payload, for its fuzz test.
var Canonical = canonical
