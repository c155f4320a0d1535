// SPDX-License-Identifier: Apache-2.0

package inspect

import (
	"errors"
	"fmt"

	"github.com/govseal/govseal/internal/tsp"
)

func showTimeStampRequest(der []byte, _ int) (*Node, error) {
	r, err := tsp.ParseRequest(der)
	if err != nil {
		return nil, err
	}
	n := node("time-stamp request", "")
	n.add("digest", oidName(r.HashAlgorithm))
	n.add("imprint", hexed(r.Imprint))
	if r.Policy != nil {
		n.add("policy", r.Policy.String())
	}
	if r.Nonce != nil {
		n.add("nonce", serial(r.Nonce))
	}
	n.add("certificate asked for", yes(r.CertReq))
	return n, nil
}

func showTimeStampResponse(der []byte, depth int) (*Node, error) {
	token, err := tsp.ParseResponse(der)
	var no *tsp.Rejected
	if errors.As(err, &no) {
		n := node("time-stamp response", "refused")
		n.add("status", fmt.Sprint(no.Status))
		n.add("text", short(no.Text))
		if no.Failure >= 0 {
			n.add("failure", fmt.Sprint(no.Failure))
		}
		return n, nil
	}
	if err != nil {
		return nil, err
	}
	n := node("time-stamp response", "granted")
	n.object("token", token, showCMS, depth)
	return n, nil
}

// addTSTInfo shows the content of a token.
func addTSTInfo(n *Node, content []byte) {
	i, err := tsp.ParseInfo(content)
	if err != nil {
		n.add("TSTInfo", "unreadable: "+err.Error())
		return
	}
	n.Name = "time-stamp token"
	n.Value = when(i.Time)
	n.add("time", when(i.Time))
	n.add("serial", serial(i.Serial))
	n.add("policy", i.Policy.String())
	n.add("digest", oidName(i.HashAlgorithm))
	n.add("imprint", hexed(i.Imprint))
	if i.Accuracy > 0 {
		n.add("accuracy", i.Accuracy.String())
	}
	if i.Nonce != nil {
		n.add("nonce", serial(i.Nonce))
	}
}
