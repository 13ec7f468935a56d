using System.Collections.Concurrent;

namespace Floe.SeedWorker.Generation.CommandLine;

/// <summary>Writes files on several threads, each with a database of its own.</summary>
internal sealed class FileWriter(int threads, ParquetFolder folder, Action<WrittenFile> written, Action<int> made) : IDisposable
{
    private readonly ConcurrentBag<GeneratorSession> _idle = [];

    /// <summary>Writes all files; when one fails, the others are given up.</summary>
    public Task WriteAsync(IEnumerable<WorkUnit> units, CancellationToken ct) =>
        Parallel.ForEachAsync(units, new ParallelOptions { MaxDegreeOfParallelism = threads, CancellationToken = ct }, async (unit, token) =>
        {
            var session = _idle.TryTake(out var idle) ? idle : await GeneratorSession.OpenAsync(made, token);
            try
            {
                if (session.Write(unit, folder.Begin(unit.File), token) is { } file)
                    written(file);
            }
            finally
            {
                _idle.Add(session);
            }
        });

    public void Dispose()
    {
        while (_idle.TryTake(out var session))
            session.Dispose();
    }
}
