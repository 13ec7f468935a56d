using System.Diagnostics;
using Floe.CubeProxy.Serving;
using Floe.ServiceDefaults.Configuration;

namespace Floe.Tests.Cube;

/// <summary>The secret's length counts where the lakehouse is served, not over files.</summary>
public sealed class ApiSecretTests
{
    private static string Model => Path.Combine(RecordedShop.Folder, "model");

    [Fact]
    public async Task A_short_secret_over_the_lakehouse_ends_the_start_with_one_sentence()
    {
        const string Short = "fifteen letters";
        var start = new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, "Floe.CubeProxy.dll"), "--port", "0"])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment[ApiSecret.Key] = Short;
        using var process = Process.Start(start)!;
        using var timeout = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        var output = process.StandardOutput.ReadToEndAsync(timeout.Token);
        var error = await process.StandardError.ReadToEndAsync(timeout.Token);
        await process.WaitForExitAsync(timeout.Token);

        Assert.Equal(78, process.ExitCode);
        Assert.Matches(@"\ACUBEJS_API_SECRET is too short: .*at least 16 characters.*set a longer one.*\n\z", error);
        Assert.DoesNotContain(Short, error + await output, StringComparison.Ordinal);
    }

    [Fact]
    public void Sixteen_characters_are_enough()
    {
        var error = Assert.Throws<ConfigurationException>(() => { CubeServer.Create(new CubeServerOptions { Model = Model, Port = 0, Secret = "sixteen letters!" }); });
        // The next thing that is missing.
        Assert.StartsWith("ConnectionStrings:lakehouse is missing", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("x", true)]
    [InlineData("", false)]
    [InlineData(null, false)]
    public async Task Over_files_any_secret_will_do_but_none(string? secret, bool accepted)
    {
        var options = new CubeServerOptions { Model = Model, Data = Path.Combine(RecordedShop.Folder, "data"), Port = 0, Secret = secret };
        if (accepted)
            await using (CubeServer.Create(options)) { }
        else
            Assert.Contains("CUBEJS_API_SECRET is not set", Assert.Throws<ConfigurationException>(() => { CubeServer.Create(options); }).Message, StringComparison.Ordinal);
    }
}
