package lsp

import (
	"crypto/sha256"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"

	"github.com/detlang/det/lang/source"
	"github.com/detlang/det/stdlib"
)

// shelf holds the files of the standard library as files that an editor can open: in
// the cache of the user, in a folder named by what they say, and read-only. They are
// written when the first is asked for.
var shelf = sync.OnceValues(func() (string, error) {
	cache, err := os.UserCacheDir()
	if err != nil {
		return "", err
	}
	sum := sha256.New()
	for _, name := range stdlib.Names() {
		text, _ := stdlib.File(name)
		fmt.Fprintf(sum, "%s %d\n%s", name, len(text), text)
	}
	dir := filepath.Join(cache, "det", fmt.Sprintf("library-%x", sum.Sum(nil)[:8]))
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return "", err
	}
	for _, name := range stdlib.Names() {
		text, _ := stdlib.File(name)
		if err := place(filepath.Join(dir, name+".det"), text); err != nil {
			return "", err
		}
	}
	return dir, nil
})

// place writes a file that nobody is to change, at once, unless it is there as it
// should be.
func place(name, text string) error {
	if have, err := os.ReadFile(name); err == nil && string(have) == text {
		return nil
	}
	f, err := os.CreateTemp(filepath.Dir(name), ".library*")
	if err != nil {
		return err
	}
	defer os.Remove(f.Name()) // fails once it is renamed
	_, err = f.WriteString(text)
	if err == nil {
		err = f.Chmod(0o444)
	}
	if cerr := f.Close(); err == nil {
		err = cerr
	}
	if err != nil {
		return err
	}
	return os.Rename(f.Name(), name)
}

// shelved is the file of a library as an editor can open it.
func shelved(f *source.File) (string, error) {
	dir, err := shelf()
	if err != nil {
		return "", fmt.Errorf("%s cannot be shown: %w", libraryName(f), err)
	}
	return filepath.Join(dir, libraryName(f)+".det"), nil
}

// library reports whether a file is one of the standard library, as the compiler has
// it or as it is on the shelf.
func library(f *source.File) bool {
	name := libraryName(f)
	text, ok := stdlib.File(name)
	return ok && (f.Name == name+".det" || f.Text == text)
}

// libraryName is what an import calls a library.
func libraryName(f *source.File) string { return strings.TrimSuffix(filepath.Base(f.Name), ".det") }
