using DuckDB.NET.Native;

namespace DuckDB.NET.Data.Vectors.Reading;

/// <summary>BLOB: a read-only stream over a copy, so that it outlives the chunk.</summary>
internal sealed unsafe class BlobReader(string column) : VectorReader(column, DuckDBType.Blob, typeof(Stream))
{
    public override object GetObject(ulong row) => GetStream(row);

    public override Stream GetStream(ulong row) => new MemoryStream(StringElement.Bytes((StringElement*)Data + row).ToArray(), writable: false);
}
