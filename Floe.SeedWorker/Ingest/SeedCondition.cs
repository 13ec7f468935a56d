using Floe.SeedWorker.Generation;
using Microsoft.Extensions.Options;

namespace Floe.SeedWorker.Ingest;

/// <summary>Whether the first batch is to be brought into the tables now.</summary>
public sealed class SeedCondition(BronzeTables bronze, StagedParts parts, IOptions<GenerationOptions> options)
{
    /// <summary>The tables are empty; and where others make the first batch, all of it is there.</summary>
    /// <exception cref="UnreadableTableException">A table is in the catalog, and its files are gone or damaged.</exception>
    public async Task<bool> HoldsAsync(CancellationToken ct) =>
        await bronze.AreEmptyAsync(ct) && (!options.Value.ByParts || await parts.HasWholeAsync(ct));
}
