namespace Floe.SeedWorker.Generation.Chunks;

/// <summary>
/// One pass over the rows of a range. What runs for every row is marked to be optimised at its first call: a pass over a million rows is over before the
/// runtime, which waits until no new methods are called, would have come to it.
/// </summary>
internal interface IChunkSource
{
    /// <summary>Writes the next rows.</summary>
    /// <returns>How many; 0 when there are no more.</returns>
    int Fill(Chunk chunk);
}
