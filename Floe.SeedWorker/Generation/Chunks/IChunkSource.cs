namespace Floe.SeedWorker.Generation.Chunks;

/// <summary>One pass over the rows of a range.</summary>
internal interface IChunkSource : IDisposable
{
    /// <summary>Writes the next rows.</summary>
    /// <returns>How many; 0 when there are no more.</returns>
    int Fill(Chunk chunk);
}
