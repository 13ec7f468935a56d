using Floe.SeedWorker.Ingest;

namespace Floe.Tests.SeedWorker;

/// <summary>How much memory DuckDB may use: never what the whole container has.</summary>
public sealed class MemoryLimitTests
{
    // .NET counts three quarters of a container's limit as what a process may have.
    [Theory]
    [InlineData(768, 1, 384)] // the preset small: 1 GiB
    [InlineData(768, 2, 192)]
    [InlineData(768, 100, 61)] // not less than DuckDB works with
    [InlineData(24_000, 2, 953)] // a machine of its own
    public void It_follows_what_the_process_may_have_and_how_many_share_it(long available, int sessions, long expected) =>
        Assert.Equal(expected, DuckDbSession.MemoryLimit(available << 20, sessions) >> 20);

    [Fact]
    public async Task A_session_has_it()
    {
        await using var db = await DuckDbSession.OpenAsync(default, sessions: 4);
        await using var command = db.CreateCommand();
        command.CommandText = "select current_setting('memory_limit')";
        var limit = DuckDbSession.MemoryLimit(GC.GetGCMemoryInfo().TotalAvailableMemoryBytes, 4) / (1024.0 * 1024);
        // DuckDB says it with one digit, cut off.
        Assert.Equal(limit, double.Parse(((string)(await command.ExecuteScalarAsync())!).Split(' ')[0], System.Globalization.CultureInfo.InvariantCulture), 0.11);
    }
}
