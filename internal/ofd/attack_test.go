// SPDX-License-Identifier: Apache-2.0

package ofd_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/govseal/govseal/internal/ofd"
)

// Each attack of facts/seal-formats.md 7 on a package that is sealed and
// covered as we do, or as writers in the field do (OFD.xml, templates and
// resources left out). What this level must say is one word of: a reference
// state, a law of a signature, an uncovered entry ("+" before it), a finding
// ("?" before it), or an error ("error:").
func TestAttacks(t *testing.T) {
	lax := sealSpec() // covers the pages only, like some vendors
	lax.Cover = func(e string) bool {
		return strings.HasPrefix(e, "Doc_0/Pages/") && strings.HasSuffix(e, "Content.xml") || e == "Doc_0/Document.xml"
	}
	full := sealSpec()
	const sigs, sig0 = "Doc_0/Signs/Signatures.xml", "Doc_0/Signs/Sign_0/Signature.xml"
	for _, a := range []struct {
		name   string
		spec   ofd.Spec
		attack func(t *testing.T, c *content)
		want   string
	}{
		{"nothing done", full, func(*testing.T, *content) {}, ""},
		{"page resource added that the page names", full, func(t *testing.T, c *content) { c.set("Doc_0/Res/font.ttf", "evil") }, "mismatch"},
		{"file added where a location dangles", full, func(t *testing.T, c *content) { c.set("Doc_0/Tags/more.xml", "<x/>") }, "+Doc_0/Tags/more.xml=hidden ?hidden:Doc_0/Tags/more.xml"},
		{"template changed, uncovered", lax, func(t *testing.T, c *content) {
			c.edit(t, "Doc_0/Tpls/Tpl_0/Content.xml", "模板页眉", "改变页眉")
		}, "+Doc_0/Tpls/Tpl_0/Content.xml=template!"},
		{"annotation added, uncovered", lax, func(t *testing.T, c *content) {
			c.edit(t, "Doc_0/Annots/Annotations.xml", "</ofd:Annotations>", `<ofd:Page PageID="20"><ofd:FileLoc>evil.xml</ofd:FileLoc></ofd:Page></ofd:Annotations>`)
			c.set("Doc_0/Annots/evil.xml", "<ofd:PageAnnot"+xmlns+`><ofd:Annot Type="Stamp" ID="71"/></ofd:PageAnnot>`)
		}, "+Doc_0/Annots/evil.xml=annotation! ?stamp-as-annotation:Doc_0/Annots/evil.xml"},
		{"annotation added, covered list", full, func(t *testing.T, c *content) {
			c.edit(t, "Doc_0/Annots/Annotations.xml", "</ofd:Annotations>", `<ofd:Page PageID="20"><ofd:FileLoc>evil.xml</ofd:FileLoc></ofd:Page></ofd:Annotations>`)
			c.set("Doc_0/Annots/evil.xml", "<ofd:PageAnnot"+xmlns+`/>`)
		}, "mismatch +Doc_0/Annots/evil.xml=annotation!"},
		{"DocRoot redirected, OFD.xml uncovered", lax, func(t *testing.T, c *content) {
			c.edit(t, "OFD.xml", "Doc_0/Document.xml", "Doc_1/Document.xml")
			c.set("Doc_1/Document.xml", strings.ReplaceAll(c.data["Doc_0/Document.xml"], "Pages/Page_0/Content.xml", "evil.xml"))
			c.set("Doc_1/evil.xml", pageXML("伪造"))
		}, "+OFD.xml=package! +Doc_1/Document.xml=document! +Doc_1/evil.xml=page!"},
		{"DocRoot redirected, OFD.xml covered", full, func(t *testing.T, c *content) {
			c.edit(t, "OFD.xml", "Doc_0/Document.xml", "Doc_1/Document.xml").set("Doc_1/Document.xml", c.data["Doc_0/Document.xml"])
		}, "mismatch"},
		{"second document", lax, func(t *testing.T, c *content) {
			c.edit(t, "OFD.xml", "</ofd:DocBody>", "</ofd:DocBody><ofd:DocBody><ofd:DocRoot>Doc_1/Document.xml</ofd:DocRoot></ofd:DocBody>")
			c.set("Doc_1/Document.xml", c.data["Doc_0/Document.xml"])
		}, "?second-document:Doc_1/Document.xml +OFD.xml=package!"},
		{"version switched", lax, func(t *testing.T, c *content) {
			c.edit(t, "OFD.xml", "<ofd:Signatures>", `<ofd:Versions><ofd:Version ID="v1" Index="1" Current="true" BaseLoc="Doc_0/Version.xml"/></ofd:Versions><ofd:Signatures>`)
			c.set("Doc_0/Version.xml", "<ofd:DocVersion"+xmlns+`><ofd:FileList><ofd:File ID="1">evil.xml</ofd:File></ofd:FileList><ofd:DocRoot>evil.xml</ofd:DocRoot></ofd:DocVersion>`)
			c.set("Doc_0/evil.xml", c.data["Doc_0/Document.xml"])
		}, "?versions:Doc_0/Version.xml +Doc_0/Version.xml=version! +Doc_0/evil.xml=version!"},
		{"signature stripped from the list", full, func(t *testing.T, c *content) {
			c.set(sigs, "<ofd:Signatures"+xmlns+"/>")
		}, "?unlisted-signature:" + sig0 + " ?unlisted-signature:Doc_0/Signs/Sign_0/SignedValue.dat ?unlisted-signature:Doc_0/Signs/Sign_0/Seal.esl"},
		{"signature appended after a lock", func() ofd.Spec { s := sealSpec(); s.Lock = true; return s }(), func(t *testing.T, c *content) {
			appendSignature(t, c, "Sign_0", "Sign_1")
		}, "mismatch after-lock"},
		{"signature appended", full, func(t *testing.T, c *content) { appendSignature(t, c, "Sign_0", "Sign_1") }, "id"},
		{"one Signature.xml listed twice", full, func(t *testing.T, c *content) { appendSignature(t, c, "Sign_0", "Sign_0") }, "id shared"},
		{"unlisted folder of a signature", full, func(t *testing.T, c *content) {
			c.set("Doc_0/Signs/Sign_7/Signature.xml", c.data[sig0]).set("Doc_0/Signs/Sign_7/odd.xml", "<x:Signature xmlns:x='y'/>")
		}, "?unlisted-signature:Doc_0/Signs/Sign_7/Signature.xml ?unlisted-signature:Doc_0/Signs/Sign_7/odd.xml"},
		{"transplanted into another package", full, func(t *testing.T, c *content) {
			for n, data := range simple(1).edit(t, "Doc_0/Pages/Page_0/Content.xml", "示例市", "伪造市").data {
				if n != "OFD.xml" {
					c.set(n, data)
				}
			}
		}, "mismatch"},
		{"listed file removed", full, func(t *testing.T, c *content) { c.drop("Doc_0/Res/qr.png") }, "missing"},
		{"listed twice by another spelling", full, func(t *testing.T, c *content) {
			c.edit(t, sig0, `"/Doc_0/Res/font.ttf"`, `"../.././Res//qr.png"`)
		}, "mismatch reference-twice +Doc_0/Res/font.ttf=resource!"},
		{"FileRef out of the package", full, func(t *testing.T, c *content) {
			c.edit(t, sig0, `"/Doc_0/Res/qr.png"`, `"/../Doc_0/Res/qr.png"`)
		}, "missing reference-path +Doc_0/Res/qr.png=resource!"},
		{"FileRef with a backslash", full, func(t *testing.T, c *content) {
			c.edit(t, sig0, `"/Doc_0/Res/qr.png"`, `"\Doc_0\Res\qr.png"`)
		}, "missing reference-path"},
		{"FileRef with a percent escape", full, func(t *testing.T, c *content) {
			c.edit(t, sig0, `"/Doc_0/Res/qr.png"`, `"/Doc_0/Res/%71r.png"`)
		}, "missing reference-path"},
		{"FileRef in another case", full, func(t *testing.T, c *content) {
			c.edit(t, sig0, `"/Doc_0/Res/qr.png"`, `"/Doc_0/Res/QR.png"`)
		}, "missing +Doc_0/Res/qr.png=resource!"},
		{"MD5 by omission", full, func(t *testing.T, c *content) {
			c.edit(t, sig0, ` CheckMethod="1.2.156.10197.1.401"`, "")
		}, "weak-digest check-value unknown"},
		{"unknown digest", full, func(t *testing.T, c *content) { c.edit(t, sig0, `"1.2.156.10197.1.401"`, `"CRC32"`) }, "check-method unknown"},
		{"CheckValue that is no digest", full, func(t *testing.T, c *content) {
			i := strings.Index(c.data[sig0], "<ofd:CheckValue>") + 16
			c.set(sig0, c.data[sig0][:i]+"AAAA"+c.data[sig0][i+44:])
		}, "check-value"},
		{"it lists itself", full, func(t *testing.T, c *content) {
			c.edit(t, sig0, `"/Doc_0/Res/qr.png"`, `"SignedValue.dat"`)
		}, "self mismatch"},
		{"no references", full, func(t *testing.T, c *content) {
			x := c.data[sig0]
			c.set(sig0, x[:strings.Index(x, "<ofd:Reference ")]+x[strings.Index(x, "</ofd:References>"):])
		}, "references +Doc_0/Document.xml=document!"},
		{"Signature.xml missing", full, func(t *testing.T, c *content) { c.drop(sig0) }, "signature-xml"},
		{"Signature.xml broken", full, func(t *testing.T, c *content) { c.edit(t, sig0, "</ofd:Signature>", "") }, "signature-xml"},
		{"SignedValue missing", full, func(t *testing.T, c *content) { c.drop("Doc_0/Signs/Sign_0/SignedValue.dat") }, "signed-value"},
		{"Seal.esl missing", full, func(t *testing.T, c *content) { c.drop("Doc_0/Signs/Sign_0/Seal.esl") }, "seal-file missing"},
		{"unknown type", full, func(t *testing.T, c *content) { c.edit(t, sigs, `Type="Seal"`, `Type="seal"`) }, "type"},
		{"a seal called a plain signature", full, func(t *testing.T, c *content) { c.edit(t, sigs, `Type="Seal"`, `Type="Sign"`) }, "stamp-on-signature"},
		{"a seal that shows nowhere", full, func(t *testing.T, c *content) {
			x := c.data[sig0]
			c.set(sig0, x[:strings.Index(x, "<ofd:StampAnnot")]+x[strings.Index(x, "<ofd:Seal>"):])
		}, "no-stamp"},
		{"based on nothing", full, func(t *testing.T, c *content) { c.edit(t, sigs, `ID="s001"`, `ID="s001" Relative="s009"`) }, "base"},
		{"based on itself", full, func(t *testing.T, c *content) { c.edit(t, sigs, `ID="s001"`, `ID="s001" Relative="s001"`) }, "base"},
		{"MaxSignId too small", full, func(t *testing.T, c *content) { c.edit(t, sigs, "s002", "s000") }, "max-sign-id-exceeded"},
		{"Signatures.xml missing", full, func(t *testing.T, c *content) { c.drop(sigs) }, "error:no such file"},
		{"Signatures.xml with BaseLoc outside", full, func(t *testing.T, c *content) {
			c.edit(t, sigs, `"/Doc_0/Signs/Sign_0/Signature.xml"`, `"../../../../etc/passwd"`)
		}, "error:outside"},
		{"SignedInfo twice", full, func(t *testing.T, c *content) {
			c.edit(t, sig0, "<ofd:SignedInfo>", "<ofd:SignedInfo></ofd:SignedInfo><ofd:SignedInfo>")
		}, "signature-xml"},
		{"foreign element of the same name", full, func(t *testing.T, c *content) {
			c.edit(t, sig0, "<ofd:SignedInfo>", `<x:SignedInfo xmlns:x="urn:evil"/><ofd:SignedInfo>`)
		}, "signature-xml"},
		{"encrypted overlay", full, func(t *testing.T, c *content) { c.set("Encryptions.xml", "<ofd:Encryptions"+xmlns+"/>") },
			"?encryption:Encryptions.xml +Encryptions.xml=encryption!"},
		{"nested package", full, func(t *testing.T, c *content) { c.set("Doc_0/inner.ofd", string(simple(1).bytes(t))) },
			"?hidden:Doc_0/inner.ofd ?nested-package:Doc_0/inner.ofd"},
		{"uncovered file named by an unknown element", lax, func(t *testing.T, c *content) {
			c.edit(t, "Doc_0/PublicRes.xml", "</ofd:Res>", "<ofd:Future><ofd:Where>secret.bin</ofd:Where></ofd:Future></ofd:Res>").set("Doc_0/Res/secret.bin", "x")
		}, "+Doc_0/Res/secret.bin=other!"},
		{"uncovered file named in another case and with backslashes", lax, func(t *testing.T, c *content) {
			c.edit(t, "Doc_0/PublicRes.xml", "font.ttf", `..\RES\Evil.TTF`).set("Doc_0/Res/evil.ttf", "x")
		}, "+Doc_0/Res/evil.ttf=resource!"},
		{"unreadable page: what it names is unknown", lax, func(t *testing.T, c *content) {
			c.set("Doc_0/Tpls/Tpl_0/Content.xml", "<!DOCTYPE x>").set("Doc_0/loose.png", "x")
		}, "?opaque:Doc_0/Tpls/Tpl_0/Content.xml +Doc_0/loose.png=hidden!"},
	} {
		t.Run(a.name, func(t *testing.T) {
			c := unpack(t, sign(t, simple(2).bytes(t), a.spec))
			a.attack(t, c)
			got := say(t, c.bytes(t))
			for word := range strings.FieldsSeq(a.want) {
				if msg, isErr := strings.CutPrefix(a.want, "error:"); isErr {
					if len(got) != 1 || !strings.Contains(got[0], msg) {
						t.Errorf("got %v, want %s", got, a.want)
					}
					return
				}
				if !slices.Contains(got, word) {
					t.Errorf("got %v, want %s", got, word)
				}
			}
			if a.want == "" && !slices.Equal(got, []string{"match", "+Doc_0/Signs/Signatures.xml=signatures"}) {
				t.Errorf("got %v", got)
			}
		})
	}
}

