// SPDX-License-Identifier: Apache-2.0

package registry

import "slices"

// Role is one of the three offices of administration (三员). Nobody holds two.
type Role string

const (
	System   Role = "system"   // 系统管理员: the service, who is registered, backups
	Security Role = "security" // 安全管理员: certificates, seals, grants, operators, approvals
	Audit    Role = "audit"    // 安全审计员: reads what the others did, and proves it
)

// Task is one field of administrative work. Stamping is none: the sign API
// knows applications, and no operator is one.
type Task string

const (
	TaskLook         Task = "look"         // listings and states of the registry, the CA and the seals
	TaskService      Task = "service"      // found, configure, restore
	TaskParties      Task = "parties"      // departments, officers, applications
	TaskBackup       Task = "backup"       // copies of everything
	TaskCertificates Task = "certificates" // issue, suspend, resume, revoke, publish lists, ceremonies
	TaskSeals        Task = "seals"        // make seals and change their state
	TaskGrants       Task = "grants"       // who may use which seal
	TaskOperators    Task = "operators"    // who administers
	TaskApprovals    Task = "approvals"    // approve or refuse what another operator asked for
	TaskLedger       Task = "ledger"       // checkpoints, proofs, replay
	TaskAudit        Task = "audit"        // read and export the audit log
)

// duties is the whole rule of roles: what is not written here is denied. It is
// printed in docs/operations.md.
var duties = map[Task][]Role{
	TaskLook:         {System, Security, Audit},
	TaskService:      {System},
	TaskParties:      {System},
	TaskBackup:       {System},
	TaskCertificates: {Security},
	TaskSeals:        {Security},
	TaskGrants:       {Security},
	TaskOperators:    {Security},
	TaskApprovals:    {Security},
	TaskLedger:       {System, Audit},
	TaskAudit:        {Audit},
}

// Tasks are all fields of work.
func Tasks() []Task {
	return []Task{TaskLook, TaskService, TaskParties, TaskBackup, TaskCertificates, TaskSeals,
		TaskGrants, TaskOperators, TaskApprovals, TaskLedger, TaskAudit}
}

// Roles are those that may do a task; none for a task that is not known.
func (t Task) Roles() []Role { return slices.Clone(duties[t]) }

// May answers whether a role may do a task, as *Denied when not.
func (r Role) May(t Task) error {
	if slices.Contains(duties[t], r) {
		return nil
	}
	return &Denied{"role", "the " + string(r) + " role may not do this; it is for: " + joinRoles(duties[t])}
}

func joinRoles(roles []Role) string {
	if len(roles) == 0 {
		return "nobody"
	}
	s := string(roles[0])
	for _, r := range roles[1:] {
		s += ", " + string(r)
	}
	return s
}
