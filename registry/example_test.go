// SPDX-License-Identifier: Apache-2.0

package registry_test

import (
	"fmt"
	"time"

	"github.com/govseal/govseal/registry"
)

// Everything is denied that no single grant allows.
func ExampleAllow() {
	noon := time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC)
	use := registry.Use{
		Application: registry.Application{ID: "app-1", State: registry.Active},
		Seal: registry.Standing{ESID: "99010000000001", Department: "dep-1", State: "active", CertificateStatus: "good",
			NotBefore: noon.AddDate(-1, 0, 0), NotAfter: noon.AddDate(2, 0, 0)},
		Matter: "SL-XK-001", Kind: registry.KindPDF, Time: noon,
	}
	grant := registry.Grant{ID: "grant-1", Application: "app-1", Seal: "99010000000001", Matters: []string{"SL-XK-001"},
		NotBefore: noon.AddDate(0, -1, 0), NotAfter: noon.AddDate(0, 1, 0), State: registry.Active}

	fmt.Println(registry.Allow(use, []registry.Grant{grant}))

	use.Matter = "SL-XK-002"
	_, err := registry.Allow(use, []registry.Grant{grant})
	fmt.Println(err.(*registry.Denied).Reason)
	// Output:
	// grant-1 <nil>
	// grant-matter
}
