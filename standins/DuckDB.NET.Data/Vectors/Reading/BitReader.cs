using DuckDB.NET.Native;

namespace DuckDB.NET.Data.Vectors.Reading;

/// <summary>BIT: the first byte says how many leading bits of the second are padding.</summary>
internal sealed unsafe class BitReader(string column) : VectorReader(column, DuckDBType.Bit, typeof(string))
{
    public override object GetObject(ulong row) => GetString(row);

    public override string GetString(ulong row)
    {
        var bytes = StringElement.Bytes((StringElement*)Data + row);
        var padding = bytes[0];
        var text = new char[((bytes.Length - 1) * 8) - padding];
        for (var i = 0; i < text.Length; i++)
        {
            var bit = i + padding;
            text[i] = (bytes[1 + (bit >> 3)] >> (7 - (bit & 7)) & 1) == 1 ? '1' : '0';
        }
        return new string(text);
    }
}
