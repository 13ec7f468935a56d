using System.Globalization;
using Floe.Lakehouse.Expressions;
using Floe.Lakehouse.Manifests;
using Floe.Lakehouse.Scans;
using Floe.Lakehouse.Schemas;

namespace Floe.Lakehouse.Data;

/// <summary>Composes the SQL of a plan over local copies of its files.</summary>
/// <param name="plan">The plan.</param>
/// <param name="local">Local path of each data and delete file, by location.</param>
internal sealed class ScanSql(ScanPlan plan, IReadOnlyDictionary<string, string> local)
{
    /// <summary>What the SQL begins with when it is one reading of all files, in the plan's order.</summary>
    public const string ReadFunction = "read_parquet(";

    private readonly IReadOnlyList<NestedField> needed = Needed(plan);

    /// <summary>Whether the files' own schemas have to be looked at.</summary>
    public bool ReadsShapes => plan.Entries.Count > 0 && (plan.HasNameMapping || needed.Any(f => f.Type is not PrimitiveType));

    /// <summary>The SQL, for a FROM clause.</summary>
    public string Build()
    {
        if (plan.Entries.Count == 0 || plan.Residual is Constant { Value: false })
            return $"(SELECT {string.Join(", ", plan.Columns.Select(f => $"NULL::{DuckDbTypes.ToSql(f.Type)} AS {DuckDbSql.Name(f.Name)}"))} WHERE false)";

        var parts = Parts();
        var source = parts is [{ IsPlain: true } plain]
            ? Read(plain.Columns.Select(c => (c.Field, c.Field.Name, DuckDbTypes.ToSql(c.Field.Type))), plain.Files)
            : $"({string.Join(" UNION ALL ", parts.Select(Select))})";
        if (plan.Residual is Constant && needed.Count == plan.Columns.Count)
            return source;
        var where = plan.Residual is Constant ? "" : $" WHERE {ExpressionSql.Of(plan.Residual)}";
        return $"(SELECT {string.Join(", ", plan.Columns.Select(f => DuckDbSql.Name(f.Name)))} FROM {source}{where})";
    }

    /// <summary>The columns that were asked for, then those that only the filter needs.</summary>
    private static IReadOnlyList<NestedField> Needed(ScanPlan plan)
    {
        var fields = plan.Columns.ToList();
        Visit(plan.Residual);
        return fields;

        void Visit(Expression expression)
        {
            switch (expression)
            {
                case And a:
                    Visit(a.Left);
                    Visit(a.Right);
                    break;
                case Or o:
                    Visit(o.Left);
                    Visit(o.Right);
                    break;
                case BoundPredicate p when fields.All(f => f.Name != p.Path[0]):
                    fields.Add(plan.Schema.FindField(p.Path[0])!);
                    break;
            }
        }
    }

    /// <summary>The files in groups that are read by the same SQL.</summary>
    private IReadOnlyList<Part> Parts()
    {
        var shapes = ReadsShapes ? ParquetShape.Read(plan.Entries.Select(e => local[e.DataFile.FilePath])) : null;

        // Without field ids DuckDB would find no column and give nulls.
        if (shapes is not null && plan.Files.FirstOrDefault(f => shapes[local[f.FilePath]].Children.All(c => c.FieldId is null)) is { } foreign)
            throw new UnsupportedFormatException($"The data file '{foreign.FilePath}' has no field ids: it was taken over from elsewhere, and its columns can only be found by a name mapping, which is not read; rewrite the table's data files with the engine that took it over.");
        var specs = plan.PartitionSpecs.ToDictionary(s => s.SpecId);
        var parts = new Dictionary<string, Part>(StringComparer.Ordinal);
        Part? last = null;
        foreach (var entry in plan.Entries)
        {
            var file = entry.DataFile;
            var deletes = plan.DeletesByFile.GetValueOrDefault(file.FilePath);
            var spec = specs.GetValueOrDefault(file.SpecId);
            if (shapes is null && deletes is null && (spec is null || !HasConstants(file, spec)))
            {
                // The usual file, of which there are many.
                last ??= AddPart("", [.. needed.Select(Plain)]);
                last.Files.Add(local[file.FilePath]);
                continue;
            }

            IReadOnlyList<Column> columns = [.. needed.Select(f => OfPartition(f, file, spec) ?? (shapes is null || f.Type is PrimitiveType ? Plain(f) : Nested(f, shapes[local[file.FilePath]])))];
            var part = columns.All(c => c.IsPlain) && deletes is null ? AddPart("", columns) : AddPart($"{(deletes is null ? "" : "d")}{string.Join('\n', columns.Select(c => $"{c.Type} {c.Sql}"))}", columns);
            part.Files.Add(local[file.FilePath]);
            foreach (var delete in deletes ?? [])
                part.Deletes.Add((local[delete.DataFile.FilePath], file.FilePath, local[file.FilePath]));
        }

        return [.. parts.Values];

        Part AddPart(string key, IReadOnlyList<Column> columns)
        {
            if (!parts.TryGetValue(key, out var part))
                parts[key] = part = new Part(columns);
            return part;
        }
    }

