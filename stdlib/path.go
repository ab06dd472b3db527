package stdlib

import (
	"strings"

	"github.com/detlang/det/lang/types"
)

// pathFuncs take apart the paths of Windows and of Unix alike: both / and \
// separate, whichever system the event comes from.
func pathFuncs() []Func {
	path := text("path")
	return []Func{{
		Name: "basename",
		Doc:  "What stands after the last / or \\ of a path: the name of the file.",
		Sig:  takes(types.TString, path), Bind: textMap(always(basename)), Cost: 30,
		Examples: examples(`basename("C:\\Windows\\x.exe")`, `"x.exe"`, `basename("/usr/bin/ls")`, `"ls"`, `basename("C:\\Temp\\")`, `""`, `basename("ls")`, `"ls"`, `basename(null)`, `null`),
	}, {
		Name: "dirname",
		Doc:  "What stands before the last / or \\ of a path; the separator stays only after a root.",
		Sig:  takes(types.TString, path), Bind: textMap(always(dirname)), Cost: 30,
		Examples: examples(`dirname("C:\\Windows\\x.exe")`, `"C:\\Windows"`, `dirname("C:\\x.exe")`, `"C:\\"`, `dirname("/etc")`, `"/"`, `dirname("x")`, `""`, `dirname("")`, `""`),
	}, {
		Name: "extension",
		Doc:  "What stands after the last dot of the file's name, without the dot; empty where there is none, or only a leading one.",
		Sig:  takes(types.TString, path), Bind: textMap(always(extension)), Cost: 30,
		Examples: examples(`extension("C:\\a.b\\invoice.PDF.exe")`, `"exe"`, `extension("/home/ann/.bashrc")`, `""`, `extension("a.b/c")`, `""`, `extension("übung.ÄX")`, `"ÄX"`),
	}}
}

func basename(path string) string { return path[strings.LastIndexAny(path, `/\`)+1:] }

func dirname(path string) string {
	dir := path[:strings.LastIndexAny(path, `/\`)+1]
	bare := strings.TrimRight(dir, `/\`)
	switch {
	case bare == "": // nothing but separators: the root
		return dir
	case len(bare) == 2 && bare[1] == ':': // a drive
		return dir[:3]
	}
	return bare
}

func extension(path string) string {
	name := strings.TrimLeft(basename(path), ".")
	dot := strings.LastIndexByte(name, '.')
	if dot < 0 {
		return ""
	}
	return name[dot+1:]
}
