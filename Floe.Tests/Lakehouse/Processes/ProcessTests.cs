using Floe.Lakehouse;
using Xunit;

namespace Floe.Tests.Lakehouse.Processes;

/// <summary>Several writers as real processes, and one that is killed at each step.</summary>
[Collection(LakehouseCollection.Name)]
public sealed class ProcessTests(LakehouseFixture fixture) : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("floe-processes-").FullName;

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public Task Writers_at_once_lose_and_double_nothing(int tables) => WriteAsync(writers: 3, commits: 8, tables);

    [Theory]
    [Trait("Category", "Long")]
    [InlineData(1)]
    [InlineData(2)]
    public Task Eight_writers_of_fifty_commits_lose_and_double_nothing(int tables) => WriteAsync(writers: 8, commits: 50, tables);

    public static IEnumerable<object[]> Steps =>
        from point in new[]
        {
            FaultPoints.ParquetWritten, FaultPoints.ParquetUploaded, FaultPoints.ManifestWritten, FaultPoints.ManifestListWritten,
            FaultPoints.CommitPrepared, FaultPoints.CommitAnswered, FaultPoints.CommitCleaned,
        }
        from tables in new[] { 1, 2 }
        select new object[] { point, tables };

    /// <summary>The steps around the commit; all of them are in the long suite.</summary>
    [Theory]
    [InlineData(FaultPoints.ParquetUploaded)]
    [InlineData(FaultPoints.CommitPrepared)]
    [InlineData(FaultPoints.CommitAnswered)]
    public Task A_killed_writer_goes_on_and_what_it_left_can_be_removed(string point) => KillAsync(point, 1);

    [Theory]
    [Trait("Category", "Long")]
    [MemberData(nameof(Steps))]
    public async Task A_writer_killed_at_any_step_goes_on_and_what_it_left_can_be_removed(string point, int tables) => await KillAsync(point, tables);

    /// <summary>A catalog whose answers get lost, cut or replaced by 5xx after it committed, or that is cut off before it heard of the commit.</summary>
    [Fact]
    public async Task Writers_through_a_bad_connection_lose_and_double_nothing()
    {
        const int Writers = 2;
        const int Commits = 6;
        await using var lakehouse = fixture.Open();
        await using var proxy = await UnreliableProxy.StartAsync(fixture.CatalogUri);
        var single = await WrittenTables.CreateAsync(fixture, lakehouse, 1);
        var pair = await WrittenTables.CreateAsync(fixture, lakehouse, 2);
        var settings = fixture.Settings(folder);
        settings["ConnectionStrings:lakehouse"] = settings["ConnectionStrings:lakehouse"]!.Replace(fixture.CatalogUri, proxy.CatalogUri, StringComparison.Ordinal);

        var ends = await Task.WhenAll(
            from ids in new[] { single, pair }
            from w in Enumerable.Range(0, Writers)
            select WriterProcess.RunAsync(settings, null, "append", string.Join(',', ids), w, 0, Commits));

        Assert.All(ends, end => Assert.True(end.ExitCode == 0, end.Output));
        foreach (var id in single.Concat(pair))
            await WrittenTables.AssertCompleteAsync(lakehouse, id, Writers, Commits);
        Assert.All(UnreliableProxy.Faults, fault => Assert.Contains(fault, proxy.Done));
    }

    private async Task KillAsync(string point, int count)
    {
        await using var lakehouse = fixture.Open();
        var ids = await WrittenTables.CreateAsync(fixture, lakehouse, count);
        var names = string.Join(',', ids);
        var settings = fixture.Settings(folder);

        var (exitCode, output) = await WriterProcess.RunAsync(settings, point, "append", names, 0, 0, 2);
        Assert.True(exitCode == WriterProcess.Killed, $"{exitCode} {output}");
        (exitCode, output) = await WriterProcess.RunAsync(settings, null, "append", names, 0, 0, 2);
        Assert.True(exitCode == 0, output);

        var orphans = 0;
        foreach (var id in ids)
            orphans += (await WrittenTables.Orphans(await lakehouse.Catalog.LoadTableAsync(id, default)).ExecuteAsync(default)).Orphans.Count;
        Assert.InRange(orphans, Left(point, count).Least, Left(point, count).Most);
        foreach (var id in ids)
            await WrittenTables.AssertCompleteAsync(lakehouse, id, writers: 1, commits: 2);
    }

    /// <summary>How many files are in the store when the writer dies at that point, of which no snapshot knows: data file, manifest and manifest list
    /// per table. Manifests and lists of two tables are written side by side, so that the other table may be further or not.</summary>
    private static (int Least, int Most) Left(string point, int tables) => point switch
    {
        FaultPoints.ParquetUploaded => (1, 1),
        FaultPoints.ManifestWritten => (tables + 1, tables == 1 ? 2 : 5),
        FaultPoints.ManifestListWritten => (tables + 2, 3 * tables),
        FaultPoints.CommitPrepared => (3 * tables, 3 * tables),
        _ => (0, 0),
    };

    public void Dispose() => Directory.Delete(folder, recursive: true);

    private async Task WriteAsync(int writers, int commits, int tables)
    {
        await using var lakehouse = fixture.Open();
        var ids = await WrittenTables.CreateAsync(fixture, lakehouse, tables);
        var ends = await Task.WhenAll(Enumerable.Range(0, writers).Select(w => WriterProcess.RunAsync(fixture.Settings(folder), null, "append", string.Join(',', ids), w, 0, commits)));
        Assert.All(ends, end => Assert.True(end.ExitCode == 0, end.Output));
        foreach (var id in ids)
            await WrittenTables.AssertCompleteAsync(lakehouse, id, writers, commits);
    }
}
