// SPDX-License-Identifier: Apache-2.0

package chain

import (
	"slices"

	"github.com/govseal/govseal/internal/cert"
)

// policyState holds the policy variables of RFC 5280 6.1.2. Instead of the
// policy tree, which a chain of crafted mappings makes grow exponentially, it
// keeps the graph of RFC 9618: one node for each policy and depth, so that its
// size is bounded by what the certificates list.
type policyState struct {
	initial  map[string]bool // nil means any policy
	levels   []policyLevel   // levels[i] belongs to certificate i; nil: the graph is empty
	explicit int
	noAny    int // inhibit_anyPolicy
	mapping  int
}

type policyLevel map[string]*policyNode

type policyNode struct {
	policy   string
	expected []string
	parents  []*policyNode
	children int
}

var anyPolicy = cert.OIDAnyPolicy.String()

// newPolicyState is RFC 5280 6.1.2 a, d, e, f.
func newPolicyState(n int, in PolicyInputs) policyState {
	p := policyState{explicit: n + 1, noAny: n + 1, mapping: n + 1}
	if in.ExplicitPolicy {
		p.explicit = 0
	}
	if in.InhibitAny {
		p.noAny = 0
	}
	if in.InhibitMapping {
		p.mapping = 0
	}
	if in.Initial != nil {
		p.initial = map[string]bool{}
		for _, id := range in.Initial {
			p.initial[id.String()] = true
		}
		if p.initial[anyPolicy] {
			p.initial = nil
		}
	}
	p.levels = []policyLevel{{anyPolicy: {policy: anyPolicy, expected: []string{anyPolicy}}}}
	return p
}

// process is RFC 5280 6.1.3 d, e, f in the form of RFC 9618 5.2.
func (p *policyState) process(c *cert.Certificate, i int, final bool) bool {
	switch {
	case c.Policies == nil:
		p.levels = nil
	case p.levels != nil:
		p.addLevel(c, i, final)
	}
	return p.explicit > 0 || p.levels != nil
}

func (p *policyState) addLevel(c *cert.Certificate, i int, final bool) {
	above := p.levels[i-1]
	expecting := above.byExpected()
	level := policyLevel{}
	hasAny := false
	for _, id := range c.Policies.OIDs {
		policy := id.String()
		if policy == anyPolicy {
			hasAny = true
			continue
		}
		if parents := expecting[policy]; len(parents) > 0 {
			level.add(policy, parents)
		} else if node := above[anyPolicy]; node != nil {
			level.add(policy, []*policyNode{node})
		}
	}
	if hasAny && (p.noAny > 0 || (!final && c.SelfIssued())) {
		for policy, parents := range expecting {
			if level[policy] == nil {
				level.add(policy, parents)
			}
		}
	}
	p.levels = append(p.levels, level)
	p.prune()
}

// byExpected lists the nodes of a level under each policy they expect below.
func (l policyLevel) byExpected() map[string][]*policyNode {
	m := map[string][]*policyNode{}
	for _, node := range l {
		for _, e := range node.expected {
			m[e] = append(m[e], node)
		}
	}
	return m
}

func (l policyLevel) add(policy string, parents []*policyNode) *policyNode {
	node := &policyNode{policy: policy, expected: []string{policy}, parents: parents}
	for _, parent := range parents {
		parent.children++
	}
	l[policy] = node
	return node
}

func (l policyLevel) remove(policy string) {
	node := l[policy]
	if node == nil {
		return
	}
	for _, parent := range node.parents {
		parent.children--
	}
	delete(l, policy)
}

// prune drops nodes without children above the lowest level; an empty lowest
// level leaves no graph.
func (p *policyState) prune() {
	last := len(p.levels) - 1
	if len(p.levels[last]) == 0 {
		p.levels = nil
		return
	}
	for i := last - 1; i >= 0; i-- {
		for policy, node := range p.levels[i] {
			if node.children == 0 {
				p.levels[i].remove(policy)
			}
		}
	}
}

// mapPolicies is RFC 5280 6.1.4 a and b; false is a mapping that may not be.
func (p *policyState) mapPolicies(c *cert.Certificate, i int) bool {
	mapped := map[string][]string{}
	for _, m := range c.PolicyMappings {
		from, to := m.IssuerDomain.String(), m.SubjectDomain.String()
		if from == anyPolicy || to == anyPolicy {
			return false
		}
		if !slices.Contains(mapped[from], to) {
			mapped[from] = append(mapped[from], to)
		}
	}
	if p.levels == nil || len(mapped) == 0 {
		return true
	}
	level := p.levels[i]
	for from, to := range mapped {
		node := level[from]
		switch {
		case p.mapping == 0:
			level.remove(from)
		case node != nil:
			node.expected = to
		case level[anyPolicy] != nil:
			level.add(from, level[anyPolicy].parents).expected = to
		}
	}
	p.prune()
	return true
}

// prepare is RFC 5280 6.1.4 h, i, j.
func (p *policyState) prepare(c *cert.Certificate) {
	if !c.SelfIssued() {
		p.explicit = max(0, p.explicit-1)
		p.mapping = max(0, p.mapping-1)
		p.noAny = max(0, p.noAny-1)
	}
	if pc := c.PolicyConstraints; pc != nil {
		if pc.RequireExplicit != nil {
			p.explicit = min(p.explicit, *pc.RequireExplicit)
		}
		if pc.InhibitMapping != nil {
			p.mapping = min(p.mapping, *pc.InhibitMapping)
		}
	}
	if c.InhibitAnyPolicy != nil {
		p.noAny = min(p.noAny, *c.InhibitAnyPolicy)
	}
}

// wrapUp is RFC 5280 6.1.5 a, b, g in the form of RFC 9618 5.4.
func (p *policyState) wrapUp(leaf *cert.Certificate) bool {
	p.explicit = max(0, p.explicit-1)
	if pc := leaf.PolicyConstraints; pc != nil && pc.RequireExplicit != nil && *pc.RequireExplicit == 0 {
		p.explicit = 0
	}
	return p.explicit > 0 || p.userConstrained()
}

// userConstrained reports whether a policy of the initial set, or any where
// all are asked for, holds along the path: the nodes right below anyPolicy
// are in the domain of the anchor.
func (p *policyState) userConstrained() bool {
	if p.levels == nil {
		return false
	}
	if p.initial == nil || p.levels[len(p.levels)-1][anyPolicy] != nil {
		return true
	}
	for _, level := range p.levels {
		for policy, node := range level {
			top := len(node.parents) == 1 && node.parents[0].policy == anyPolicy
			if top && policy != anyPolicy && p.initial[policy] {
				return true
			}
		}
	}
	return false
}
