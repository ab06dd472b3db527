package stdlib

import (
	"embed"
	"io/fs"
	"strings"
)

//go:embed det/*.det
var library embed.FS

// File is the text of a library by the name under which it is imported, such as
// std.web.
func File(name string) (text string, ok bool) {
	base, ok := strings.CutPrefix(name, "std.")
	if !ok {
		return "", false
	}
	data, err := library.ReadFile("det/" + base + ".det")
	return string(data), err == nil
}

// Names are the names of the libraries, sorted.
func Names() []string {
	entries, err := fs.ReadDir(library, "det")
	if err != nil {
		return nil // the folder is embedded
	}
	var out []string
	for _, e := range entries {
		out = append(out, "std."+strings.TrimSuffix(e.Name(), ".det"))
	}
	return out
}
