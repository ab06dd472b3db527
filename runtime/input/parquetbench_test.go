package input

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"math"
	"math/rand/v2"
	"strings"
	"sync"
	"testing"

	"github.com/parquet-go/parquet-go"
	"github.com/parquet-go/parquet-go/compress/zstd"
)

// auth is an authentication event as the questions of ../shared/bench have it.
// Text that hardly repeats within a row group is written plainly, as DuckDB does.
type auth struct {
	Time     int64  `parquet:"ts,timestamp(microsecond)"`
	Login    string `parquet:"login_id,plain"`
	Device   string `parquet:"device,plain"`
	IP       string `parquet:"ip,plain"`
	Outcome  string `parquet:"outcome,dict"`
	Method   string `parquet:"http_method,dict"`
	Virus    string `parquet:"virus_category,dict"`
	BytesOut int32  `parquet:"bytes_out"`
}

const authRows = 1_000_000

var authFile = sync.OnceValues(func() ([]byte, error) {
	var b bytes.Buffer
	w := parquet.NewGenericWriter[auth](&b, parquet.Compression(&zstd.Codec{}), parquet.MaxRowsPerRowGroup(122_880))
	random := rand.New(rand.NewPCG(1, 2))
	pick := func(p float64, a, b string) string {
		if random.Float64() < p {
			return a
		}
		return b
	}
	rows := make([]auth, 1000)
	for i := 0; i < authRows; i += len(rows) {
		for k := range rows {
			d, ip := random.IntN(1_000_000), int(200_000*math.Pow(random.Float64(), 2))
			rows[k] = auth{
				Time:   1_785_715_200_000_000 + int64(i+k)*777_600,
				Login:  fmt.Sprintf("user_%06d", int(100_000*math.Pow(random.Float64(), 2.5))),
				Device: fmt.Sprintf("10.%d.%d.%d", d>>16, d>>8&255, d&255), IP: fmt.Sprintf("198.%d.%d.%d", ip>>16, ip>>8&255, ip&255),
				Outcome: pick(0.9, "SUCCESS", pick(0.8, "DENIED", "BLOCKED")), Method: pick(0.6, "GET", pick(0.75, "POST", "PUT")),
				Virus: pick(0.991, "none", pick(0.11, "trojan", pick(0.5, "worm", "adware"))), BytesOut: random.Int32N(65536),
			}
		}
		if _, err := w.Write(rows); err != nil {
			return nil, err
		}
	}
	err := w.Close()
	return b.Bytes(), err
})

func BenchmarkParquet(b *testing.B) {
	file, err := authFile()
	if err != nil {
		b.Fatal(err)
	}
	for _, c := range []struct {
		columns string
		ranges  []Range
		sorted  bool
	}{
		{columns: "ts timestamp"},
		{columns: "ts timestamp", sorted: true},
		{columns: "bytes_out int"},
		{columns: "outcome string"},
		{columns: "login_id string"},
		{columns: "device string"},
		{columns: "ip ip"},
		{columns: "ts timestamp, login_id string, outcome string"},
		{columns: "virus_category string, ts timestamp, login_id string, device string", ranges: []Range{{0, "==", "trojan"}}},
	} {
		name := strings.ReplaceAll(c.columns, ", ", ",")
		for _, r := range c.ranges {
			name += fmt.Sprint(" where ", r.Op, r.Value)
		}
		if c.sorted {
			name += " sorted"
		}
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				req := request(strings.Split(c.columns, ", ")...)
				req.Ranges = c.ranges
				if c.sorted {
					req.Time = 0
				}
				s, err := OpenParquet(context.Background(), seekable(file), req)
				if err != nil {
					b.Fatal(err)
				}
				if c.sorted && !s.(Sorted).Sorted() {
					b.Fatal("not sorted")
				}
				for {
					batch, err := s.Next(context.Background())
					if err == io.EOF {
						break
					}
					if err != nil {
						b.Fatal(err)
					}
					batch.Record.Release()
				}
				s.Close()
			}
			b.ReportMetric(float64(b.N)*authRows/1e6/b.Elapsed().Seconds(), "Mrow/s")
		})
	}
}
