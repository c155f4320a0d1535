// SPDX-License-Identifier: Apache-2.0

package main

import (
	"bytes"
	"reflect"
	"strings"
	"testing"
)

func TestConfig(t *testing.T) {
	good := "name: 示例市\noid_arc: 2.999.1\norigin: seal.example/govseal/sm3\ndatabase: govseal.db\nblobs: blobs\n"
	if _, err := parseConfig([]byte(good)); err != nil {
		t.Fatal(err)
	}
	for name, tt := range map[string]struct{ raw, want string }{
		"empty":             {"", "EOF"},
		"unknown key":       {good + "passphrase: x\n", "passphrase"},
		"key given twice":   {good + "name: 另一市\n", "already defined"},
		"no name":           {strings.Replace(good, "name: 示例市", "name: \"\"", 1), "name is missing"},
		"control character": {strings.Replace(good, "示例市", "\"a\\nb\"", 1), "control character"},
		"arc":               {strings.Replace(good, "2.999.1", "2.25.340282366920938463463374607431768211455", 1), "oid_arc"},
		"arc zero":          {strings.Replace(good, "2.999.1", "2.0999", 1), "oid_arc"},
		"url":               {good + "url: seal.example\n", "url"},
		"url slash":         {good + "url: https://seal.example/\n", "url"},
		"max_document":      {good + "serve:\n  max_document: 1073741825\n", "max_document"},
		"max_document < 0":  {good + "serve:\n  max_document: -1\n", "max_document"},
		"password":          {strings.Replace(good, "govseal.db", "postgres://me:hush@db/x", 1), "password"},
	} {
		_, err := parseConfig([]byte(tt.raw))
		if err == nil || !strings.Contains(err.Error(), tt.want) || strings.Contains(err.Error(), "hush") {
			t.Errorf("%s: got %v, want an error about %q", name, err, tt.want)
		}
	}
}

func FuzzParseConfig(f *testing.F) {
	f.Add([]byte("name: 示例市\noid_arc: 2.999.1\norigin: a/b\ndatabase: d\nblobs: b\nurl: https://seal.example\n"))
	f.Fuzz(func(t *testing.T, raw []byte) {
		c, err := parseConfig(raw)
		if err != nil {
			return
		}
		dir := t.TempDir()
		if err := c.save(dir); err != nil {
			t.Fatal(err)
		}
		again, err := loadConfig(dir)
		if err != nil || !reflect.DeepEqual(again, c) {
			t.Errorf("saved and read back: %+v, %v; want %+v", again, err, c)
		}
	})
}

func TestTableAlignsChinese(t *testing.T) {
	var b bytes.Buffer
	if err := table(&b, []string{"NAME", "STATE"}, [][]string{{"示例市", "active"}, {"ab", "ended"}, {"evil\u202e\n", "x"}}); err != nil {
		t.Fatal(err)
	}
	want := "NAME    STATE\n示例市  active\nab      ended\nevil\ufffd\ufffd  x\n"
	if b.String() != want {
		t.Errorf("got\n%s\nwant\n%s", b.String(), want)
	}
}
