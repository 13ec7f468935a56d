using System.Reflection;

namespace Floe.AppHost.Settings;

/// <summary>How the embedded services are started: one program, a verb per service.</summary>
internal static class Emulators
{
    private const string MetadataKey = "FloeEmulators";

    /// <summary>Adds an embedded service as a process of <c>Floe.Emulators</c> with telemetry to the dashboard.</summary>
    public static IResourceBuilder<T> AddEmulator<T>(this IDistributedApplicationBuilder builder, T resource, string verb)
        where T : ExecutableResource =>
        builder.AddResource(resource).WithArgs(AssemblyPath, verb).WithOtlpExporter()
            // As Aspire does for projects: the first records wait for the dashboard, which starts beside them.
            .WithEnvironment("OTEL_DOTNET_EXPERIMENTAL_OTLP_RETRY", "in_memory");

    /// <summary>Full path of Floe.Emulators.dll, written into this assembly by the build.</summary>
    private static string AssemblyPath { get; } =
        typeof(Emulators).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().FirstOrDefault(a => a.Key == MetadataKey)?.Value
        ?? throw new InvalidOperationException($"The AppHost was built without the assembly metadata '{MetadataKey}', the path of Floe.Emulators.dll; build Floe.AppHost by its project file.");
}
