using System.Globalization;
using System.Text;
using DuckDB.NET.Data;
using Floe.Lakehouse.Manifests;
using Floe.Lakehouse.Schemas;

namespace Floe.Lakehouse.Data;

/// <summary>A row of COPY's RETURN_STATS: one written Parquet file.</summary>
internal sealed record ParquetStatistics(long Rows, long Bytes, IReadOnlyDictionary<string, Dictionary<string, string>> Columns)
{
    public static ParquetStatistics Read(DuckDBDataReader reader) => new(
        checked((long)reader.GetFieldValue<ulong>(reader.GetOrdinal("count"))),
        checked((long)reader.GetFieldValue<ulong>(reader.GetOrdinal("file_size_bytes"))),
        reader.GetValue(reader.GetOrdinal("column_statistics")) as Dictionary<string, Dictionary<string, string>>
            ?? throw new InvalidOperationException($"DuckDB's column_statistics came as {reader.GetFieldType(reader.GetOrdinal("column_statistics"))}; expected a map of maps of strings."));

    /// <summary>The manifest's description of the file; bounds typed by the schema.</summary>
    public DataFile ToDataFile(Schema schema, string location)
    {
        var sizes = new Dictionary<int, long>();
        var values = new Dictionary<int, long>();
        var nulls = new Dictionary<int, long>();
        var lower = new Dictionary<int, byte[]>();
        var upper = new Dictionary<int, byte[]>();
        foreach (var (quoted, statistics) in Columns)
        {
            if (Find(schema, quoted) is not { Type: PrimitiveType type } field)
                continue;
            Take("column_size_bytes", sizes);
            Take("num_values", values);
            Take("null_count", nulls);
            if (Bound("min") is { } min && SingleValue.LowerBound(type, min) is { } lowest)
                lower[field.Id] = lowest;
            if (Bound("max") is { } max && SingleValue.UpperBound(type, max) is { } highest)
                upper[field.Id] = highest;

            void Take(string name, Dictionary<int, long> into)
            {
                if (statistics.TryGetValue(name, out var text) && long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number))
                    into[field.Id] = number;
            }

            object? Bound(string name) => statistics.TryGetValue(name, out var text) ? SingleValue.FromDuckDbText(type, text) : null;
        }

        return new DataFile
        {
            FilePath = location,
            RecordCount = Rows,
            FileSizeInBytes = Bytes,
            ColumnSizes = sizes,
            ValueCounts = values,
            NullValueCounts = nulls,
            LowerBounds = lower,
            UpperBounds = upper,
        };
    }

    /// <summary>The field of a key, which is a path of SQL identifiers: "amount", "address"."city", and "a ""b""" for a "b". Fields in lists and maps
    /// are left out: they have several values in a row.</summary>
    private static NestedField? Find(Schema schema, string key)
    {
        NestedField? field = null;
        IReadOnlyList<NestedField> fields = schema.Fields;
        foreach (var name in Names(key))
        {
            field = fields.FirstOrDefault(f => f.Name == name);
            fields = field?.Type is StructType inner ? inner.Fields : [];
        }

        return field;
    }

    private static IEnumerable<string> Names(string key)
    {
        for (var at = 0; at < key.Length; at++)
        {
            if (key[at] != '"')
            {
                yield return key[at..];
                yield break;
            }

            var name = new StringBuilder();
            for (at++; at < key.Length && (key[at] != '"' || (at + 1 < key.Length && key[at + 1] == '"')); at++)
            {
                name.Append(key[at]);
                if (key[at] == '"')
                    at++;
            }

            // Behind the quote stands the dot, or nothing.
            at++;
            yield return name.ToString();
        }
    }
}
