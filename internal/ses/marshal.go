// SPDX-License-Identifier: Apache-2.0

package ses

// Marshal writes the seal anew from its fields, in strict DER. Where nothing
// was Tolerated the result is Raw, octet for octet: the reader has overlooked
// nothing. Hashes and comparisons take Raw all the same.
func (s *Seal) Marshal() ([]byte, error) {
	info, err := s.Template().TBS()
	if err != nil {
		return nil, err
	}
	if s.Version != 1 {
		return assemble(info, s.MakerCert, s.SignAlg, s.Signature, s.TimeStamp)
	}
	message, err := MessageV1(info, s.MakerCert, s.SignAlg)
	if err != nil {
		return nil, err
	}
	return AssembleSealV1(message, s.Signature)
}

// Marshal writes the signature anew from its fields, in strict DER; the seal
// within is embedded as received. Where nothing was Tolerated the result is
// Raw, octet for octet.
func (s *Signature) Marshal() ([]byte, error) {
	tbs, err := s.tbs()
	if err != nil {
		return nil, err
	}
	if s.Version == 1 {
		return AssembleSignatureV1(tbs, s.Signature)
	}
	return assemble(tbs, s.Cert, s.SignAlg, s.Signature, s.TimeStamp)
}
