// SPDX-License-Identifier: Apache-2.0

package main

import (
	"strings"

	"github.com/govseal/govseal/registry"
)

// taskNobody marks what is no administration: it asks for no operator.
const taskNobody registry.Task = ""

// tasks says which field of work a command belongs to; the longest entry that
// begins the command's path counts. What is not here nobody may do once there
// are operators. docs/operations.md shows the table that comes of it.
var tasks = map[string]registry.Task{
	"serve":   taskNobody, // a service has no person; it acts as "system"
	"restore": registry.TaskService,
	"backup":  registry.TaskBackup,

	"dept": registry.TaskParties, "dept list": registry.TaskLook, "dept show": registry.TaskLook,
	"officer": registry.TaskParties, "officer list": registry.TaskLook, "officer show": registry.TaskLook,
	"app": registry.TaskParties, "app list": registry.TaskLook, "app show": registry.TaskLook,

	"ca": registry.TaskCertificates, "ca show": registry.TaskLook, "ca list": registry.TaskLook,
	"ca expiring": registry.TaskLook, "ca affected": registry.TaskLook,
	"ca centre list": registry.TaskLook,
	"ca show-cert":   registry.TaskLook, "ca export": registry.TaskLook, "ca profile": registry.TaskLook, "ca ceremonies": registry.TaskLook,

	"seal": registry.TaskSeals, "seal list": registry.TaskLook, "seal show": registry.TaskLook, "seal history": registry.TaskLook,
	"seal picture": registry.TaskLook, "seal export": registry.TaskLook,
	"grant": registry.TaskGrants, "grant list": registry.TaskLook,

	"operator": registry.TaskOperators, "operator list": registry.TaskLook, "operator show": registry.TaskLook,
	"operator rescue":       taskNobody,        // the root key proves
	"operator renew-secret": registry.TaskLook, // one's own; another's is TaskOperators, as the command sees to
	"approval":              registry.TaskApprovals, "approval list": registry.TaskLook, "approval show": registry.TaskLook,
	"approval carry-out": registry.TaskLook, // the command carried out asks for its own task

	"ledger": registry.TaskLedger, "audit": registry.TaskAudit,
}

// taskOf finds the task of a command by its path without the program's name.
func taskOf(path string) (registry.Task, bool) {
	for words := strings.Fields(path); len(words) > 0; words = words[:len(words)-1] {
		if t, ok := tasks[strings.Join(words, " ")]; ok {
			return t, true
		}
	}
	return registry.TaskService, false
}

// path is the running command without the program's name: "ca revoke".
func (p *program) path() string {
	if p.running == nil {
		return ""
	}
	_, path, _ := strings.Cut(p.running.CommandPath(), " ")
	return path
}
