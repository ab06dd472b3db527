package input

import (
	"errors"
	"fmt"
	"hash/crc32"
	"io"

	"github.com/parquet-go/parquet-go/format"
)

// parquetPages walks over the pages of one column chunk. A page is read in two
// steps, so that one whose rows nobody wants is never decompressed.
type parquetPages struct {
	src        io.ReaderAt
	off        int64 // of what follows the window
	end        int64
	window     []byte
	decompress decompressor

	header format.PageHeader
	body   []byte // compressed, in the window

	memory, scratch []byte // of the window, of the decompressed page
}

const (
	pageWindow    = 1 << 20
	maxPageValues = 1 << 26
	maxPageHeader = 16 << 20
	// Some old writers counted a chunk's length without its last headers
	// (PARQUET-816).
	chunkSlack = 100
)

// newParquetPages begins at the first page of a chunk. limit is where the data
// of the file end.
func newParquetPages(src io.ReaderAt, limit int64, chunk *parquetChunk) (*parquetPages, error) {
	m := &chunk.MetaData
	if chunk.FilePath != "" {
		return nil, errors.New("its data are in another file")
	}
	if chunk.CryptoMetadata.Value != nil {
		return nil, errors.New("it is encrypted")
	}
	start := m.DataPageOffset
	if d := m.DictionaryPageOffset; d > 0 && d < start {
		start = d
	}
	if start < int64(len(parquetMagic)) || m.TotalCompressedSize < 0 || start+m.TotalCompressedSize > limit || start > limit {
		return nil, fmt.Errorf("its data would stand at byte %d with length %d of a file with %d", start, m.TotalCompressedSize, limit)
	}
	d, err := parquetDecompressor(m.Codec)
	if err != nil {
		return nil, err
	}
	return &parquetPages{
		src: src, off: start, end: min(start+m.TotalCompressedSize+chunkSlack, limit), decompress: d,
	}, nil
}

// fill makes the window hold n bytes, or all that there are.
func (p *parquetPages) fill(n int) error {
	if len(p.window) >= n || p.off >= p.end {
		return nil
	}
	size := int(min(int64(max(n, pageWindow)), int64(len(p.window))+p.end-p.off))
	had := len(p.window)
	if cap(p.memory) < size {
		grown := make([]byte, size)
		copy(grown, p.window)
		p.memory = grown
	} else {
		p.memory = p.memory[:size]
		copy(p.memory, p.window)
	}
	p.window = p.memory
	if err := readAt(p.src, p.window[had:], p.off); err != nil {
		return err
	}
	p.off += int64(size - had)
	return nil
}

// next reads the header of the next page of values or of a dictionary.
func (p *parquetPages) next() error {
	for {
		if err := p.nextHeader(); err != nil {
			return err
		}
		h := &p.header
		n := int(h.CompressedPageSize)
		if n < 0 || h.UncompressedPageSize < 0 || h.UncompressedPageSize > maxPage {
			return fmt.Errorf("a page claims %d bytes, %d compressed", h.UncompressedPageSize, n)
		}
		if int64(n) > int64(len(p.window))+p.end-p.off {
			return io.ErrUnexpectedEOF
		}
		if err := p.fill(n); err != nil {
			return err
		}
		p.body, p.window = p.window[:n], p.window[n:]
		switch h.Type {
		case format.DataPage:
			if h.DataPageHeader.Valid {
				return p.count(h.DataPageHeader.V.NumValues)
			}
		case format.DataPageV2:
			if h.DataPageHeaderV2.Valid {
				return p.count(h.DataPageHeaderV2.V.NumValues)
			}
		case format.DictionaryPage:
			if h.DictionaryPageHeader.Valid {
				return p.count(h.DictionaryPageHeader.V.NumValues)
			}
		default:
			continue
		}
		return errors.New("a page's header does not fit its type")
	}
}

func (p *parquetPages) count(n int32) error {
	if n < 0 || n > maxPageValues {
		return fmt.Errorf("a page claims %d values", n)
	}
	return nil
}

