// SPDX-License-Identifier: Apache-2.0

package web

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"html/template"
	"strings"
	"time"
)

// funcs are what the templates may call, bound to one language.
func (p *Pages) funcs(lang string) template.FuncMap {
	return template.FuncMap{
		"tr":       func(zh, en string) string { return Text{zh, en}.In(lang) },
		"say":      func(t Text) string { return plain(t.In(lang)) },
		"plain":    plain,
		"code":     onlyAlphanumeric,
		"english":  func() bool { return lang == en },
		"when":     func(t time.Time) string { return p.when(t, lang) },
		"zone":     func(t time.Time) string { return p.zone(t, lang) },
		"rfc3339":  func(t time.Time) string { return t.In(p.Location).Format(time.RFC3339) },
		"date":     func(t time.Time) string { return day(t.In(p.Location).Format(time.DateOnly), lang) },
		"day":      func(s string) string { return day(s, lang) },
		"picture":  picture,
		"groups":   groups,
		"ticks":    func(s string) []string { return strings.Split(plain(s), "`") },
		"odd":      func(i int) bool { return i%2 == 1 },
		"verdict":  func(s string) Look { return look(verdicts, s) },
		"status":   func(s string) Look { return look(statuses, s) },
		"state":    func(s string) Look { return look(states, s) },
		"sealnow":  func(s string) Look { return look(sealStates, s) },
		"kind":     func(s string) string { return kindName(s, lang) },
		"operator": func() string { return plain(p.Operator.In(lang)) },
		"octets":   octets,
		"outcome":  func(s string) string { return outcomeName(s, lang) },
		"level":    func(s string) string { return levels[s].In(lang) },
		"place":    func(p Place) string { return placeText(p).In(lang) },
		"places":   func(all []Place) []Place { return all[:min(len(all), maxPlaces)] },
		"more":     func(all []Place) int { return max(0, len(all)-maxPlaces) },
		"largest":  func() string { return size(p.MaxUpload) },
		"limit":    func() int64 { return p.MaxUpload },
		"icon":     func(name, class string) icon { return icon{name, class} },
		"chooser":  func(action, id string) chooser { return chooser{action, id + "-" + lang, p.MaxUpload} },
	}
}

// icon names a drawing in icons.html.
type icon struct{ Name, Class string }

// chooser is one form that takes a file; its id differs between the languages
// that one page may carry.
type chooser struct {
	Action, ID string
	Max        int64
}

// when writes a time in the pages' zone; zone stands beside it.
func (p *Pages) when(t time.Time, lang string) string {
	if lang == en {
		return t.In(p.Location).Format("2 January 2006, 15:04:05")
	}
	return t.In(p.Location).Format("2006年1月2日 15:04:05")
}

// zone writes the offset of the pages' zone, and its name where we know it.
func (p *Pages) zone(t time.Time, lang string) string {
	offset := t.In(p.Location).Format("UTC-07:00")
	if p.Location == Beijing {
		offset = Text{"北京时间，", "Beijing time, "}.In(lang) + offset
	}
	if lang == en {
		return "(" + offset + ")"
	}
	return "（" + offset + "）"
}

// day writes a date of the form 2006-01-02 in words; anything else stays as it is.
func day(s, lang string) string {
	t, err := time.Parse(time.DateOnly, s)
	if err != nil {
		return plain(s)
	}
	if lang == en {
		return t.Format("2 January 2006")
	}
	return t.Format("2006年1月2日")
}

// maxPicture bounds a seal picture in a page, in octets.
const maxPicture = 2 << 20

// picture is a PNG as a data address, or "" if it is not one.
func picture(b []byte) template.URL {
	if len(b) > maxPicture || !bytes.HasPrefix(b, []byte("\x89PNG\r\n\x1a\n")) {
		return ""
	}
	return template.URL("data:image/png;base64," + base64.StdEncoding.EncodeToString(b)) // base64 of a PNG: nothing to escape
}

// groups splits a digest into groups of eight characters, easier to compare.
func groups(s string) []string {
	var out []string
	s = plain(s)
	for r := []rune(s); len(r) > 0; {
		n := min(8, len(r))
		out, r = append(out, string(r[:n])), r[n:]
	}
	return out
}

func size(octets int64) string {
	if octets <= 0 {
		return ""
	}
	return strings.TrimSuffix(fmt.Sprintf("%.1f", float64(octets)/(1<<20)), ".0") + " MB"
}

// octets writes the size of a file as people read it.
func octets(n int64) string {
	switch {
	case n <= 0:
		return ""
	case n < 1<<10:
		return fmt.Sprintf("%d B", n)
	case n < 1<<20:
		return fmt.Sprintf("%.1f KB", float64(n)/(1<<10))
	}
	return fmt.Sprintf("%.1f MB", float64(n)/(1<<20))
}
