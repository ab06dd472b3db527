package stdlib

import (
	"encoding/base64"
	"encoding/hex"
	"html"
	"strings"
	"unicode/utf16"
	"unicode/utf8"

	"golang.org/x/net/idna"

	"github.com/detlang/det/lang/types"
)

// encodingFuncs undo what hides a text. What they decode are bytes, which need not
// be UTF-8: utf16le_decode(base64_decode(x)) reads PowerShell's -EncodedCommand.
func encodingFuncs() []Func {
	s := text("s")
	return []Func{{
		Name: "base64_encode",
		Doc:  "The bytes of the text in base64, with padding.",
		Sig:  takes(types.TString, s), Bind: textMap(always(func(s string) string { return base64.StdEncoding.EncodeToString([]byte(s)) })), Cost: 60,
		Examples: examples(`base64_encode("IEX")`, `"SUVY"`, `base64_encode("é")`, `"w6k="`, `base64_encode("")`, `""`),
	}, {
		Name: "base64_decode",
		Doc:  "The bytes that base64 stands for, in the standard or the URL alphabet, with or without padding; missing where it is not base64.",
		Sig:  takes(types.TString, s), Bind: textMap(base64Decode), Cost: 80,
		Examples: examples(`base64_decode("SUVY")`, `"IEX"`, `base64_decode("w6k")`, `"é"`, `base64_decode("_-8=") == base64_decode("/+8")`, `true`, `base64_decode("a")`, `null`, `base64_decode("")`, `""`, `base64_decode("not base64")`, `null`),
	}, {
		Name: "hex_encode",
		Doc:  "The bytes of the text in lower-case hexadecimal.",
		Sig:  takes(types.TString, s), Bind: textMap(always(func(s string) string { return hex.EncodeToString([]byte(s)) })), Cost: 60,
		Examples: examples(`hex_encode("Aé")`, `"41c3a9"`, `hex_encode("")`, `""`),
	}, {
		Name: "hex_decode",
		Doc:  "The bytes that hexadecimal digits stand for, after 0x or not; missing where they are not pairs of digits.",
		Sig:  takes(types.TString, s), Bind: textMap(hexDecode), Cost: 60,
		Examples: examples(`hex_decode("0x6D5A")`, `"mZ"`, `hex_decode("c3a9")`, `"é"`, `hex_decode("abc")`, `null`, `hex_decode("")`, `""`),
	}, {
		Name: "utf16le_encode",
		Doc:  "The text in UTF-16, low byte first, as bytes.",
		Sig:  takes(types.TString, s), Bind: textMap(utf16leEncode), Cost: 80,
		Examples: examples(`base64_encode(utf16le_encode("IEX"))`, `"SQBFAFgA"`, `hex_encode(utf16le_encode("🎉"))`, `"3cd889df"`, `utf16le_encode("")`, `""`),
	}, {
		Name: "utf16le_decode",
		Doc:  "The text that bytes in UTF-16, low byte first, stand for; missing where their number is odd.",
		Sig:  takes(types.TString, s), Bind: textMap(utf16leDecode), Cost: 80,
		Examples: examples(`utf16le_decode(base64_decode("SQBFAFgA"))`, `"IEX"`, `utf16le_decode(hex_decode("3cd889df"))`, `"🎉"`, `utf16le_decode("a")`, `null`, `utf16le_decode("")`, `""`),
	}, {
		Name: "html_unescape",
		Doc:  "The text with HTML's entities replaced by what they stand for.",
		Sig:  takes(types.TString, s), Bind: textMap(always(html.UnescapeString)), Cost: 100,
		Examples: examples(`html_unescape("&lt;script&gt; &#x41;&eacute;")`, `"<script> Aé"`, `html_unescape("a & b")`, `"a & b"`, `html_unescape("")`, `""`),
	}, {
		Name: "punycode_decode",
		Doc:  "A domain name with its xn-- labels in Unicode; missing where one is malformed.",
		Sig:  takes(types.TString, s), Bind: textMap(punycodeDecode), Cost: 300,
		Examples: examples(`punycode_decode("xn--mnchen-3ya.de")`, `"münchen.de"`, `punycode_decode("example.com")`, `"example.com"`, `punycode_decode("xn--999999999.de")`, `null`),
	}, {
		Name: "punycode_encode",
		Doc:  "A domain name in lower case with its labels in ASCII, those that are not as xn--; missing where it is no domain name.",
		Sig:  takes(types.TString, s), Bind: textMap(punycodeEncode), Cost: 300,
		Examples: examples(`punycode_encode("MÜNCHEN.de")`, `"xn--mnchen-3ya.de"`, `punycode_encode("example.com")`, `"example.com"`, `punycode_encode("")`, `""`),
	}}
}

func base64Decode(s string) (string, bool) {
	s = strings.NewReplacer("-", "+", "_", "/").Replace(strings.TrimRight(s, "="))
	b, err := base64.RawStdEncoding.DecodeString(s)
	return string(b), err == nil
}

func hexDecode(s string) (string, bool) {
	s = strings.TrimPrefix(s, "0x")
	b, err := hex.DecodeString(s)
	return string(b), err == nil
}

func utf16leEncode(s string) (string, bool) {
	if len(s) > MaxText {
		return "", false
	}
	out := make([]byte, 0, 2*len(s))
	for _, r := range s {
		for _, u := range utf16.AppendRune(nil, r) {
			out = append(out, byte(u), byte(u>>8))
		}
	}
	return string(out), true
}

func utf16leDecode(s string) (string, bool) {
	if len(s)%2 != 0 || len(s) > 2*MaxText {
		return "", false
	}
	unit := func(i int) rune { return rune(s[i]) | rune(s[i+1])<<8 }
	out := make([]byte, 0, len(s))
	for i := 0; i < len(s); i += 2 {
		r := unit(i)
		if utf16.IsSurrogate(r) {
			if i+3 < len(s) {
				if pair := utf16.DecodeRune(r, unit(i+2)); pair != utf8.RuneError {
					out = utf8.AppendRune(out, pair)
					i += 2
					continue
				}
			}
			r = utf8.RuneError
		}
		out = utf8.AppendRune(out, r)
	}
	return string(out), true
}

func punycodeDecode(s string) (string, bool) {
	if len(s) > maxDomain {
		return "", false
	}
	out, err := idna.Punycode.ToUnicode(s)
	return out, err == nil
}

func punycodeEncode(s string) (string, bool) {
	if len(s) > maxDomain {
		return "", false
	}
	out, err := domainProfile.ToASCII(s)
	return out, err == nil
}
