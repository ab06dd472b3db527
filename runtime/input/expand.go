package input

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// Expand gives the inputs that patterns mean, in their order, each file once: a
// file, "-" for standard input, a glob (where ** is any number of folders), or a
// folder, which means the files below it whose suffix is that of a format. The
// files of one pattern are sorted by name. Hidden files count only where a
// pattern names them, files in hidden folders only where it begins with their
// folder. A pattern that means no file is an error.
func Expand(patterns []string) ([]string, error) {
	var out []string
	seen := map[string]bool{}
	for _, p := range patterns {
		files, err := expand(p)
		if err != nil {
			return nil, err
		}
		for _, f := range files {
			if !seen[f] {
				seen[f] = true
				out = append(out, f)
			}
		}
	}
	return out, nil
}

func expand(pattern string) ([]string, error) {
	if pattern == "-" {
		return []string{pattern}, nil
	}
	info, err := os.Stat(pattern)
	switch {
	case err == nil && !info.IsDir():
		return []string{pattern}, nil
	case err == nil:
		return folder(pattern)
	case errors.Is(err, fs.ErrNotExist) && !strings.ContainsAny(pattern, "*?["):
		return nil, missingFile{pattern}
	case !strings.ContainsAny(pattern, "*?["):
		return nil, err
	}
	files, err := glob(pattern)
	if err == nil && len(files) == 0 {
		err = fmt.Errorf("no file matches %s", pattern)
	}
	return files, err
}

// missingFile is a path at which nothing is, told without the name of a system call.
type missingFile struct{ path string }

func (m missingFile) Error() string        { return m.path + ": no such file or folder" }
func (m missingFile) Is(target error) bool { return target == fs.ErrNotExist }

// folder gives the files below a folder whose suffix is known.
func folder(root string) ([]string, error) {
	known := slices.Clone(sniffed)
	for _, f := range Formats() {
		known = append(known, f.Suffixes...)
	}
	files, err := walk(root, func(path string) bool {
		return !hidden(filepath.Base(path)) && slices.Contains(known, suffixOf(path))
	})
	if err == nil && len(files) == 0 {
		slices.Sort(known)
		err = fmt.Errorf("no file below %s has a known suffix (%s)", root, strings.Join(known, ", "))
	}
	return files, err
}

// glob gives the files that match a pattern with wildcards.
func glob(pattern string) ([]string, error) {
	slashed := filepath.ToSlash(pattern)
	if _, err := filepath.Match(slashed, ""); err != nil {
		return nil, fmt.Errorf("%s: %w", pattern, err)
	}
	parts := strings.Split(slashed, "/")
	fixed := 0
	for fixed < len(parts) && !strings.ContainsAny(parts[fixed], "*?[") {
		fixed++
	}
	root := strings.Join(parts[:fixed], "/")
	if root == "" {
		root = "."
		if fixed > 0 {
			root = "/"
		}
	}
	files, err := walk(root, func(path string) bool {
		return matches(parts[fixed:], strings.Split(below(root, path), "/"))
	})
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	return files, err
}

func hidden(name string) bool { return strings.HasPrefix(name, ".") }

// below is path relative to root, with slashes.
func below(root, path string) string {
	rel, err := filepath.Rel(root, path)
	if err != nil {
		return path
	}
	return filepath.ToSlash(rel)
}

// matches reports whether the parts of a path match those of a pattern, where
// ** matches any number of parts.
func matches(pattern, path []string) bool {
	for i, p := range pattern {
		if p == "**" {
			for rest := path[i:]; ; rest = rest[1:] {
				if matches(pattern[i+1:], rest) {
					return true
				}
				if len(rest) == 0 || hidden(rest[0]) {
					return false
				}
			}
		}
		if i >= len(path) || hidden(path[i]) && !hidden(p) {
			return false
		}
		if ok, err := filepath.Match(p, path[i]); err != nil || !ok {
			return false
		}
	}
	return len(pattern) == len(path)
}

// walk gives the regular files below root that want accepts, sorted.
func walk(root string, want func(path string) bool) ([]string, error) {
	var files []string
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case path != root && d.IsDir() && hidden(d.Name()):
			return filepath.SkipDir
		case d.IsDir():
			return nil
		case d.Type()&fs.ModeSymlink != 0:
			if info, err := os.Stat(path); err != nil || !info.Mode().IsRegular() {
				return nil
			}
		case !d.Type().IsRegular():
			return nil
		}
		if want(path) {
			files = append(files, path)
		}
		return nil
	})
	slices.Sort(files)
	return files, err
}
