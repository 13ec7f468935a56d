namespace Aspire.Hosting.ApplicationModel;

/// <summary>The states that the dashboard knows.</summary>
public static class KnownResourceStates
{
    public static readonly string Starting = nameof(Starting);
    public static readonly string Running = nameof(Running);
    public static readonly string FailedToStart = nameof(FailedToStart);
    public static readonly string RuntimeUnhealthy = nameof(RuntimeUnhealthy);
    public static readonly string Stopping = nameof(Stopping);
    public static readonly string Exited = nameof(Exited);
    public static readonly string Finished = nameof(Finished);
    public static readonly string Waiting = nameof(Waiting);
    public static readonly string NotStarted = nameof(NotStarted);
    public static readonly string Building = nameof(Building);
    public static readonly string ValueMissing = nameof(ValueMissing);
    public static readonly string Active = nameof(Active);
    internal static readonly string Unknown = nameof(Unknown);
    internal static readonly string Hidden = nameof(Hidden);

    /// <summary>States that a resource leaves only by a new start.</summary>
    public static readonly IReadOnlyList<string> TerminalStates = [Finished, FailedToStart, Exited];
}

/// <summary>The colours of a state.</summary>
public static class KnownResourceStateStyles
{
    public static readonly string Success = "success";
    public static readonly string Error = "error";
    public static readonly string Info = "info";
    public static readonly string Warn = "warning";
}

/// <summary>Names of properties that have a meaning for the dashboard.</summary>
public static class CustomResourceKnownProperties
{
    public static readonly string Source = KnownProperties.Resource.Source;
    public static readonly string ConnectionString = KnownProperties.Resource.ConnectionString;
}

/// <summary>All property names that the dashboard knows.</summary>
internal static class KnownProperties
{
    public static class Resource
    {
        public const string Source = "resource.source";
        public const string ConnectionString = "resource.connectionString";
        public const string ParentName = "resource.parentName";
        public const string WaitingFor = "resource.waitingFor";
    }

    public static class Container
    {
        public const string Image = "container.image";
        public const string Id = "container.id";
        public const string Command = "container.command";
        public const string Args = "container.args";
        public const string Ports = "container.ports";
        public const string Lifetime = "container.lifetime";
    }

    public static class Executable
    {
        public const string Path = "executable.path";
        public const string WorkDir = "executable.workDir";
        public const string Args = "executable.args";
        public const string Pid = "executable.pid";
    }

    public static class Project
    {
        public const string Path = "project.path";
        public const string LaunchProfile = "project.launchProfile";
    }

    public static class Parameter
    {
        public const string Value = "Value";
    }
}

/// <summary>The types of relationships that the dashboard knows.</summary>
internal static class KnownRelationshipTypes
{
    public const string Parent = "Parent";
    public const string Reference = "Reference";
    public const string WaitFor = "WaitFor";
}
