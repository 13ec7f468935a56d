using DuckDB.NET.Data;

namespace Floe.Lakehouse.Data;

/// <summary>A node of a Parquet file's schema: DuckDB matches top level columns by field id but the fields of structs by name, so their names in
/// the file must be known.</summary>
internal sealed class ParquetShape(string name, int? fieldId)
{
    private readonly List<ParquetShape> children = [];

    /// <summary>Name in the file.</summary>
    public string Name { get; } = name;

    /// <summary>Field id, or null.</summary>
    public int? FieldId { get; } = fieldId;

    /// <summary>Fields of a group.</summary>
    public IReadOnlyList<ParquetShape> Children => children;

    /// <summary>The field with this id, or null.</summary>
    public ParquetShape? Child(int fieldId) => children.Find(c => c.FieldId == fieldId);

    /// <summary>The schemas of local files, by path.</summary>
    /// <exception cref="CorruptFileException">A file is not Parquet.</exception>
    public static IReadOnlyDictionary<string, ParquetShape> Read(IEnumerable<string> paths)
    {
        using var db = new DuckDBConnection("Data Source=:memory:;threads=1");
        db.Open();
        var shapes = new Dictionary<string, ParquetShape>(StringComparer.Ordinal);
        foreach (var path in paths.Distinct(StringComparer.Ordinal))
        {
            using var command = db.CreateCommand();
            command.CommandText = $"SELECT name, field_id, num_children FROM parquet_schema({DuckDbSql.Text(path)})";
            try
            {
                using var reader = command.ExecuteReader();
                shapes[path] = Next(reader);
            }
            catch (DuckDBException e)
            {
                throw new CorruptFileException(path, e.Message, e);
            }
        }

        return shapes;
    }

    // Rows come in depth first order.
    private static ParquetShape Next(DuckDBDataReader reader)
    {
        if (!reader.Read())
            throw new InvalidOperationException("parquet_schema ended before the schema did.");
        var node = new ParquetShape(reader.GetString(0), reader.IsDBNull(1) ? null : (int)reader.GetInt64(1));
        var count = reader.IsDBNull(2) ? 0 : reader.GetInt64(2);
        for (var i = 0L; i < count; i++)
            node.children.Add(Next(reader));
        return node;
    }
}
