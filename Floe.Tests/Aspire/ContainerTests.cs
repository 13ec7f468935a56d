using System.Diagnostics;
using Aspire.Hosting;
using Xunit;

namespace Floe.Tests.Aspire;

public class ContainerTests
{
    [SkippableFact]
    public async Task Without_a_container_runtime_everything_else_runs()
    {
        // One that does not answer, whatever else is installed.
        var dead = !await AnswersAsync("docker") ? "docker" : !await AnswersAsync("podman") ? "podman" : null;
        Skip.If(dead is null, "SKIPPED: docker and podman both answer here; one of them must not.");
        var builder = SampleApplication.CreateBuilder($"ASPIRE_CONTAINER_RUNTIME={dead}");
        var postgres = builder.AddPostgres("postgres", password: builder.AddParameter("pw", "x", secret: true));
        var database = postgres.AddDatabase("db");
        var other = builder.AddShell("other", "exec sleep 600");
        var waiter = builder.AddShell("waiter", "exec sleep 600").WaitFor(database);
        await using var app = builder.Build();
        await app.StartAsync().WaitAsync(SampleApplication.Patience);
        Assert.Equal("RuntimeUnhealthy", await app.WaitForStateAsync(postgres.Resource, "RuntimeUnhealthy", "Running"));
        Assert.Equal("RuntimeUnhealthy", await app.WaitForStateAsync(database.Resource, "RuntimeUnhealthy", "Running"));
        Assert.Equal("Running", await app.WaitForStateAsync(other.Resource, "Running"));
        Assert.Equal("FailedToStart", await app.WaitForStateAsync(waiter.Resource, "FailedToStart", "Running"));
    }

    [Fact]
    public async Task A_container_endpoint_needs_its_target_port()
    {
        var builder = SampleApplication.CreateBuilder();
        var minio = builder.AddContainer("minio", "example.test/minio").WithHttpEndpoint();
        await using var app = builder.Build();
        await app.StartAsync().WaitAsync(SampleApplication.Patience);
        Assert.Equal("FailedToStart", await app.WaitForStateAsync(minio.Resource, "FailedToStart", "Running"));
        await app.ReadConsoleUntilAsync(minio.Resource, "must specify the TargetPort value");
    }

    private static async Task<bool> AnswersAsync(string runtime)
    {
        try
        {
            using var info = Process.Start(new ProcessStartInfo(runtime, "info") { RedirectStandardOutput = true, RedirectStandardError = true })!;
            await info.WaitForExitAsync();
            return info.ExitCode == 0;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return false;
        }
    }
}
