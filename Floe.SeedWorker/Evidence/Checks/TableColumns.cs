using Floe.Lakehouse.Schemas;

namespace Floe.SeedWorker.Evidence.Checks;

/// <summary>Columns of tables as text, and where they differ.</summary>
internal static class TableColumns
{
    private const int Shown = 5;

    /// <summary>Names with what is said of them.</summary>
    public static IReadOnlyList<(string Name, string Type)> Of(Schema schema) => [.. schema.Fields.Select(f => (f.Name, $"{f.Type}{(f.Required ? " required" : "")}"))];

    /// <summary>How many columns are as they must be; those that are not by name.</summary>
    public static Finding Compare(IReadOnlyList<(string Table, IReadOnlyList<(string Name, string Type)> Expected, IReadOnlyList<(string Name, string Type)> Actual)> tables)
    {
        var differences = tables.SelectMany(t => Differences(t.Table, t.Expected, t.Actual)).ToList();
        var expected = $"{tables.Count} tables, {tables.Sum(t => t.Expected.Count)} columns";
        return new(expected, differences.Count == 0 ? $"{tables.Count} tables, {tables.Sum(t => t.Actual.Count)} columns" : $"{string.Join("; ", differences.Take(Shown))}{(differences.Count > Shown ? $"; and {differences.Count - Shown} more" : "")}") { Holds = differences.Count == 0 };
    }

    private static IEnumerable<string> Differences(string table, IReadOnlyList<(string Name, string Type)> expected, IReadOnlyList<(string Name, string Type)> actual)
    {
        foreach (var (name, type) in expected)
        {
            var found = actual.Where(c => c.Name == name).Select(c => c.Type).FirstOrDefault();
            if (found != type)
                yield return found is null ? $"{table} has no column {name}" : $"{table}.{name} is {found}, not {type}";
        }

        foreach (var (name, _) in actual.Where(c => expected.All(e => e.Name != c.Name)))
            yield return $"{table} has the column {name}, of which nothing is said";
    }
}