// appendSignature copies a signature's files and lists the copy.
func appendSignature(t *testing.T, c *content, from, to string) {
	for _, n := range []string{"Signature.xml", "SignedValue.dat", "Seal.esl"} {
		c.set("Doc_0/Signs/"+to+"/"+n, strings.ReplaceAll(c.data["Doc_0/Signs/"+from+"/"+n], from+"/SignedValue", to+"/SignedValue"))
	}
	c.edit(t, "Doc_0/Signs/Signatures.xml", "</ofd:Signatures>", `<ofd:Signature ID="s001" Type="Seal" BaseLoc="`+to+`/Signature.xml"/></ofd:Signatures>`)
}

// say lists everything that this level knows against a package.
func say(t *testing.T, b []byte) []string {
	t.Helper()
	p := mustOpen(t, b)
	all, err := p.Signatures()
	if err != nil {
		return []string{"error:" + err.Error()}
	}
	var out []string
	var pointers []*ofd.Signature
	for i := range all {
		for state := range states(t, p, &all[i]) {
			out = append(out, state)
		}
		out = append(out, all[i].Law...)
		pointers = append(pointers, &all[i])
		if _, err := p.CheckStamps(&all[i]); err != nil {
			t.Error(err)
		}
		if _, err := p.Changes(t.Context(), &all[i]); err != nil {
			t.Error(err)
		}
	}
	for _, u := range strings.Fields(uncovered(coverage(t, p, pointers...))) {
		out = append(out, "+"+u)
	}
	for _, f := range strings.Fields(findings(t, p)) {
		out = append(out, "?"+f)
	}
	return out
}
