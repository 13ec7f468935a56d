using DuckDB.NET.Data;
using Floe.SeedWorker.Ingest;

namespace Floe.SeedWorker.Generation.CommandLine;

/// <summary>A DuckDB database that writes one file at a time; used again for the next, because opening one takes longer than a small file.</summary>
internal sealed class GeneratorSession : IDisposable
{
    private readonly DuckDBConnection _db;
    private ShopGenerator? _shop;

    private GeneratorSession(DuckDBConnection db, Action<int> made)
    {
        _db = db;
        GeneratedTables.Register(db, () => _shop!, made);
    }

    public static async Task<GeneratorSession> OpenAsync(Action<int> made, CancellationToken ct) => new(await DuckDbSession.OpenAsync(ct), made);

    /// <summary>Writes a file.</summary>
    /// <returns>The file, or null when the range has no rows and there is none.</returns>
    public WrittenFile? Write(WorkUnit unit, string path, CancellationToken ct)
    {
        _shop = unit.Shop;
        using var command = _db.CreateCommand();
        var ids = string.Join(", ", unit.Table.Columns.Select(c => $"{c.Name}: {c.FieldId}"));
        // As the worker's own files, so that these can become part of a table: delta encodings, field ids. A fast level, giving up dictionaries early and
        // no Bloom filters save a quarter of the time for a tenth more bytes: most columns are ids and amounts, of which neither saves anything.
        command.CommandText = $"""
            copy ({GeneratedTables.Select(unit.Table, unit.From, unit.To)}) to '{path.Replace("'", "''", StringComparison.Ordinal)}'
            (format parquet, compression zstd, compression_level -7, parquet_version v2, dictionary_size_limit 200, write_bloom_filter false, field_ids {"{"}{ids}{"}"}, return_stats)
            """;
        using var cancel = ct.Register(command.Cancel);
        long rows, bytes;
        using (var reader = command.ExecuteReader())
        {
            reader.Read();
            (rows, bytes) = ((long)reader.GetFieldValue<ulong>(reader.GetOrdinal("count")), (long)reader.GetFieldValue<ulong>(reader.GetOrdinal("file_size_bytes")));
        }

        if (rows > 0)
            return new WrittenFile(unit.Table, rows, bytes);
        File.Delete(path);
        return null;
    }

    public void Dispose() => _db.Dispose();
}
