// SPDX-License-Identifier: Apache-2.0

package seal_test

import "context"

// stamper is a time-stamp authority that does not heed its deadline.
type stamper func() ([]byte, error)

func (s stamper) Stamp(context.Context, []byte) ([]byte, error) { return s() }
