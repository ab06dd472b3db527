package input

import (
	"encoding/binary"
	"math"
	"math/big"
	"strconv"
)

func castUint(dst *lane, at int, src *lane, n int, odd func(int, outcome, value)) error {
	for i, x := range src.i64[:n] {
		if dst.i64[at+i] = x; x < 0 {
			odd(i, unfit, value{form: number, text: strconv.AppendUint(nil, uint64(x), 10)})
		}
	}
	return nil
}

func castUint32(dst *lane, at int, src *lane, n int, _ func(int, outcome, value)) error {
	for i, x := range src.i64[:n] {
		dst.i64[at+i] = int64(uint32(x))
	}
	return nil
}

func castFloat(dst *lane, at int, src *lane, n int, _ func(int, outcome, value)) error {
	out := dst.f64[at : at+n]
	for i, x := range src.i64[:n] {
		out[i] = float64(x)
	}
	return nil
}

// castFinite copies floats, of which those that are NaN or infinite are none.
func castFinite(dst *lane, at int, src *lane, n int, odd func(int, outcome, value)) error {
	out := dst.f64[at : at+n]
	for i, x := range src.f64[:n] {
		if out[i] = x; x-x != 0 {
			odd(i, unfit, value{form: number, text: strconv.AppendFloat(nil, x, 'g', -1, 64)})
		}
	}
	return nil
}

// exactPowers are the powers of ten that a float64 holds exactly.
var exactPowers = [...]float64{1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22}

// castDecimal divides exact numbers by exact powers, which rounds once, as
// reading the number's text does.
func (m meaning) castDecimal(dst *lane, at int, src *lane, n int, odd func(int, outcome, value)) error {
	power := exactPowers[m.scale]
	for i, x := range src.i64[:n] {
		if x <= 1<<53 && x >= -1<<53 {
			dst.f64[at+i] = float64(x) / power
			continue
		}
		var scratch []byte
		v := m.value(src, i, &scratch)
		f, o := toFloat(v)
		if dst.f64[at+i] = f; o != fits {
			odd(i, o, v)
		}
	}
	return nil
}

// half is an IEEE 754 binary16 number.
func half(b []byte) float64 {
	if len(b) != 2 {
		return math.NaN()
	}
	x := binary.LittleEndian.Uint16(b)
	sign, exp, frac := 1.0, int(x>>10&0x1f), float64(x&0x3ff)
	if x>>15 != 0 {
		sign = -1
	}
	switch exp {
	case 0:
		return sign * math.Ldexp(frac, -24)
	case 0x1f:
		if frac != 0 {
			return math.NaN()
		}
		return sign * math.Inf(1)
	}
	return sign * math.Ldexp(frac+1024, exp-25)
}

// maxDigitBytes bounds the numbers that are read from bytes; the widest decimals
// in use have 32.
const maxDigitBytes = 256

func twosComplement(b []byte) *big.Int {
	x := new(big.Int).SetBytes(b)
	if len(b) > 0 && b[0] >= 0x80 {
		x.Sub(x, new(big.Int).Lsh(big.NewInt(1), uint(8*len(b))))
	}
	return x
}

// maxScale bounds the digits behind a point; Parquet and Arrow have no more than
// their widest decimal has digits.
const maxScale = 1000

// appendDecimal writes digits with a point before the last scale of them.
func appendDecimal(b []byte, digits *big.Int, scale int) []byte {
	scale = min(max(scale, -maxScale), maxScale)
	if digits.Sign() < 0 {
		b = append(b, '-')
		digits = new(big.Int).Neg(digits)
	}
	t := digits.Append(nil, 10)
	for ; scale < 0; scale++ {
		t = append(t, '0')
	}
	for len(t) <= scale {
		t = append([]byte{'0'}, t...)
	}
	b = append(b, t[:len(t)-scale]...)
	if scale > 0 {
		b = append(append(b, '.'), t[len(t)-scale:]...)
	}
	return b
}
