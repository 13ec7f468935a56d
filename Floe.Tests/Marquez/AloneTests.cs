using System.Text.Json.Nodes;
using Floe.Tests.Emulators;

namespace Floe.Tests.Marquez;

/// <summary>The verb started by hand, without any environment: what it was told outlives it.</summary>
public sealed class AloneTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("floe-marquez-").FullName;

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Fact]
    public async Task Marquez_brings_its_PostgreSQL_and_keeps_events_over_a_kill()
    {
        string[] command = ["marquez", "--port", "0", "--admin-port", "0", "--data", "lineage"];
        await using (var first = EmulatorProcess.Start(_directory, command))
        {
            var api = await ApiAsync(first);
            await api.EmitAsync(LineageTests.Shop());
            await first.KillAsync();
        }

        await using var second = EmulatorProcess.Start(_directory, command);
        Assert.Equal(3, (int)(await (await ApiAsync(second)).GetAsync("jobs"))["totalCount"]!);
        second.Signal("INT");
        Assert.Equal(0, await second.ExitAsync());
        Assert.Empty(second.Errors);
        Assert.DoesNotContain(Emulators.AloneTests.Values(Path.Combine(_directory, "lineage", "credentials")).Values, secret => second.Output.Contains(secret, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Half_a_database_is_refused_by_the_name_of_what_is_missing()
    {
        var (code, _, errors) = await EmulatorProcess.RunAsync(_directory, ["marquez"], ("POSTGRES_HOST", "127.0.0.1"));
        Assert.Equal(78, code);
        Assert.StartsWith("The environment variable POSTGRES_USER is missing", errors);
        Assert.DoesNotContain('\n', errors);
        (code, _, errors) = await EmulatorProcess.RunAsync(_directory, ["marquez", "--data", "x"], ("POSTGRES_HOST", "127.0.0.1"));
        Assert.Equal(64, code);
        Assert.Contains("--data is for a PostgreSQL of its own", errors);
    }

    private static async Task<MarquezApi> ApiAsync(EmulatorProcess server)
    {
        var url = await server.AddressAsync();
        var api = new MarquezApi(url, (await server.SaysAsync(@"health (http://127\.0\.0\.1:\d+)/healthcheck")).Groups[1].Value);
        await api.UntilHealthyAsync();
        return api;
    }
}
