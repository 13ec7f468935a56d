using System.Globalization;
using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.ProjectModel;
using Microsoft.Extensions.Hosting;

namespace Aspire.Hosting;

/// <summary>Adds and configures .NET projects.</summary>
public static class ProjectResourceBuilderExtensions
{
    public static IResourceBuilder<ProjectResource> AddProject<TProject>(this IDistributedApplicationBuilder builder, string name) where TProject : IProjectMetadata, new() =>
        builder.AddProject<TProject>(name, _ => { });

    /// <summary>A null profile means none.</summary>
    public static IResourceBuilder<ProjectResource> AddProject<TProject>(this IDistributedApplicationBuilder builder, string name, string? launchProfileName) where TProject : IProjectMetadata, new() =>
        builder.AddProject<TProject>(name, Profile(launchProfileName));

    public static IResourceBuilder<ProjectResource> AddProject<TProject>(this IDistributedApplicationBuilder builder, string name, Action<ProjectResourceOptions> configure) where TProject : IProjectMetadata, new() =>
        builder.Add(name, new TProject(), configure);

    public static IResourceBuilder<ProjectResource> AddProject(this IDistributedApplicationBuilder builder, string name, string projectPath) =>
        builder.AddProject(name, projectPath, _ => { });

    public static IResourceBuilder<ProjectResource> AddProject(this IDistributedApplicationBuilder builder, string name, string projectPath, string? launchProfileName) =>
        builder.AddProject(name, projectPath, Profile(launchProfileName));

    /// <summary>A relative path starts at the AppHost's folder.</summary>
    public static IResourceBuilder<ProjectResource> AddProject(this IDistributedApplicationBuilder builder, string name, string projectPath, Action<ProjectResourceOptions> configure) =>
        builder.Add(name, new ProjectMetadata(Path.GetFullPath(projectPath, builder.AppHostDirectory)), configure);