func (p *parquetPages) nextHeader() error {
	for want := 64 << 10; ; want *= 4 {
		if err := p.fill(want); err != nil {
			return err
		}
		if len(p.window) == 0 {
			return io.ErrUnexpectedEOF
		}
		p.header = format.PageHeader{}
		n, err := decodeThrift(p.window[:min(len(p.window), maxPageHeader)], &p.header)
		if errors.Is(err, io.ErrUnexpectedEOF) && want < maxPageHeader && p.off < p.end {
			continue
		}
		if err != nil {
			return fmt.Errorf("a page's header: %w", err)
		}
		p.window = p.window[n:]
		return nil
	}
}

// values is how many values the page has, missing ones included.
func (p *parquetPages) values() int {
	switch h := &p.header; h.Type {
	case format.DataPage:
		return int(h.DataPageHeader.V.NumValues)
	case format.DataPageV2:
		return int(h.DataPageHeaderV2.V.NumValues)
	default:
		return int(h.DictionaryPageHeader.V.NumValues)
	}
}

// encoding is how the page's values are written.
func (p *parquetPages) encoding() format.Encoding {
	switch h := &p.header; h.Type {
	case format.DataPage:
		return h.DataPageHeader.V.Encoding
	case format.DataPageV2:
		return h.DataPageHeaderV2.V.Encoding
	default:
		return h.DictionaryPageHeader.V.Encoding
	}
}

// load decompresses the page and takes its levels apart from its values. What it
// gives has pagePadding spare bytes behind it and lives until the next load.
func (p *parquetPages) load(node *parquetNode) (rep, def levels, values []byte, err error) {
	if crc := p.header.CRC; crc != 0 && uint32(crc) != crc32.ChecksumIEEE(p.body) {
		return rep, def, nil, errors.New("a page's checksum does not match")
	}
	if p.header.Type == format.DataPageV2 {
		return p.loadV2(node)
	}
	if p.scratch, err = p.decompress(p.scratch, p.body, int(p.header.UncompressedPageSize)); err != nil {
		return rep, def, nil, fmt.Errorf("a page: %w", err)
	}
	if values = p.scratch; p.header.Type == format.DictionaryPage {
		return rep, def, values, nil
	}
	h := &p.header.DataPageHeader.V
	if node.rep > 0 && h.RepetitionLevelEncoding != format.RLE || node.def > 0 && h.DefinitionLevelEncoding != format.RLE {
		return rep, def, nil, fmt.Errorf("levels in the encoding %v or %v", h.RepetitionLevelEncoding, h.DefinitionLevelEncoding)
	}
	if rep, values, err = prefixedLevels(values, node.rep); err != nil {
		return rep, def, nil, err
	}
	def, values, err = prefixedLevels(values, node.def)
	return rep, def, values, err
}

func (p *parquetPages) loadV2(node *parquetNode) (rep, def levels, values []byte, err error) {
	h := &p.header.DataPageHeaderV2.V
	r, d, size := int(h.RepetitionLevelsByteLength), int(h.DefinitionLevelsByteLength), int(p.header.UncompressedPageSize)
	if r < 0 || d < 0 || r+d > len(p.body) || r+d > size {
		return rep, def, nil, errors.New("a page is too short for its levels")
	}
	body := p.body[r+d:]
	rep = newLevels(padLevels(p.body[:r]), node.rep)
	def = newLevels(padLevels(p.body[r:r+d]), node.def)
	decompress := p.decompress
	switch {
	case h.IsCompressed.Valid && !h.IsCompressed.V:
		decompress = decompressNothing
	case len(body) == 0 && size == r+d: // no bytes are no stream of any codec
		decompress = decompressNothing
	}
	if p.scratch, err = decompress(p.scratch, body, size-r-d); err != nil {
		return rep, def, nil, fmt.Errorf("a page: %w", err)
	}
	return rep, def, p.scratch, nil
}

// padLevels copies levels, which stand in the middle of a page, so that bytes
// may be read past their end.
func padLevels(b []byte) []byte { return append(make([]byte, 0, len(b)+pagePadding), b...) }
