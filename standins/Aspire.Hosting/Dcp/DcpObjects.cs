using System.Text.Json.Serialization;

namespace Aspire.Hosting.Dcp;

/// <summary>An object of DCP's Kubernetes-like API.</summary>
internal sealed class DcpObject<TSpec, TStatus>
{
    public string ApiVersion { get; init; } = DcpKinds.ApiVersion;

    public required string Kind { get; init; }

    public required DcpMetadata Metadata { get; init; }

    public required TSpec Spec { get; init; }

    public TStatus? Status { get; init; }
}

internal sealed class DcpMetadata
{
    public required string Name { get; init; }

    public string? Uid { get; init; }

    public DateTime? CreationTimestamp { get; init; }

    public Dictionary<string, string>? Annotations { get; init; }
}

/// <summary>One line of a watch.</summary>
internal sealed class DcpWatchEvent<TSpec, TStatus>
{
    public required string Type { get; init; }

    public required DcpObject<TSpec, TStatus> Object { get; init; }
}

internal static class DcpKinds
{
    public const string Group = "usvc-dev.developer.microsoft.com";
    public const string ApiVersion = Group + "/v1";
    public const string Service = "Service";
    public const string Executable = "Executable";
    public const string Container = "Container";
    public const string ContainerNetwork = "ContainerNetwork";

    public static string Plural(string kind) => kind.ToLowerInvariant() + "s";
}

internal sealed record DcpNameValue(string Name, string? Value);

/// <summary>A stable public port in front of whatever produces the service.</summary>
internal sealed class ServiceSpec
{
    public string? Address { get; init; }

    public int? Port { get; init; }

    public string Protocol { get; init; } = "TCP";

    public required string AddressAllocationMode { get; init; }
}

internal sealed class ServiceStatus
{
    public string? EffectiveAddress { get; init; }

    public int? EffectivePort { get; init; }

    public string? State { get; init; }
}

/// <summary>Written as JSON into the annotation <c>service-producer</c>.</summary>
internal sealed record ServiceProducer(string ServiceName, string? Address, int? Port)
{
    public const string Annotation = "service-producer";
}

internal sealed class ExecutableSpec
{
    public required string ExecutablePath { get; init; }

    public string? WorkingDirectory { get; init; }

    public IReadOnlyList<string>? Args { get; init; }

    public IReadOnlyList<DcpNameValue>? Env { get; init; }

    public bool? Stop { get; init; }
}

internal sealed class ExecutableStatus
{
    public string? State { get; init; }

    public int? Pid { get; init; }

    public int? ExitCode { get; init; }

    public DateTime? StartupTimestamp { get; init; }

    public DateTime? FinishTimestamp { get; init; }

    public IReadOnlyList<DcpNameValue>? EffectiveEnv { get; init; }

    public IReadOnlyList<string>? EffectiveArgs { get; init; }
}

internal sealed class ContainerSpec
{
    public required string Image { get; init; }

    public string? ContainerName { get; init; }

    public string? Command { get; init; }

    public IReadOnlyList<string>? Args { get; init; }

    public IReadOnlyList<DcpNameValue>? Env { get; init; }

    public IReadOnlyList<ContainerPort>? Ports { get; init; }

    public IReadOnlyList<ContainerMount>? VolumeMounts { get; init; }

    public IReadOnlyList<ContainerNetworkRef>? Networks { get; init; }

    public IReadOnlyList<ContainerCreateFiles>? CreateFiles { get; init; }

    public IReadOnlyList<string>? RunArgs { get; init; }

    public ContainerBuild? Build { get; init; }

    public string? PullPolicy { get; init; }

    public bool? Persistent { get; init; }

    public bool? Stop { get; init; }
}

internal sealed record ContainerPort(int ContainerPortNumber, int? HostPort, string? Protocol)
{
    [JsonPropertyName("containerPort")]
    public int ContainerPortNumber { get; init; } = ContainerPortNumber;
}

internal sealed record ContainerMount(string Type, string? Source, string Target, bool ReadOnly);

internal sealed record ContainerNetworkRef(string Name, IReadOnlyList<string> Aliases);

internal sealed record ContainerBuild(string Context, string Dockerfile, string? Stage, IReadOnlyList<DcpNameValue>? Args, IReadOnlyList<string>? Tags);

internal sealed record ContainerCreateFiles(string Destination, int? DefaultOwner, int? DefaultGroup, int? Umask, IReadOnlyList<ContainerFileEntry> Entries);

internal sealed record ContainerFileEntry(string Type, string Name, string? Contents, string? Source, int? Owner, int? Group, int? Mode, bool? ContinueOnError, IReadOnlyList<ContainerFileEntry>? Entries);

internal sealed class ContainerStatus
{
    public string? State { get; init; }

    public string? ContainerId { get; init; }

    public string? ContainerName { get; init; }

    public int? ExitCode { get; init; }

    public DateTime? StartupTimestamp { get; init; }

    public DateTime? FinishTimestamp { get; init; }

    public string? Message { get; init; }

    public IReadOnlyList<DcpNameValue>? EffectiveEnv { get; init; }

    public IReadOnlyList<string>? EffectiveArgs { get; init; }
}

internal sealed class ContainerNetworkSpec
{
    public required string NetworkName { get; init; }
}

internal sealed class ContainerNetworkStatus
{
    public string? State { get; init; }
}

/// <summary>What <c>dcp info</c> tells.</summary>
internal sealed class DcpInfo
{
    public DcpContainersInfo? Containers { get; init; }
}

internal sealed class DcpContainersInfo
{
    public string? Runtime { get; init; }

    public string? HostName { get; init; }

    public bool Installed { get; init; }

    public bool Running { get; init; }

    public string? Error { get; init; }
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(DcpObject<ServiceSpec, ServiceStatus>))]
[JsonSerializable(typeof(DcpObject<ExecutableSpec, ExecutableStatus>))]
[JsonSerializable(typeof(DcpObject<ContainerSpec, ContainerStatus>))]
[JsonSerializable(typeof(DcpObject<ContainerNetworkSpec, ContainerNetworkStatus>))]
[JsonSerializable(typeof(DcpWatchEvent<ServiceSpec, ServiceStatus>))]
[JsonSerializable(typeof(DcpWatchEvent<ExecutableSpec, ExecutableStatus>))]
[JsonSerializable(typeof(DcpWatchEvent<ContainerSpec, ContainerStatus>))]
[JsonSerializable(typeof(DcpInfo))]
[JsonSerializable(typeof(ServiceProducer[]))]
internal sealed partial class DcpJson : JsonSerializerContext;
