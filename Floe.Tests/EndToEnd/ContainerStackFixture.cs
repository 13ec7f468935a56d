using System.Diagnostics;
using System.Globalization;
using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using Floe.AppHost.Settings;

namespace Floe.Tests.EndToEnd;

/// <summary>
/// The whole AppHost with its services as containers, on volumes of its own. It needs a container runtime that answers and the images; where no registry can be
/// reached <c>build/standin-images.sh</c> makes some under the official names. <c>FLOE_CONTAINERS=required</c> makes it an error that they are missing.
/// </summary>
public sealed class ContainerStackFixture : FloeStackFixture
{
    private const string Remedy = "build/standin-images.sh --test builds stand-ins for the images and runs this";

    private readonly string _volumes = $"floe-test-{Guid.NewGuid():N}"[..18];
    private readonly string? _runtime;
    private readonly string _why;

    public ContainerStackFixture() => (_runtime, _why) = ContainerRuntime.Find(Environment.GetEnvironmentVariable("ASPIRE_CONTAINER_RUNTIME"));

    protected override TimeSpan Patience => TimeSpan.FromMinutes(5);

    protected override IReadOnlyList<string> Services => ["--Floe:Services=containers", $"--ASPIRE_CONTAINER_RUNTIME={_runtime}"];

    /// <summary>Names of the containers of a stack that are there, running or not.</summary>
    public async Task<IReadOnlyList<string>> ContainersAsync() => await ListAsync("ps", "--all", "--format", "{{.Names}}");

    /// <summary>Names of the networks that Aspire made and that are there.</summary>
    public async Task<IReadOnlyList<string>> NetworksAsync() => [.. (await ListAsync("network", "ls", "--format", "{{.Name}}")).Where(name => name.StartsWith("aspire-", StringComparison.Ordinal))];

    /// <summary>What the runtime says that a container may take at most: bytes of memory, and thousandths of a core.</summary>
    public async Task<(long Memory, long Millicores)> LimitsAsync(string container)
    {
        // Podman says a number of CPUs as quota and period.
        var found = (await ListAsync("inspect", "--format", "{{.HostConfig.Memory}} {{.HostConfig.NanoCpus}} {{.HostConfig.CpuQuota}} {{.HostConfig.CpuPeriod}}", container))[0].Split(' ').Select(number => long.Parse(number, CultureInfo.InvariantCulture)).ToArray();
        return (found[0], found[1] > 0 ? found[1] / 1_000_000 : found[3] > 0 ? found[2] * 1000 / found[3] : 0);
    }

    /// <summary>Stops the stack; the volumes stay.</summary>
    public Task StopAsync() => base.DisposeAsync();

    public override async Task DisposeAsync()
    {
        await base.DisposeAsync();
        if (_runtime is not null && Missing is null)
            foreach (var volume in (await ListAsync("volume", "ls", "--format", "{{.Name}}")).Where(name => name.StartsWith(_volumes, StringComparison.Ordinal)))
                await RunAsync("volume", "rm", "--force", volume);
    }

    protected override string? FindMissing() => Told(_runtime is null ? $"container mode needs a container runtime, and {_why}; {Remedy}." : null);

    protected override string? FindMissing(IEnumerable<IResource> resources)
    {
        List<string> missing = [];
        foreach (var image in resources.SelectMany(r => r.Annotations.OfType<ContainerImageAnnotation>()).Select(i => $"{i.Registry}/{i.Image}:{i.Tag}").Distinct())
            if (RunAsync("image", "inspect", image).GetAwaiter().GetResult().ExitCode != 0)
                missing.Add(image);
        return Told(missing is [] ? null : $"container mode needs the images {string.Join(", ", missing)}, which {_runtime} does not have; {Remedy}.");
    }

    /// <summary>Volumes of this test, not those of somebody's own stack in the same checkout.</summary>
    protected override void Change(IDistributedApplicationBuilder builder)
    {
        foreach (var resource in builder.Resources)
            foreach (var volume in resource.Annotations.OfType<ContainerMountAnnotation>().Where(m => m.Type == ContainerMountType.Volume).ToList())
            {
                resource.Annotations.Remove(volume);
                resource.Annotations.Add(new ContainerMountAnnotation($"{_volumes}-{resource.Name}", volume.Target, ContainerMountType.Volume, volume.IsReadOnly));
            }
    }

    private static string? Told(string? missing) => missing is not null && Environment.GetEnvironmentVariable("FLOE_CONTAINERS") == "required" ? throw new InvalidOperationException(missing) : missing;

    private async Task<IReadOnlyList<string>> ListAsync(params string[] arguments)
    {
        var (code, output) = await RunAsync(arguments);
        Assert.True(code == 0, $"{_runtime} {string.Join(' ', arguments)} ended with {code}: {output}");
        return output.Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
    }

    private async Task<(int ExitCode, string Output)> RunAsync(params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(_runtime!, arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        var error = process.StandardError.ReadToEndAsync();
        var output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        return (process.ExitCode, process.ExitCode == 0 ? output : await error);
    }
}

/// <summary>Not beside the other stacks: the machine's containers are counted.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class ContainerCollection : ICollectionFixture<ContainerStackFixture>
{
    public const string Name = "end to end with containers";
}