    /// <summary>Several processes behind the same public ports.</summary>
    public static IResourceBuilder<ProjectResource> WithReplicas(this IResourceBuilder<ProjectResource> builder, int replicas)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(replicas);
        return builder.WithAnnotation(new ReplicaAnnotation(replicas), ResourceAnnotationMutationBehavior.Replace);
    }

    public static IResourceBuilder<ProjectResource> DisableForwardedHeaders(this IResourceBuilder<ProjectResource> builder) =>
        builder.WithAnnotation(new DisableForwardedHeadersAnnotation(), ResourceAnnotationMutationBehavior.Replace);

    /// <summary>Which endpoints become part of ASPNETCORE_URLS.</summary>
    public static IResourceBuilder<ProjectResource> WithEndpointsInEnvironment(this IResourceBuilder<ProjectResource> builder, Func<EndpointAnnotation, bool> filter) =>
        builder.WithAnnotation(new EndpointEnvironmentInjectionFilterAnnotation(filter));

    private static Action<ProjectResourceOptions> Profile(string? launchProfileName) => options =>
        (options.LaunchProfileName, options.ExcludeLaunchProfile) = (launchProfileName, launchProfileName is null);

    private static IResourceBuilder<ProjectResource> Add(this IDistributedApplicationBuilder builder, string name, IProjectMetadata metadata, Action<ProjectResourceOptions> configure)
    {
        var options = new ProjectResourceOptions();
        configure(options);
        var project = builder.AddResource(new ProjectResource(name)).WithAnnotation(metadata);
        if (!File.Exists(metadata.ProjectPath)) throw new DistributedApplicationException($"The project of resource '{name}' was not found: '{metadata.ProjectPath}' does not exist.");
        var profile = LaunchProfileSelection.Select(builder, project.Resource, metadata, options);
        if (profile is not null) project.WithAnnotation(profile);
        return project.WithDotnetDefaults().WithOtlpExporter().WithProjectEndpoints(metadata, profile, options).WithProjectEnvironment(profile);
    }

    private static IResourceBuilder<ProjectResource> WithDotnetDefaults(this IResourceBuilder<ProjectResource> builder) => builder.WithEnvironment(context =>
    {
        var variables = context.EnvironmentVariables;
        variables["OTEL_DOTNET_EXPERIMENTAL_OTLP_RETRY"] = "in_memory";
        if (context.ExecutionContext.IsPublishMode)
        {
            if (!builder.Resource.HasAnnotationOfType<DisableForwardedHeadersAnnotation>()) variables["ASPNETCORE_FORWARDEDHEADERS_ENABLED"] = "true";
            return;
        }

        if (!builder.ApplicationBuilder.Environment.IsDevelopment()) return;
        variables["OTEL_DOTNET_EXPERIMENTAL_ASPNETCORE_DISABLE_URL_QUERY_REDACTION"] = "true";
        variables["OTEL_DOTNET_EXPERIMENTAL_HTTPCLIENT_DISABLE_URL_QUERY_REDACTION"] = "true";
    });

    private static IResourceBuilder<ProjectResource> WithProjectEndpoints(this IResourceBuilder<ProjectResource> builder, IProjectMetadata metadata, LaunchProfileAnnotation? profile, ProjectResourceOptions options)
    {
        var kestrel = options.ExcludeKestrelEndpoints ? [] : KestrelEndpoints.Read(metadata.ProjectPath, builder.ApplicationBuilder.Environment.EnvironmentName);
        if (builder.ApplicationBuilder.ExecutionContext.IsPublishMode)
        {
            // A published project always serves HTTP; the ports are the publisher's.
            if (kestrel.Count == 0 && profile?.Profile.ApplicationUrl is { Length: > 0 }) return builder.WithHttpEndpoint().WithHttpsEndpoint();
            return kestrel.Count > 0 ? builder.WithEndpointsFrom(kestrel, fromProfile: false) : builder;
        }

        if (kestrel.Count > 0) return builder.WithEndpointsFrom(kestrel, fromProfile: false);
        var urls = profile?.Profile.ApplicationUrl?.Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries) ?? [];
        return builder.WithEndpointsFrom([.. urls.Select(u => ((string?)null, ProjectUrl.Parse(u, builder.Resource.Name)))], fromProfile: true);
    }

    private static IResourceBuilder<ProjectResource> WithEndpointsFrom(this IResourceBuilder<ProjectResource> builder, IReadOnlyList<(string? Name, Uri Url)> urls, bool fromProfile)
    {
        var used = new Dictionary<string, int>(StringComparer.OrdinalIgnoreCase);
        foreach (var (configuredName, url) in urls)
        {
            var count = used[url.Scheme] = used.GetValueOrDefault(url.Scheme) + 1;
            var name = configuredName ?? (count == 1 ? url.Scheme : string.Create(CultureInfo.InvariantCulture, $"{url.Scheme}{count}"));
            builder.WithAnnotation(new EndpointAnnotation(System.Net.Sockets.ProtocolType.Tcp, url.Scheme, name: name, port: url.Port > 0 ? url.Port : null)
            {
                TargetHost = "localhost",
                FromLaunchProfile = fromProfile,
            });
        }

        return builder;
    }

    private static IResourceBuilder<ProjectResource> WithProjectEnvironment(this IResourceBuilder<ProjectResource> builder, LaunchProfileAnnotation? profile) => builder.WithEnvironment(context =>
    {
        if (context.ExecutionContext.IsPublishMode) return;
        var variables = context.EnvironmentVariables;
        variables["DOTNET_SYSTEM_CONSOLE_ALLOW_ANSI_COLOR_REDIRECTION"] = "true";
        variables["LOGGING__CONSOLE__FORMATTERNAME"] = "simple";
        ProjectUrl.SetListeningUrls(builder.Resource, variables);
        if (profile is null) return;
        variables.TryAdd("DOTNET_LAUNCH_PROFILE", profile.Name);
        foreach (var (name, value) in profile.Profile.EnvironmentVariables) variables.TryAdd(name, Environment.ExpandEnvironmentVariables(value));
    });
}
