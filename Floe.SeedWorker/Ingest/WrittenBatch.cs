using Floe.Lakehouse.Contract;
using Floe.Lakehouse.Manifests;
using Floe.Lakehouse.Tables;
using Floe.SeedWorker.Generation;

namespace Floe.SeedWorker.Ingest;

/// <summary>The data files of a batch, uploaded and not yet part of any table.</summary>
/// <param name="Plan">The batch.</param>
/// <param name="Files">Files by table; the tables as they were before.</param>
public sealed record WrittenBatch(BatchPlan Plan, IReadOnlyList<(Table Table, IReadOnlyList<DataFile> Files)> Files)
{
    /// <summary>Rows of a table's files.</summary>
    public long Rows(TableContract table) => Files.Where(f => f.Table.Identifier.Name == table.Name).SelectMany(f => f.Files).Sum(f => f.RecordCount);

    /// <summary>Rows of all files.</summary>
    public long TotalRows => Files.SelectMany(f => f.Files).Sum(f => f.RecordCount);
}
