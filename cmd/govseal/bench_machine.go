// SPDX-License-Identifier: Apache-2.0

package main

import (
	"bufio"
	"fmt"
	"os"
	"runtime"
	"runtime/debug"
	"strings"
)

// machine is what the figures were measured on. Load is the system's load
// average before and after: with other work about, figures are noise.
type machine struct {
	CPU        string   `json:"cpu"`
	Cores      int      `json:"cores"`
	System     string   `json:"system"`
	Go         string   `json:"go"`
	GOAMD64    string   `json:"goamd64,omitempty"`
	GMSM       string   `json:"gmsm"`
	Version    string   `json:"govseal"`
	Engines    []string `json:"engines"`
	LoadBefore string   `json:"loadBefore,omitempty"`
	LoadAfter  string   `json:"loadAfter,omitempty"`
}

func describeMachine() machine {
	m := machine{
		CPU: processor(), Cores: cores(), System: runtime.GOOS + "/" + runtime.GOARCH, Go: runtime.Version(),
		GMSM: module("github.com/emmansun/gmsm"), Version: version, LoadBefore: load(),
	}
	if info, ok := debug.ReadBuildInfo(); ok {
		for _, s := range info.Settings {
			if s.Key == "GOAMD64" {
				m.GOAMD64 = s.Value
			}
		}
	}
	return m
}

// module returns the version of a module that the program is built with.
func module(path string) string {
	if info, ok := debug.ReadBuildInfo(); ok {
		for _, d := range info.Deps {
			if d.Path == path {
				return d.Version
			}
		}
	}
	return "unknown"
}

// processor is the model as Linux names it; elsewhere nothing is said.
func processor() string {
	f, err := os.Open("/proc/cpuinfo")
	if err != nil {
		return "unknown"
	}
	defer f.Close()
	for lines := bufio.NewScanner(f); lines.Scan(); {
		if name, value, ok := strings.Cut(lines.Text(), ":"); ok && strings.TrimSpace(name) == "model name" {
			return strings.TrimSpace(value)
		}
	}
	return "unknown"
}

// load is the load average of the last minute, "" where nobody keeps it.
func load() string {
	raw, err := os.ReadFile("/proc/loadavg")
	if err != nil {
		return ""
	}
	one, _, _ := strings.Cut(string(raw), " ")
	return one
}

func (m machine) lines() []string {
	return []string{
		fmt.Sprintf("%s, %d cores, %s, load %s before and %s after", m.CPU, m.Cores, m.System, m.LoadBefore, m.LoadAfter),
		fmt.Sprintf("govseal %s, %s, GOAMD64 %s, gmsm %s, %s", m.Version, m.Go, m.GOAMD64, m.GMSM, strings.Join(m.Engines, ", ")),
	}
}
