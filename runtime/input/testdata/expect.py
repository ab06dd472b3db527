"""Prints what an independent reader (pyarrow) finds in Parquet or Arrow IPC files.

    python3 expect.py ../shared/data/parquet-testing/data > parquet_expect.txt
    python3 expect.py ../shared/data/arrow-testing > arrow_expect.txt

One line a leaf: file, path of the leaf, kind, rows, missing rows, and FNV-1a of
all values: a tag byte, then 8 bytes, highest first, of a number, or the length
and the bytes of a text; a list is its length and its elements.
"""

import math
import pathlib
import struct
import sys

import pyarrow as pa
import pyarrow.parquet as pq


def fnv(h, data):
    for b in data:
        h = ((h ^ b) * 0x100000001B3) & 0xFFFFFFFFFFFFFFFF
    return h


def mend(b):
    """U+FFFD for each byte that is not part of UTF-8 text."""
    out, i = bytearray(), 0
    while i < len(b):
        for n in (1, 2, 3, 4):
            try:
                b[i : i + n].decode("utf-8")
            except UnicodeDecodeError:
                continue
            out += b[i : i + n]
            i += n
            break
        else:
            out += b"\xef\xbf\xbd"
            i += 1
    return bytes(out)


PER = {"s": 1_000_000, "ms": 1_000, "us": 1}


def micros(x, unit):
    return x // 1000 if unit == "ns" else x * PER[unit]


def kind(t):
    if isinstance(t, pa.BaseExtensionType):
        return "string" if t.extension_name == "arrow.uuid" else kind(t.storage_type)
    if pa.types.is_dictionary(t):
        return kind(t.value_type)
    if pa.types.is_boolean(t):
        return "bool"
    if pa.types.is_integer(t):
        return "int"
    if pa.types.is_floating(t):
        return "float"
    if pa.types.is_timestamp(t) or pa.types.is_date(t):
        return "timestamp"
    if pa.types.is_time(t) or pa.types.is_duration(t):
        return "duration"
    if pa.types.is_decimal(t) or pa.types.is_null(t):
        return "string"
    if any(f(t) for f in (pa.types.is_string, pa.types.is_large_string, pa.types.is_binary,
                          pa.types.is_large_binary, pa.types.is_fixed_size_binary,
                          pa.types.is_string_view, pa.types.is_binary_view)):
        return "string"
    return None


def encode(s):
    """The bytes that a scalar is hashed as."""
    t = s.type
    if not s.is_valid or pa.types.is_null(t):
        return b"\0"
    if isinstance(t, pa.BaseExtensionType):
        if t.extension_name == "arrow.uuid":
            text = str(s.as_py()).encode()
            return b"\1" + struct.pack(">q", len(text)) + text
        return encode(s.value)
    if pa.types.is_dictionary(t):
        return encode(s.value)
    if pa.types.is_boolean(t):
        x = int(s.as_py())
    elif pa.types.is_integer(t):
        x = s.as_py()
        if x > 2**63 - 1:
            return b"\0"
    elif pa.types.is_floating(t):
        x = s.as_py()
        if not math.isfinite(x):  # no value of a float
            return b"\0"
        return b"\2" + struct.pack(">d", x)
    elif pa.types.is_timestamp(t) or pa.types.is_time(t) or pa.types.is_duration(t):
        x = micros(s.value, t.unit)
    elif pa.types.is_date32(t):
        x = s.value * 86_400_000_000
    elif pa.types.is_date64(t):
        x = s.value * 1000
    elif pa.types.is_decimal(t):
        text = format(s.as_py(), "f").encode()
        return b"\1" + struct.pack(">q", len(text)) + text
    else:
        b = s.as_py()
        b = b.encode() if isinstance(b, str) else mend(b)
        return b"\1" + struct.pack(">q", len(b)) + b
    if not -(2**63) <= x < 2**63:
        return b"\0"
    return b"\2" + struct.pack(">q", x)


