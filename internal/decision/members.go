// SPDX-License-Identifier: Apache-2.0

package decision

// object is a structure of the schema. The same table reads and writes it, so
// the two cannot drift apart.
type object interface{ members() []member }

// member binds a member's name to where its value lives.
type member struct {
	name     string
	optional bool // may be absent; never present and empty
	slot     slot
}

func (f *File) members() []member {
	return []member{
		{"schema", false, text{&f.Schema}},
		{"code", false, text{&f.Code}},
		{"decision", false, nested{&f.Decision}},
		{"stamps", true, blobs{&f.Stamps, maxStamps, maxStamp}},
		{"evidence", true, evidence{&f.Evidence}},
	}
}

func (d *Decision) members() []member {
	return []member{
		{"number", false, text{&d.Number}},
		{"caseNumber", false, text{&d.CaseNumber}},
		{"matterCode", false, text{&d.MatterCode}},
		{"matterName", false, text{&d.MatterName}},
		{"applicant", false, nested{&d.Applicant}},
		{"outcome", false, text{&d.Outcome}},
		{"departments", false, list[Department, *Department]{&d.Departments, maxDepartments}},
		{"legalBasis", false, texts{&d.LegalBasis, maxBasis}},
		{"date", false, text{&d.Date}},
		{"validFrom", true, text{&d.ValidFrom}},
		{"validTo", true, text{&d.ValidTo}},
		{"title", false, text{&d.Title}},
		{"text", false, texts{&d.Text, maxParagraphs}},
		{"attachments", true, list[Attachment, *Attachment]{&d.Attachments, maxAttachments}},
	}
}

func (a *Applicant) members() []member {
	return []member{{"name", false, text{&a.Name}}, {"creditCode", true, text{&a.CreditCode}}}
}

func (d *Department) members() []member {
	return []member{{"creditCode", false, text{&d.CreditCode}}, {"name", false, text{&d.Name}}}
}

func (a *Attachment) members() []member {
	return []member{{"name", false, text{&a.Name}}, {"sm3", false, text{&a.SM3}}}
}

func (e *Evidence) members() []member {
	return []member{
		{"certificates", true, blobs{&e.Certificates, maxCertificates, maxCertificate}},
		{"crls", true, blobs{&e.CRLs, maxCRLs, maxCRL}},
		{"ocsp", true, blobs{&e.OCSP, maxOCSPs, maxOCSP}},
	}
}

// loadObject fills o from n: every member known, none missing.
func loadObject(n *node, path string, o object) *ParseError {
	if n.kind != objectNode {
		return refuse(path, n.offset, "must be an object, not %s", n.kind)
	}
	known := 0
	table := o.members()
	for _, m := range table {
		item := n.member(m.name)
		if item == nil {
			if !m.optional {
				return refuse(path+"/"+m.name, n.offset, "missing")
			}
			continue
		}
		known++
		if err := m.slot.load(item, path+"/"+m.name); err != nil {
			return err
		}
		if m.optional && m.slot.tree() == nil {
			return refuse(path+"/"+m.name, item.offset, "empty: leave an optional member out instead")
		}
	}
	if known == len(n.names) {
		return nil
	}
	for i, name := range n.names {
		if !inTable(table, name) {
			return refuse(path, n.nameOffsets[i], "unknown member%s", quoted(name))
		}
	}
	return nil
}

func inTable(table []member, name string) bool {
	for _, m := range table {
		if m.name == name {
			return true
		}
	}
	return false
}

// treeOf is the inverse of loadObject.
func treeOf(o object) *node {
	n := &node{kind: objectNode}
	for _, m := range o.members() {
		item := m.slot.tree()
		if item == nil {
			if m.optional {
				continue
			}
			item = &node{} // a required text may be empty here; Validate refuses it
		}
		n.names, n.items = append(n.names, m.name), append(n.items, item)
	}
	return n
}
