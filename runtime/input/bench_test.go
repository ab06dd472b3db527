package input

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"testing"
)

// processEvents makes about size bytes of process-creation events: 30 fields,
// some of them nested, many with backslashes, images by Zipf's law, every other
// command line new.
func processEvents(size int) []byte {
	rng := rand.New(rand.NewPCG(1, 2))
	zipf := rand.NewZipf(rng, 1.2, 1, 400)
	image := func() string { return fmt.Sprintf(`C:\\Windows\\System32\\tool%d.exe`, zipf.Uint64()) }
	var b bytes.Buffer
	for i := 0; b.Len() < size; i++ {
		img, parent := image(), image()
		command := img
		if i%2 == 0 {
			command = fmt.Sprintf(`%s -k netsvcs -p \"%x\"`, img, rng.Uint64())
		}
		fmt.Fprintf(&b, `{"EventID": 1, "Channel": "Microsoft-Windows-Sysmon/Operational", "Computer": "WS%03d.corp.local", "UtcTime": "2024-03-01 10:%02d:%02d.%03d", `, rng.IntN(300), i/60000%60, i/1000%60, i%1000)
		fmt.Fprintf(&b, `"ProcessGuid": "{b669e388-4a98-5ee0-%04x-000000000300}", "ProcessId": "%d", "Image": "%s", "FileVersion": "10.0.17763.1217 (WinBuild.160101.0800)", "Description": "Service Host Process", "Product": "Microsoft® Windows® Operating System", `, rng.IntN(65536), rng.IntN(9999), img)
		fmt.Fprintf(&b, `"Company": "Microsoft Corporation", "OriginalFileName": "tool.exe", "CommandLine": "%s", "CurrentDirectory": "C:\\Windows\\system32\\", "User": "CORP\\user%d", "LogonGuid": "{b669e388-a0e2-5edf-e403-000000000000}", "LogonId": "0x3e4", "TerminalSessionId": "0", "IntegrityLevel": "System", `, command, zipf.Uint64())
		fmt.Fprintf(&b, `"Hashes": {"SHA1": "%016X%016X", "MD5": "%016X", "IMPHASH": "%016X"}, "ParentProcessGuid": "{b669e388-a0da-5edf-0b00-000000000300}", "ParentProcessId": %d, "ParentImage": "%s", "ParentCommandLine": "%s", "RuleName": "-", `, rng.Uint64(), rng.Uint64(), rng.Uint64(), rng.Uint64(), rng.IntN(9999), parent, parent)
		fmt.Fprintf(&b, `"host": {"name": "ws", "os": {"family": "windows", "version": "10.0"}, "ip": ["10.0.%d.%d"]}, "tags": ["edr", "process"], "ecs": {"version": "8.11"}, "event": {"kind": "event", "outcome": "success", "sequence": %d}, "agent": {"id": "f3c1", "version": "1.2.3"}}`+"\n", rng.IntN(256), rng.IntN(256), i)
	}
	return b.Bytes()
}

func benchmark(b *testing.B, format string, data []byte, req Request) {
	f, err := FormatByName(format)
	if err != nil {
		b.Fatal(err)
	}
	req.Reject = func(r Reject) { b.Fatalf("%s: %s\n%s", r.Cause, r.Detail, r.Text) }
	b.SetBytes(int64(len(data)))
	b.ReportAllocs()
	rows := 0
	for b.Loop() {
		in := &File{Name: "bench", Reader: bytes.NewReader(data)}
		s, err := f.Open(context.Background(), in, req)
		if err != nil {
			b.Fatal(err)
		}
		rows = 0
		for {
			batch, err := s.Next(context.Background())
			if errors.Is(err, io.EOF) {
				break
			}
			if err != nil {
				b.Fatal(err)
			}
			rows += int(batch.Record.NumRows())
			batch.Record.Release()
		}
		s.Close()
	}
	b.ReportMetric(float64(rows)*float64(b.N)/b.Elapsed().Seconds(), "rows/s")
}

func BenchmarkNDJSON(b *testing.B) {
	data := processEvents(32 << 20)
	for _, bm := range []struct {
		name string
		req  Request
	}{
		{"5 of 30", request("UtcTime timestamp", "Image string", "CommandLine string", "User string", "ParentProcessId int")},
		{"none", request()},
		{"nested", request("os string host.os.family", "ips ip[] host.ip", "Hashes string")},
	} {
		b.Run(bm.name, func(b *testing.B) { benchmark(b, "ndjson", data, bm.req) })
	}
}

// accessLog makes about size bytes of a combined access log.
func accessLog(size int) []byte {
	rng := rand.New(rand.NewPCG(3, 4))
	zipf := rand.NewZipf(rng, 1.1, 1, 5000)
	var b bytes.Buffer
	for i := 0; b.Len() < size; i++ {
		fmt.Fprintf(&b, "10.%d.%d.%d - - [17/May/2015:%02d:%02d:%02d +0000] \"GET /presentations/page-%d/images/kibana.png?v=%d HTTP/1.1\" 200 %d \"http://semicomplete.com/presentations/logstash/\" \"Mozilla/5.0 (Macintosh; Intel Mac OS X 10_9_%d) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/32.0.1700.77 Safari/537.36\"\n",
			rng.IntN(4), rng.IntN(20), rng.IntN(20), i/36000%24, i/600%60, i/10%60, zipf.Uint64(), rng.IntN(9), rng.IntN(300_000), rng.IntN(9))
	}
	return b.Bytes()
}

// loginTable makes about size bytes of CSV: ten columns, one of them in quotes.
func loginTable(size int) []byte {
	rng := rand.New(rand.NewPCG(5, 6))
	var b bytes.Buffer
	b.WriteString("time,user,src,action,outcome,bytes,agent,detail,session,host\n")
	for i := 0; b.Len() < size; i++ {
		fmt.Fprintf(&b, "2024-03-01T10:%02d:%02d.%03dZ,user%d,10.0.%d.%d,login,success,%d,\"Mozilla/5.0 (X11; Linux x86_64), like Gecko\",some detail of the event,%08x,host%d.corp.example\n",
			i/60000%60, i/1000%60, i%1000, rng.IntN(1000), rng.IntN(256), rng.IntN(256), rng.IntN(100_000), rng.Uint32(), rng.IntN(50))
	}
	return b.Bytes()
}

func BenchmarkCombined(b *testing.B) {
	benchmark(b, "combined", accessLog(16<<20), timed("time timestamp", "clientip ip", "method string", "path string", "status int", "useragent string"))
}

func BenchmarkCSV(b *testing.B) {
	benchmark(b, "csv", loginTable(16<<20), timed("time timestamp", "user string", "src ip", "bytes int"))
}
