using System.Data.Common;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using DuckDB.NET.Data;
using Floe.CubeProxy.Model;

namespace Floe.CubeProxy.Snapshots;

/// <summary>
/// Tables from a folder of CSV and Parquet files: the file's name is the table's, whatever schema the model writes before it. A folder of
/// Parquet files in it is a table, too.
/// </summary>
public sealed class FolderTableSource(string folder) : ITableSource
{
    public string Name => $"folder {folder}";

    public Task<IReadOnlyDictionary<TableName, ITableVersion>> ReadVersionsAsync(IReadOnlyCollection<TableName> tables, CancellationToken ct)
    {
        if (!Directory.Exists(folder)) throw new TableUnavailableException($"The data folder {folder} does not exist; create it or name another.");
        var found = new Dictionary<string, FileVersion>(StringComparer.OrdinalIgnoreCase);
        foreach (var path in Directory.EnumerateFiles(folder).Where(path => Path.GetExtension(path).ToLowerInvariant() is ".csv" or ".parquet").Order(StringComparer.Ordinal)) Add(Path.GetFileNameWithoutExtension(path), [path]);
        foreach (var inner in Directory.EnumerateDirectories(folder).Order(StringComparer.Ordinal))
        {
            var parts = Directory.EnumerateFiles(inner, "*.parquet", SearchOption.AllDirectories).Order(StringComparer.Ordinal).ToList();
            if (parts.Count > 0) Add(Path.GetFileName(inner), parts);
        }
        IReadOnlyDictionary<TableName, ITableVersion> versions = tables.ToDictionary(
            table => table,
            ITableVersion (table) => found.GetValueOrDefault(table.Name)
                ?? throw new TableUnavailableException($"The model reads table '{table}', but the data folder {folder} has no {table.Name}.csv, no {table.Name}.parquet and no folder {table.Name} of Parquet files."));
        return Task.FromResult(versions);

        void Add(string table, IReadOnlyList<string> paths)
        {
            if (!found.TryAdd(table, FileVersion.Of(paths)))
                throw new TableUnavailableException($"The data folder {folder} has table '{table}' twice, as a file and as another file or a folder; keep one.");
        }
    }

    /// <param name="Paths">One file, or several Parquet files.</param>
    private sealed record FileVersion(IReadOnlyList<string> Paths, string Id, DateTimeOffset CommittedAt) : ITableVersion
    {
        // The id has the paths in it, which are nobody's business.
        public string Snapshot => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(Id)).AsSpan(0, 6));

        private string Quoted => $"[{string.Join(", ", Paths.Select(path => $"'{path.Replace("'", "''")}'"))}]";

        public static FileVersion Of(IReadOnlyList<string> paths)
        {
            var files = paths.Select(path => new FileInfo(path)).ToList();
            var states = files.Select(file => string.Create(CultureInfo.InvariantCulture, $"{file.FullName}|{file.LastWriteTimeUtc.Ticks}|{file.Length}"));
            return new FileVersion(paths, string.Join('\n', states), files.Max(file => file.LastWriteTimeUtc));
        }

        public async Task<string> ToSqlAsync(DuckDBConnection db, CancellationToken ct) => Path.GetExtension(Paths[0]).ToLowerInvariant() == ".parquet"
            ? $"SELECT * FROM read_parquet({Quoted}, hive_partitioning = false)"
            : $"SELECT * FROM read_csv({Quoted}, header = true, sample_size = -1{await DecimalTypesAsync(db, ct)})";

        // The CSV sniffer takes 12.50 for a binary fraction; money then does not add up to the cent.
        private async Task<string> DecimalTypesAsync(DuckDBConnection db, CancellationToken ct)
        {
            var doubles = new List<string>();
            await using var command = db.CreateCommand();
            command.CommandText = $"DESCRIBE SELECT * FROM read_csv({Quoted}, header = true, sample_size = -1)";
            await using (var reader = await command.ExecuteReaderAsync(ct))
            {
                while (await reader.ReadAsync(ct))
                {
                    if (reader.GetString(1) == "DOUBLE") doubles.Add(reader.GetString(0));
                }
            }
            var types = new List<string>();
            foreach (var column in doubles)
            {
                if (await DecimalTypeAsync(command, column, ct) is { } type) types.Add($"'{column.Replace("'", "''")}': '{type}'");
            }
            return types.Count == 0 ? "" : $", types = {{{string.Join(", ", types)}}}";
        }

        private async Task<string?> DecimalTypeAsync(DbCommand command, string column, CancellationToken ct)
        {
            var name = $"\"{column.Replace("\"", "\"\"")}\"";
            command.CommandText =
                $"SELECT count(*) FILTER (NOT regexp_full_match({name}, '[+-]?[0-9]+(\\.[0-9]+)?')), max(length(split_part({name}, '.', 1))), max(length(split_part({name}, '.', 2))) " +
                $"FROM read_csv({Quoted}, header = true, all_varchar = true)";
            await using var reader = await command.ExecuteReaderAsync(ct);
            await reader.ReadAsync(ct);
            if (reader.IsDBNull(1) || reader.GetInt64(0) > 0) return null;
            var (whole, fraction) = (reader.GetInt64(1), reader.GetInt64(2));
            return whole + fraction <= 18 ? string.Create(CultureInfo.InvariantCulture, $"DECIMAL(18,{fraction})") : null;
        }
    }
}
