// SPDX-License-Identifier: Apache-2.0

package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/govseal/govseal/api"
)

// ofdrwCheck has ofdrw, the Java library for OFD, read a package and validate
// its seals by its own lights.
const ofdrwCheck = `
import java.nio.file.Paths;
import java.security.Security;
import org.bouncycastle.jce.provider.BouncyCastleProvider;
import org.ofdrw.reader.ContentExtractor;
import org.ofdrw.reader.OFDReader;
import org.ofdrw.sign.verify.OFDValidator;
import org.ofdrw.sign.verify.container.SESV4ValidateContainer;

public class Check {
  public static void main(String[] args) throws Exception {
    Security.addProvider(new BouncyCastleProvider());
    try (OFDReader reader = new OFDReader(Paths.get(args[0])); OFDValidator validator = new OFDValidator(reader)) {
      validator.setValidator(new SESV4ValidateContainer());
      validator.exeValidate();
      for (String text : new ContentExtractor(reader).extractAll()) System.out.print(text);
    }
  }
}
`

// ofdrw reads what we write, finds the text, and agrees about true and false.
func TestOFDRWAgrees(t *testing.T) {
	classes := os.Getenv("GOVSEAL_OFDRW")
	if classes == "" {
		t.Skip("GOVSEAL_OFDRW names no Java class path with ofdrw")
	}
	dir := t.TempDir()
	source := filepath.Join(dir, "Check.java")
	if err := os.WriteFile(source, []byte(ofdrwCheck), 0o600); err != nil {
		t.Fatal(err)
	}
	if out, err := exec.Command("javac", "-cp", classes, "-d", dir, source).CombinedOutput(); err != nil {
		t.Fatalf("javac: %v\n%s", err, out)
	}
	h := newHouse(t, Config{})
	c := h.client(t, h.token)
	stamp := func(key string, document []byte, change func(*api.StampRequest)) []byte {
		t.Helper()
		r := h.request()
		change(&r)
		a, err := c.stampOFD(t.Context(), key, r, document)
		if err != nil {
			t.Fatal(err)
		}
		sealed, err := c.document(t.Context(), a.ID, "")
		if err != nil {
			t.Fatal(err)
		}
		return sealed
	}
	sealed := stamp("one", plainOFD(t), func(*api.StampRequest) {})
	twice := stamp("two", sealed, func(r *api.StampRequest) {
		r.Lock, r.Place = true, api.Placement{{Page: 1, X: 20, Y: 200}, {Keyword: "准予许可"}}
	})
	edges := stamp("edges", twoPages(t), func(r *api.StampRequest) { r.Place = api.Placement{{Edge: "right"}, {Edge: "top"}} })
	tampered, err := editPackage("Doc_0/Pages/Page_0/Content.xml", "准予", "不予")(twice)
	if err != nil {
		t.Fatal(err)
	}
	for name, tt := range map[string]struct {
		octets []byte
		good   bool
	}{"sealed": {sealed, true}, "sealed twice and locked": {twice, true}, "across the edges": {edges, true}, "tampered": {tampered, false}} {
		file := filepath.Join(dir, strings.ReplaceAll(name, " ", "-")+".ofd")
		if err := os.WriteFile(file, tt.octets, 0o600); err != nil {
			t.Fatal(err)
		}
		out, err := exec.Command("java", "-cp", classes+string(os.PathListSeparator)+dir, "Check", file).CombinedOutput()
		if (err == nil) != tt.good {
			t.Errorf("%s: %v\n%s", name, err, out)
		}
		if tt.good && !strings.Contains(string(out), "示例决定书") {
			t.Errorf("%s: ofdrw does not find the title in %s", name, out)
		}
	}
}
