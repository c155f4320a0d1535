// SPDX-License-Identifier: Apache-2.0

package ocsp

import (
	"bytes"
	"crypto/sha1" //nolint:gosec // names an issuer, proves nothing
	"crypto/sha256"
	"encoding/asn1"
	"math/big"

	"golang.org/x/crypto/cryptobyte"
	cbasn1 "golang.org/x/crypto/cryptobyte/asn1"

	"github.com/govseal/govseal/internal/cert"
	"github.com/govseal/govseal/internal/gm"
)

// The digests with which a CertID may name its issuer. SHA-1 is what clients
// send (RFC 5019 2.1.1 demands it); it only says which issuer is meant, and
// what is believed is under the response's signature.
var (
	OIDSHA1   = asn1.ObjectIdentifier{1, 3, 14, 3, 2, 26}
	OIDSHA256 = asn1.ObjectIdentifier{2, 16, 840, 1, 101, 3, 4, 2, 1}
)

var digests = []struct {
	oid asn1.ObjectIdentifier
	sum func([]byte) []byte
}{
	{OIDSHA1, func(b []byte) []byte { d := sha1.Sum(b); return d[:] }}, //nolint:gosec // as above
	{OIDSHA256, func(b []byte) []byte { d := sha256.Sum256(b); return d[:] }},
	{gm.OIDSM3, func(b []byte) []byte { d := gm.SM3(b); return d[:] }},
}

// CertID names one certificate (RFC 6960 4.1.1).
type CertID struct {
	Raw       []byte // DER as received or made
	Hash      cert.Algorithm
	NameHash  []byte // of the issuer's DER Name
	KeyHash   []byte // of the issuer's public key: the content of its BIT STRING
	Serial    *big.Int
	supported bool
}

// NewCertID names the certificate with the serial number that the issuer with
// this Name and SubjectPublicKeyInfo (both DER) issued. The parameters of
// SHA-1 are written NULL as every client does; those of the others are too,
// which RFC 5754 2 tells readers to accept.
func NewCertID(hash asn1.ObjectIdentifier, issuerName, issuerSPKI []byte, serial *big.Int) (CertID, error) {
	sum := digest(hash)
	if sum == nil {
		return CertID{}, bad("CertID", "digest %s is not supported", hash)
	}
	key, err := keyBits(issuerSPKI)
	if err != nil {
		return CertID{}, err
	}
	id := CertID{Hash: cert.Algorithm{OID: hash, Parameters: []byte{5, 0}}, NameHash: sum(issuerName), KeyHash: sum(key), Serial: serial, supported: true}
	id.Raw, err = id.Marshal()
	return id, err
}

// Supported reports whether the digest is one that Names can compute.
func (id *CertID) Supported() bool { return id.supported }

// Names reports whether the CertID names a certificate of the issuer with this
// Name and SubjectPublicKeyInfo.
func (id *CertID) Names(issuerName, issuerSPKI []byte) bool {
	sum := digest(id.Hash.OID)
	key, err := keyBits(issuerSPKI)
	return sum != nil && err == nil && bytes.Equal(id.NameHash, sum(issuerName)) && bytes.Equal(id.KeyHash, sum(key))
}

// Equal compares two CertIDs but for the digest's parameters, absent or NULL.
func (id *CertID) Equal(o *CertID) bool {
	return id.Hash.OID.Equal(o.Hash.OID) && bytes.Equal(id.NameHash, o.NameHash) && bytes.Equal(id.KeyHash, o.KeyHash) && id.Serial.Cmp(o.Serial) == 0
}

// Marshal encodes the CertID.
func (id *CertID) Marshal() ([]byte, error) {
	if id.Serial == nil {
		return nil, bad("CertID", "no serial number")
	}
	var b cryptobyte.Builder
	b.AddASN1(cbasn1.SEQUENCE, func(b *cryptobyte.Builder) {
		addAlgorithm(b, id.Hash)
		b.AddASN1OctetString(id.NameHash)
		b.AddASN1OctetString(id.KeyHash)
		b.AddASN1BigInt(id.Serial)
	})
	return b.Bytes()
}

func readCertID(in *cryptobyte.String) (id CertID, err error) {
	var raw, body cryptobyte.String
	if !in.ReadASN1Element(&raw, cbasn1.SEQUENCE) {
		return id, bad("CertID", "not a SEQUENCE")
	}
	id.Raw = raw
	raw.ReadASN1(&body, cbasn1.SEQUENCE)
	if id.Hash, err = readAlgorithm(&body, "CertID.hashAlgorithm"); err != nil {
		return id, err
	}
	id.Serial = new(big.Int)
	if !body.ReadASN1Bytes(&id.NameHash, cbasn1.OCTET_STRING) || !body.ReadASN1Bytes(&id.KeyHash, cbasn1.OCTET_STRING) ||
		!body.ReadASN1Integer(id.Serial) || !body.Empty() {
		return id, bad("CertID", "malformed")
	}
	if len(id.NameHash) > maxHash || len(id.KeyHash) > maxHash || id.Serial.BitLen() > 8*maxSerialLen {
		return id, bad("CertID", "a digest or the serial number is too long")
	}
	if sum := digest(id.Hash.OID); sum != nil {
		size := len(sum(nil))
		if len(id.NameHash) != size || len(id.KeyHash) != size {
			return id, bad("CertID", "a digest does not have its algorithm's length")
		}
		id.supported = true
	}
	return id, nil
}

// Digests are the digests with which NewCertID can name an issuer.
func Digests() []asn1.ObjectIdentifier {
	var all []asn1.ObjectIdentifier
	for _, d := range digests {
		all = append(all, d.oid)
	}
	return all
}

func digest(oid asn1.ObjectIdentifier) func([]byte) []byte {
	for _, d := range digests {
		if d.oid.Equal(oid) {
			return d.sum
		}
	}
	return nil
}

// keyBits is the content of subjectPublicKey without tag, length and the
// number of unused bits (RFC 6960 4.1.1, issuerKeyHash).
func keyBits(spki []byte) ([]byte, error) {
	in := cryptobyte.String(spki)
	var body, algorithm cryptobyte.String
	var bits []byte
	if !in.ReadASN1(&body, cbasn1.SEQUENCE) || !in.Empty() || !body.ReadASN1(&algorithm, cbasn1.SEQUENCE) ||
		!body.ReadASN1BitStringAsBytes(&bits) || !body.Empty() {
		return nil, bad("SubjectPublicKeyInfo", "malformed")
	}
	return bits, nil
}
