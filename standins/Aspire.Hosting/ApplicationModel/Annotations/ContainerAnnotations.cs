namespace Aspire.Hosting.ApplicationModel;

/// <summary>The image of a container.</summary>
public sealed class ContainerImageAnnotation : IResourceAnnotation
{
    private string? _tag;
    private string? _sha256;

    /// <summary>The registry's host name; null: part of <see cref="Image"/> or the runtime's default.</summary>
    public string? Registry { get; set; }

    public required string Image { get; set; }

    /// <summary>Exclusive with <see cref="SHA256"/>.</summary>
    public string? Tag
    {
        get => _tag;
        set => (_tag, _sha256) = (value, value is null ? _sha256 : null);
    }

    public string? SHA256
    {
        get => _sha256;
        set => (_sha256, _tag) = (value, value is null ? _tag : null);
    }

    internal string FullName =>
        (Registry is { Length: > 0 } registry ? $"{registry}/{Image}" : Image) + (_sha256 is { } sha ? $"@sha256:{sha}" : _tag is { } tag ? $":{tag}" : "");
}

/// <summary>When the runtime asks the registry.</summary>
public enum ImagePullPolicy
{
    Default = 0,
    Always = 1,
    Missing = 2,
    Never = 3,
}

/// <inheritdoc cref="ImagePullPolicy"/>
public sealed class ContainerImagePullPolicyAnnotation : IResourceAnnotation
{
    public required ImagePullPolicy ImagePullPolicy { get; init; }
}

/// <summary>Whether a container ends with the AppHost.</summary>
public enum ContainerLifetime
{
    Session = 0,
    Persistent = 1,
}

/// <inheritdoc cref="ContainerLifetime"/>
public sealed class ContainerLifetimeAnnotation : IResourceAnnotation
{
    public required ContainerLifetime Lifetime { get; set; }
}

/// <summary>The runtime's name of the container.</summary>
public sealed class ContainerNameAnnotation : IResourceAnnotation
{
    public required string Name { get; set; }
}

/// <summary>A further name of the container on the application's network.</summary>
public sealed class ContainerNetworkAliasAnnotation(string alias) : IResourceAnnotation
{
    public string Alias { get; } = alias;
}

/// <summary>Arguments for the runtime itself.</summary>
public sealed class ContainerRuntimeArgsCallbackAnnotation(Action<IList<object>> callback) : IResourceAnnotation
{
    public Action<IList<object>> Callback { get; } = callback;
}

/// <summary>The kind of a mount.</summary>
public enum ContainerMountType
{
    BindMount,
    Volume,
}

/// <summary>A folder of the machine or a volume of the runtime inside the container.</summary>
public sealed class ContainerMountAnnotation : IResourceAnnotation
{
    public ContainerMountAnnotation(string? source, string target, ContainerMountType type, bool isReadOnly)
    {
        if (type == ContainerMountType.BindMount)
        {
            ArgumentException.ThrowIfNullOrEmpty(source);
            if (!Path.IsPathRooted(source)) throw new ArgumentException($"The bind mount source '{source}' must be an absolute path.", nameof(source));
        }

        ArgumentException.ThrowIfNullOrEmpty(target);
        (Source, Target, Type, IsReadOnly) = (source, target, type, isReadOnly);
    }

    /// <summary>Null: an anonymous volume.</summary>
    public string? Source { get; set; }

    public string Target { get; set; }

    public ContainerMountType Type { get; set; }

    public bool IsReadOnly { get; set; }
}

/// <summary>An image that is built from a Dockerfile.</summary>
public class DockerfileBuildAnnotation(string contextPath, string dockerfilePath, string? stage) : IResourceAnnotation
{
    public string ContextPath { get; } = contextPath;

    public string DockerfilePath { get; } = dockerfilePath;

    public string? Stage { get; } = stage;

    public Dictionary<string, object?> BuildArguments { get; } = [];

    public Dictionary<string, object> BuildSecrets { get; } = [];
}

/// <summary>Files that are copied into the container before it starts.</summary>
public sealed class ContainerFileSystemCallbackAnnotation : IResourceAnnotation
{
    public required string DestinationPath { get; init; }

    public int? DefaultOwner { get; init; }

    public int? DefaultGroup { get; init; }

    public UnixFileMode? Umask { get; init; }

    public required Func<ContainerFileSystemCallbackContext, CancellationToken, Task<IEnumerable<ContainerFileSystemItem>>> Callback { get; init; }
}

/// <summary>Who asks for the files.</summary>
public sealed class ContainerFileSystemCallbackContext
{
    public required IResource Model { get; init; }

    public required IServiceProvider Services { get; init; }
}

/// <summary>A file or folder inside a container.</summary>
public abstract class ContainerFileSystemItem
{
    private string? _name;

    /// <summary>Without any folder.</summary>
    public string Name
    {
        get => _name ?? throw new InvalidOperationException("A container file has no name.");
        set => _name = Path.GetFileName(value) == value && value.Length > 0
            ? value
            : throw new ArgumentException($"The name '{value}' of a container file must not be empty or hold a folder.", nameof(value));
    }

    public int? Owner { get; set; }

    public int? Group { get; set; }

    /// <summary>0: the default (0644 for files, 0755 for folders, minus the mask).</summary>
    public UnixFileMode Mode { get; set; }
}

/// <summary>Base of the kinds of files.</summary>
public abstract class ContainerFileBase : ContainerFileSystemItem
{
    public string? Contents { get; set; }

    /// <summary>A file of this machine; exclusive with <see cref="Contents"/>.</summary>
    public string? SourcePath { get; set; }

    public bool? ContinueOnError { get; set; }
}

/// <inheritdoc cref="ContainerFileBase"/>
public sealed class ContainerFile : ContainerFileBase;

/// <summary>A folder inside a container.</summary>
public sealed class ContainerDirectory : ContainerFileSystemItem
{
    public IEnumerable<ContainerFileSystemItem> Entries { get; set; } = [];
}
