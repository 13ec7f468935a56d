using Floe.SeedWorker.Transform.Project;

namespace Floe.SeedWorker.Transform.Running;

/// <summary>A model, test, source or exposure as a node of the project's graph.</summary>
internal sealed record DbtNode(string UniqueId, string ResourceType, string Name, string File)
{
    /// <summary>Ids of what it reads.</summary>
    public required IReadOnlyList<string> Parents { get; init; }

    /// <summary>Names from the project over the folders to the node, for selection.</summary>
    public required IReadOnlyList<string> FullName { get; init; }

    public DbtModel? Model { get; init; }

    public DbtTest? Test { get; init; }

    public DbtSource? Source { get; init; }

    public DbtExposure? Exposure { get; init; }
}
