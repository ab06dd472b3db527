package main

import (
	"context"
	"fmt"
	"io"
	"runtime"
	"runtime/debug"
	"strings"
)

func versionCommand() *command {
	return &command{
		name:    "version",
		summary: "Show the version",
		about:   "Shows the version, the commit it was built from, and the toolchain.",
		run: func(_ context.Context, s *streams, args []string) error {
			if len(args) > 0 {
				return usagef("version takes no arguments")
			}
			return printVersion(s.out)
		},
	}
}

func printVersion(o *console) error {
	_, err := io.WriteString(o, versionLine()+"\n")
	return err
}

// moduleVersion is the version alone, "" for a build from a working tree.
func moduleVersion() string {
	if info, ok := debug.ReadBuildInfo(); ok && info.Main.Version != "(devel)" {
		return info.Main.Version
	}
	return ""
}

// versionLine is what the build recorded about itself.
func versionLine() string {
	version, commit, date := "(devel)", "", ""
	if info, ok := debug.ReadBuildInfo(); ok {
		if info.Main.Version != "" {
			version = info.Main.Version
		}
		for _, s := range info.Settings {
			switch s.Key {
			case "vcs.revision":
				commit = s.Value[:min(12, len(s.Value))]
			case "vcs.time":
				date, _, _ = strings.Cut(s.Value, "T")
			}
		}
	}
	origin := strings.TrimSpace(commit + " " + date)
	if origin != "" {
		origin = " (" + origin + ")"
	}
	return fmt.Sprintf("det %s%s %s %s/%s", version, origin, runtime.Version(), runtime.GOOS, runtime.GOARCH)
}
