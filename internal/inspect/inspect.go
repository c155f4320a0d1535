// SPDX-License-Identifier: Apache-2.0

// Package inspect shows what is inside any object that govseal knows, as a
// tree for people and programs. It finds the kind from content, judges nothing
// and believes nothing: a signature that is shown was not verified. Of private
// keys it tells the kind and never an octet.
package inspect

import (
	"bytes"
	"context"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"strings"
)

// Bounds of what is read and shown.
const (
	maxWhole = 64 << 20 // octets of an object that is read into memory
	maxPEM   = 64       // blocks of a PEM file
	maxShown = 200      // entries of one list
	maxHex   = 64       // octets of a value shown in hexadecimal
	maxDepth = 6        // objects within objects
)

// ErrUnknown means that the content is none of the kinds that are known.
var ErrUnknown = errors.New("inspect: not a certificate, request, CRL, OCSP or time-stamp object, CMS, seal, decision, proof, key, PDF or OFD")

// File shows the content of r. The first children of the result are the
// objects found; a PEM file has several.
func File(ctx context.Context, r io.ReaderAt, size int64) (*Node, error) {
	head := make([]byte, min(size, 1024))
	if n, err := r.ReadAt(head, 0); err != nil && (!errors.Is(err, io.EOF) || n < len(head)) {
		return nil, fmt.Errorf("inspect: %w", err)
	}
	switch {
	case len(head) == 0:
		return nil, errors.New("inspect: the file is empty")
	case bytes.HasPrefix(head, []byte("PK\x03\x04")):
		return showOFD(ctx, r, size)
	case bytes.Contains(head, []byte("%PDF-")):
		return showPDF(ctx, r, size)
	case size > maxWhole:
		return nil, fmt.Errorf("inspect: %d octets are more than are looked at", size)
	}
	raw := make([]byte, size)
	if n, err := r.ReadAt(raw, 0); err != nil && (!errors.Is(err, io.EOF) || n < len(raw)) {
		return nil, fmt.Errorf("inspect: %w", err)
	}
	n, err := Bytes(raw)
	if errors.Is(err, ErrUnknown) && bytes.Contains(head, []byte("PK\x03\x04")) {
		return showOFD(ctx, r, size) // octets before the container were seen with one vendor
	}
	return n, err
}

// Bytes shows an object that is at hand: PEM, JSON, a signed note or DER.
func Bytes(raw []byte) (*Node, error) {
	text := bytes.TrimLeft(bytes.TrimPrefix(raw, []byte("\xef\xbb\xbf")), " \t\r\n")
	switch {
	case bytes.Contains(raw[:min(len(raw), 64<<10)], []byte("-----BEGIN ")):
		return showPEM(raw)
	case len(text) > 0 && text[0] == '{':
		return showJSON(raw)
	case isNote(raw):
		return showNote(raw)
	}
	return showDER(raw, 0)
}

// showPEM shows each block as what its label says it is.
func showPEM(raw []byte) (*Node, error) {
	file := node("PEM", "")
	for rest := raw; ; {
		var block *pem.Block
		if block, rest = pem.Decode(rest); block == nil {
			break
		}
		if len(file.Children) == maxPEM {
			file.add("…", "more blocks")
			break
		}
		child, err := showLabelled(block)
		if err != nil {
			child = node(strings.ToLower(block.Type), "unreadable: "+err.Error())
		}
		file.Children = append(file.Children, child)
	}
	switch len(file.Children) {
	case 0:
		return nil, errors.New("inspect: a PEM file without a block that can be read")
	case 1:
		if one := file.Children[0]; strings.HasPrefix(one.Value, "unreadable: ") {
			return nil, errors.New("inspect: " + one.Name + ": " + strings.TrimPrefix(one.Value, "unreadable: "))
		}
		return file.Children[0], nil
	}
	file.Value = count(len(file.Children), "block")
	return file, nil
}

func showLabelled(block *pem.Block) (*Node, error) {
	if block.Headers["DEK-Info"] != "" {
		return node("private key", "encrypted in the old PEM way ("+short(block.Headers["DEK-Info"])+")"), nil
	}
	for _, k := range kinds {
		for _, label := range k.labels {
			if label == block.Type {
				return k.show(block.Bytes, 0)
			}
		}
	}
	return showDER(block.Bytes, 0)
}

// showDER tries each kind in turn: the readers are strict, and the first
// elements of the kinds differ.
func showDER(der []byte, depth int) (*Node, error) {
	if depth > maxDepth {
		return node("object", fmt.Sprintf("%d octets, nested too deep to be shown", len(der))), nil
	}
	for _, k := range kinds {
		if n, err := k.show(der, depth); err == nil {
			return n, nil
		}
	}
	return nil, ErrUnknown
}

// kind is one form of DER object with its PEM labels.
type kind struct {
	labels []string
	show   func(der []byte, depth int) (*Node, error)
}

// kinds is filled by init since showing an object may show those within it.
var kinds []kind

func init() {
	kinds = []kind{
		{[]string{"CERTIFICATE", "X509 CERTIFICATE", "TRUSTED CERTIFICATE"}, showCertificate},
		{[]string{"X509 CRL"}, showCRL},
		{[]string{"CERTIFICATE REQUEST", "NEW CERTIFICATE REQUEST"}, showCSR},
		{[]string{"PRIVATE KEY", "EC PRIVATE KEY", "RSA PRIVATE KEY", "ENCRYPTED PRIVATE KEY", "SM2 PRIVATE KEY"}, showPrivateKey},
		{[]string{"PUBLIC KEY"}, showPublicKey},
		{[]string{"PKCS12"}, showPKCS12},
		{nil, showCSRResponse},
		{[]string{"OCSP RESPONSE"}, showOCSPResponse},
		{[]string{"OCSP REQUEST"}, showOCSPRequest},
		{nil, showTimeStampResponse},
		{nil, showTimeStampRequest},
		{[]string{"CMS", "PKCS7"}, showCMS},
		{nil, showSeal},
		{nil, showSealSignature},
	}
}
