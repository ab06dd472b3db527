package stdlib

import (
	"crypto/md5"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/sha512"
	"encoding/hex"
	"fmt"
	"hash/crc32"

	"github.com/zeebo/xxh3"

	"github.com/detlang/det/lang/types"
)

// hashingFuncs hash the bytes of a text; the hash is text in lower-case
// hexadecimal.
func hashingFuncs() []Func {
	row := func(name, doc string, cost int, hash func(s string) string, pairs ...string) Func {
		return Func{
			Name: name, Doc: doc, Sig: takes(types.TString, text("s")), Bind: textMap(always(hash)), Cost: cost,
			Examples: examples(append(pairs, name+`(null)`, `null`)...),
		}
	}
	return []Func{
		row("md5", "The MD5 hash, 32 digits. It is for looking up known files, not for security.", 300,
			func(s string) string { h := md5.Sum([]byte(s)); return hex.EncodeToString(h[:]) },
			`md5("")`, `"d41d8cd98f00b204e9800998ecf8427e"`, `md5("é")`, `"66ddcd97cfdeabb2f6fb8a999b4bc76f"`),
		row("sha1", "The SHA-1 hash, 40 digits.", 300,
			func(s string) string { h := sha1.Sum([]byte(s)); return hex.EncodeToString(h[:]) },
			`sha1("")`, `"da39a3ee5e6b4b0d3255bfef95601890afd80709"`, `sha1("abc")`, `"a9993e364706816aba3e25717850c26c9cd0d89d"`),
		row("sha256", "The SHA-256 hash, 64 digits.", 300,
			func(s string) string { h := sha256.Sum256([]byte(s)); return hex.EncodeToString(h[:]) },
			`sha256("")`, `"e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"`, `sha256("abc")`, `"ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"`),
		row("sha512", "The SHA-512 hash, 128 digits.", 500,
			func(s string) string { h := sha512.Sum512([]byte(s)); return hex.EncodeToString(h[:]) },
			`left(sha512(""), 16)`, `"cf83e1357eefb8bd"`, `left(sha512("abc"), 16)`, `"ddaf35a193617aba"`),
		row("crc32", "The CRC-32 checksum (IEEE), 8 digits.", 60,
			func(s string) string { return fmt.Sprintf("%08x", crc32.ChecksumIEEE([]byte(s))) },
			`crc32("")`, `"00000000"`, `crc32("123456789")`, `"cbf43926"`),
		row("xxh3", "The 64-bit XXH3 hash, 16 digits: fast, for sampling and grouping, not for security.", 40,
			func(s string) string { return fmt.Sprintf("%016x", xxh3.HashString(s)) },
			`xxh3("")`, `"2d06800538d394c2"`, `xxh3("abc")`, `"78af5f94892f3950"`),
	}
}