def leaves(t):
    """The leaves below a type: path of names, whether in a list, type."""
    if isinstance(t, pa.BaseExtensionType) and kind(t) is None:
        t = t.storage_type
    if pa.types.is_struct(t):
        for f in t:
            for path, rep, leaf in leaves(f.type):
                yield [f.name] + path, rep, leaf
    elif pa.types.is_map(t):
        for name, sub in (("key", t.key_type), ("value", t.item_type)):
            for path, rep, leaf in leaves(sub):
                yield ["", name] + path, True, leaf
    elif pa.types.is_list(t) or pa.types.is_large_list(t) or pa.types.is_fixed_size_list(t):
        for path, rep, leaf in leaves(t.value_type):
            yield [""] + path, True, leaf
    else:
        yield [], False, t


def elements(s, path):
    """The values at a path below a scalar, flattened; a missing list has none."""
    if not s.is_valid:
        return [] if "" in path else [None]
    if isinstance(s, pa.ExtensionScalar) and kind(s.type) is None:
        s = s.value
    if not path:
        return [s]
    if pa.types.is_map(s.type):
        out = []
        for item in s.values:
            out += elements(item[path[1]], path[2:])
        return out
    if path[0] == "":
        out = []
        for item in s.values:
            out += elements(item, path[1:])
        return out
    return elements(s[path[0]], path[1:])


def outer_missing(s, path):
    """Whether the outermost list is missing."""
    while path and path[0] != "":
        if not s.is_valid:
            return True
        s = s[path[0]]
        path = path[1:]
    return not s.is_valid


def report(name, table, shown):
    for field, column in zip(table.schema, table.columns):
        for path, rep, leaf in leaves(field.type):
            k, place = kind(leaf), next(shown)
            if k is None or place is None:
                continue
            h, missing = 0xCBF29CE484222325, 0
            for s in (s for chunk in column.chunks for s in chunk):
                if not rep:
                    (x,) = elements(s, path)
                    b = b"\0" if x is None else encode(x)
                    missing += b == b"\0"
                elif outer_missing(s, path):
                    b = b"\0"
                    missing += 1
                else:
                    xs = elements(s, path)
                    b = b"\4" + struct.pack(">q", len(xs))
                    b += b"".join(b"\0" if x is None else encode(x) for x in xs)
                h = fnv(h, b)
            print(name, place, k + ("[]" if rep else ""), table.num_rows, missing, f"{h:016x}", sep="\t")


def names(schema):
    """The paths of the leaves of an Arrow schema; None for those below a map."""
    for field in schema:
        for path, rep, leaf in leaves(field.type):
            parts = [p for p in [field.name] + path if p]
            yield None if hidden(field.type) else "/".join(parts)


def hidden(t):
    if isinstance(t, pa.BaseExtensionType):
        return hidden(t.storage_type)
    if pa.types.is_map(t):
        return True
    return any(hidden(t.field(i).type) for i in range(t.num_fields))


def read(f):
    """The table in a file and the names of its leaves, None if it is no table."""
    if f.suffix == ".parquet":
        if f.name == "int96_from_spark.parquet":  # pyarrow's nanoseconds overflow
            return None
        file = pq.ParquetFile(f, page_checksum_verification=True)
        paths = (file.schema.column(i).path.replace(".", "/") for i in range(len(file.schema)))
        return file.read(), paths
    if f.suffix == ".arrow_file":
        table = pa.ipc.open_file(f).read_all()
        return table, names(table.schema)
    if f.suffix == ".stream":
        table = pa.ipc.open_stream(f).read_all()
        return table, names(table.schema)
    return None


def main(folder):
    for f in sorted(pathlib.Path(folder).rglob("*")):
        name = str(f.relative_to(folder))
        # Fields of one name cannot be told apart, and pyarrow crashes on unions.
        if "duplicate_fieldnames" in name or "union" in name:
            continue
        try:
            found = read(f)
        except Exception as e:
            print(f"{name}: {str(e)[:100]}", file=sys.stderr)
            continue
        if found is None:
            continue
        if found[0].nbytes > 1 << 28:
            print(f"{name}: too large", file=sys.stderr)
            continue
        report(name, *found)


if __name__ == "__main__":
    main(sys.argv[1])
