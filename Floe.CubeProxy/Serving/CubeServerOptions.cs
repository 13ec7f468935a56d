using System.Globalization;
using Floe.ServiceDefaults.Configuration;

namespace Floe.CubeProxy.Serving;

/// <summary>How the service was started.</summary>
public sealed record CubeServerOptions
{
    public const string Usage = "Floe.CubeProxy [--model DIR] [--data DIR] [--port N] [--sql-port N] [--clock 2026-11-21T00:10:00Z]";

    /// <summary>Folder of Cube YAML.</summary>
    public required string Model { get; init; }

    /// <summary>Folder of CSV and Parquet files in place of the lakehouse.</summary>
    public string? Data { get; init; }

    /// <summary>Port on the loopback address; null: the host's own configuration decides.</summary>
    public int? Port { get; init; }

    /// <summary>Port of the SQL API; null: the setting <c>CUBEJS_PG_SQL_PORT</c> decides, and without it there is none.</summary>
    public int? SqlPort { get; init; }

    /// <summary>Signs the tokens; null: <see cref="ApiSecret.Key"/> of the configuration.</summary>
    public string? Secret { get; init; }

    /// <summary>The time that relative dates and tokens are judged by; null: now.</summary>
    public DateTimeOffset? Clock { get; init; }

    /// <summary>Without the secret.</summary>
    public override string ToString() => $"model {Model}, data {Data ?? "of the lakehouse"}, port {Port?.ToString(CultureInfo.InvariantCulture) ?? "of the host"}";

    /// <exception cref="ConfigurationException">An argument is unknown or has a bad value.</exception>
    public static CubeServerOptions Parse(IReadOnlyList<string> args)
    {
        var options = new CubeServerOptions { Model = Path.Combine(AppContext.BaseDirectory, "model") };
        for (var i = 0; i < args.Count; i += 2)
        {
            var name = args[i];
            var value = i + 1 < args.Count ? args[i + 1] : throw new ConfigurationException($"{name} has no value; usage: {Usage}");
            options = name switch
            {
                "--model" => options with { Model = value },
                "--data" => options with { Data = value },
                "--port" when int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var port) && port <= 65535 => options with { Port = port },
                "--port" => throw new ConfigurationException($"--port is '{value}'; it must be a number from 0 (any free port) to 65535."),
                "--sql-port" when int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var port) && port <= 65535 => options with { SqlPort = port },
                "--sql-port" => throw new ConfigurationException($"--sql-port is '{value}'; it must be a number from 0 (any free port) to 65535."),
                "--clock" when DateTimeOffset.TryParse(value, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var clock) => options with { Clock = clock },
                "--clock" => throw new ConfigurationException($"--clock is '{value}'; it must be a time such as 2026-11-21T00:10:00Z."),
                _ => throw new ConfigurationException($"{name} is not an argument; usage: {Usage}"),
            };
        }
        return options;
    }
}
