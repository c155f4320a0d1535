// SPDX-License-Identifier: Apache-2.0

package registry

import "time"

// The views are what the private audit log keeps of a record. The digest of a
// token is not among it.

type stateView struct {
	State State `json:"state"`
}

type departmentJSON struct {
	ID         string `json:"id"`
	Name       string `json:"name"`
	CreditCode string `json:"creditCode"`
	AreaCode   string `json:"areaCode"`
	Parent     string `json:"parent,omitempty"`
	State      State  `json:"state"`
}

func departmentView(d Department) any {
	return departmentJSON{d.ID, d.Name, d.CreditCode, d.AreaCode, d.Parent, d.State}
}

type officerJSON struct {
	ID         string `json:"id"`
	Department string `json:"department"`
	Name       string `json:"name"`
	StaffNo    string `json:"staffNo"`
	State      State  `json:"state"`
}

func officerView(o Officer) any {
	return officerJSON{o.ID, o.Department, o.Name, o.StaffNo, o.State}
}

type applicationJSON struct {
	ID    string `json:"id"`
	Name  string `json:"name"`
	State State  `json:"state"`
}

func applicationView(a Application) any { return applicationJSON{a.ID, a.Name, a.State} }

type grantJSON struct {
	ID          string    `json:"id"`
	Application string    `json:"application"`
	Officer     string    `json:"officer,omitempty"`
	Seal        string    `json:"seal"`
	Matters     []string  `json:"matters"`
	Kinds       []string  `json:"kinds"`
	NotBefore   time.Time `json:"notBefore"`
	NotAfter    time.Time `json:"notAfter"`
	State       State     `json:"state"`
}

func grantView(g Grant) any {
	return grantJSON{g.ID, g.Application, g.Officer, g.Seal, g.Matters, g.Kinds, g.NotBefore, g.NotAfter, g.State}
}
