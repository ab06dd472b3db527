package input

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"

	"github.com/parquet-go/parquet-go/format"
)

// A Parquet file begins with PAR1 and ends with its metadata, their length in
// four bytes, and PAR1 again (https://parquet.apache.org/docs/file-format/).

const (
	parquetMagic     = "PAR1"
	parquetEncrypted = "PARE"
	maxFooter        = 256 << 20
	maxGroupRows     = 1 << 31
)

// SniffParquet tells whether a file that begins with head is a Parquet file.
func SniffParquet(head []byte) bool {
	return bytes.HasPrefix(head, []byte(parquetMagic)) || bytes.HasPrefix(head, []byte(parquetEncrypted))
}

// parquetFooter is what is used of a file's metadata, numbered as in
// https://github.com/apache/parquet-format/blob/master/src/main/thrift/parquet.thrift.
type parquetFooter struct {
	Schema    []format.SchemaElement `thrift:"2,required"`
	RowGroups []parquetRowGroup      `thrift:"4,required"`

	start int64 // where in the file the metadata begin
}

type parquetRowGroup struct {
	Columns []parquetChunk `thrift:"1,required"`
	NumRows int64          `thrift:"3,required"`
}

type parquetChunk struct {
	FilePath          string                      `thrift:"1,optional"`
	MetaData          parquetChunkData            `thrift:"3,optional"`
	OffsetIndexOffset int64                       `thrift:"4,optional"`
	OffsetIndexLength int32                       `thrift:"5,optional"`
	ColumnIndexOffset int64                       `thrift:"6,optional"`
	ColumnIndexLength int32                       `thrift:"7,optional"`
	CryptoMetadata    format.ColumnCryptoMetaData `thrift:"8,optional"`
}

type parquetChunkData struct {
	Type                  format.Type             `thrift:"1,required"`
	Codec                 format.CompressionCodec `thrift:"4,required"`
	NumValues             int64                   `thrift:"5,required"`
	TotalUncompressedSize int64                   `thrift:"6,required"`
	TotalCompressedSize   int64                   `thrift:"7,required"`
	DataPageOffset        int64                   `thrift:"9,required"`
	DictionaryPageOffset  int64                   `thrift:"11,optional"`
	Statistics            format.Statistics       `thrift:"12,optional"`
	BloomFilterOffset     int64                   `thrift:"14,optional"`
}

func readParquetFooter(r io.ReaderAt, size int64) (*parquetFooter, error) {
	const tail = 4 + len(parquetMagic)
	if size < int64(len(parquetMagic)+tail) {
		return nil, fmt.Errorf("%d bytes are too few for a Parquet file", size)
	}
	var end [tail]byte
	if err := readAt(r, end[:], size-int64(tail)); err != nil {
		return nil, err
	}
	switch string(end[4:]) {
	case parquetMagic:
	case parquetEncrypted:
		return nil, errors.New("the file is encrypted")
	default:
		return nil, errors.New("the file does not end as a Parquet file does; it may be incomplete")
	}
	n := int64(binary.LittleEndian.Uint32(end[:]))
	start := size - int64(tail) - n
	if start < int64(len(parquetMagic)) || n > maxFooter {
		return nil, fmt.Errorf("metadata of %d bytes in a file of %d", n, size)
	}
	b := make([]byte, n)
	if err := readAt(r, b, start); err != nil {
		return nil, err
	}
	f := &parquetFooter{start: start}
	if _, err := decodeThrift(b, f); err != nil {
		return nil, fmt.Errorf("the file's metadata: %w", err)
	}
	for i := range f.RowGroups {
		if n := f.RowGroups[i].NumRows; n < 0 || n > maxGroupRows {
			return nil, fmt.Errorf("row group %d claims %d rows", i, n)
		}
	}
	return f, nil
}

// readAt fills b from offset off; a file that ends before that is an error.
func readAt(r io.ReaderAt, b []byte, off int64) error {
	n, err := r.ReadAt(b, off)
	if n == len(b) {
		return nil
	}
	if err == nil || err == io.EOF {
		err = io.ErrUnexpectedEOF
	}
	return err
}
