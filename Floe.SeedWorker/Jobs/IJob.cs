using System.Text.Json;
using System.Text.Json.Nodes;

namespace Floe.SeedWorker.Jobs;

/// <summary>Something that the worker can do on demand.</summary>
public interface IJob
{
    /// <summary>Name in addresses and records.</summary>
    string Name { get; }

    /// <summary>Checks a request's parameters and fills in what was not given.</summary>
    /// <exception cref="JobParameterException">A parameter is unknown or breaks its rule.</exception>
    JsonObject Parameters(JsonElement? request);

    /// <summary>Does the work. May be called again for the same run after a crash: it must see what is done already.</summary>
    Task RunAsync(RunContext run, CancellationToken ct);
}