    private bool HasConstants(DataFile file, PartitionSpec spec)
    {
        for (var i = 0; i < needed.Count; i++)
        {
            if (OfPartition(needed[i], file, spec) is not null)
                return true;
        }

        return false;
    }

    /// <summary>The partition's value where the file may lack the column: writers that took over files from Hive left such columns out of them
    /// (specification, "Column Projection"). A file whose manifest counts the column's values has it.</summary>
    private static Column? OfPartition(NestedField field, DataFile file, PartitionSpec? spec)
    {
        if (spec is null || field.Type is not PrimitiveType type || file.ValueCounts?.ContainsKey(field.Id) is true || file.ColumnSizes?.ContainsKey(field.Id) is true)
            return null;
        for (var i = 0; i < spec.Fields.Count; i++)
        {
            if (spec.Fields[i].SourceId == field.Id && spec.Fields[i].Transform.Kind == TransformKind.Identity)
                return new Column(field, null, $"{SqlLiteral.Of(type, file.Partition[i])}::{DuckDbTypes.ToSql(type)}");
        }

        return null;
    }

    private static Column Plain(NestedField field) => new(field, DuckDbTypes.ToSql(field.Type), Internal(field));

    private static Column Nested(NestedField field, ParquetShape file)
    {
        if (file.Child(field.Id) is not { } shape)
            return new Column(field, null, $"NULL::{DuckDbTypes.ToSql(field.Type)}");
        var (type, sql) = NestedColumnSql.Of(field.Type, shape, Internal(field));
        return type is null ? new Column(field, null, sql) : new Column(field, type, sql);
    }

    // Names of columns could be those that DuckDB has for file and row.
    private static string Internal(NestedField field) => string.Create(CultureInfo.InvariantCulture, $"c{field.Id}");

    private static string Select(Part part)
    {
        var columns = string.Join(", ", part.Columns.Select(c => $"{c.Sql} AS {DuckDbSql.Name(c.Field.Name)}"));
        var read = part.Columns.Where(c => c.Type is not null).Select(c => (c.Field, Internal(c.Field), c.Type!)).ToList();
        if (part.Deletes.Count == 0)
            return $"SELECT {columns} FROM {Read(read, part.Files)}";

        // Columns of delete files are found by name: one without them fails, where by field id its deletes would be passed over.
        var files = part.Deletes.Select(d => d.DeleteFile).Distinct(StringComparer.Ordinal);
        var pairs = part.Deletes.Select(d => $"({DuckDbSql.Text(d.DeleteFile)}, {DuckDbSql.Text(d.Location)}, {DuckDbSql.Text(d.DataFile)})");
        return $"SELECT {columns} FROM {Read(read, part.Files, ", filename = 'floe_file', file_row_number = true")} ANTI JOIN "
            + $"(SELECT p.data_file, d.pos FROM (SELECT file_path, pos, floe_file FROM read_parquet([{Texts(files)}], hive_partitioning = false, filename = 'floe_file')) d "
            + $"JOIN (VALUES {string.Join(", ", pairs)}) p(delete_file, location, data_file) ON d.floe_file = p.delete_file AND d.file_path = p.location) x "
            + "ON floe_file = x.data_file AND file_row_number = x.pos";
    }

    private static string Read(IEnumerable<(NestedField Field, string Name, string Type)> columns, IEnumerable<string> files, string more = "")
    {
        // The schema parameter makes DuckDB match columns by the files' field ids, as the specification wants ("Column Projection").
        var schema = string.Join(", ", columns.Select(c => $"{c.Field.Id}: {{name: {DuckDbSql.Text(c.Name)}, type: {DuckDbSql.Text(c.Type)}, default_value: NULL}}"));
        return $"{ReadFunction}[{Texts(files)}], hive_partitioning = false{more}{(schema.Length == 0 ? "" : $", schema = MAP {{{schema}}}")})";
    }

    private static string Texts(IEnumerable<string> texts) => string.Join(", ", texts.Select(DuckDbSql.Text));

    /// <summary>How a column is read from a file.</summary>
    /// <param name="Field">The column.</param>
    /// <param name="Type">DuckDB's type to read it with, or null when it is not read.</param>
    /// <param name="Sql">Its value over what was read.</param>
    private sealed record Column(NestedField Field, string? Type, string Sql)
    {
        public bool IsPlain => Type is not null && Sql == Internal(Field) && Type == DuckDbTypes.ToSql(Field.Type);
    }

    private sealed record Part(IReadOnlyList<Column> Columns)
    {
        public List<string> Files { get; } = [];

        public List<(string DeleteFile, string Location, string DataFile)> Deletes { get; } = [];

        public bool IsPlain => Deletes.Count == 0 && Columns.All(c => c.IsPlain);
    }
}
