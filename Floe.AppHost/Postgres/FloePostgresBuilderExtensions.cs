using Floe.AppHost.Postgres;
using Floe.AppHost.Settings;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Aspire.Hosting;

/// <summary>PostgreSQL, as the official container or from its own binaries.</summary>
public static class FloePostgresBuilderExtensions
{
    /// <summary>Adds the PostgreSQL server.</summary>
    public static IResourceBuilder<IResourceWithConnectionString> AddFloePostgres(this IDistributedApplicationBuilder builder, string name)
    {
        var stack = builder.GetFloeStack();
        var password = builder.AddParameter($"{name}-password", SecretParameter.Generated, secret: true, persist: true);
        if (stack.UseContainers)
            // The tag comes first: the volume's path depends on it.
            return builder.AddPostgres(name, password: password)
                .WithImage(PostgresContainerImageTags.Image, PostgresContainerImageTags.Tag)
                .WithImageRegistry(PostgresContainerImageTags.Registry)
                .WithDataVolume();

        var server = new EmbeddedPostgresResource(name, builder.AppHostDirectory, password.Resource);
        var check = $"{name}_check";
        builder.Services.AddHealthChecks().Add(new HealthCheckRegistration(check, _ => new PostgresHealthCheck(server), HealthStatus.Unhealthy, tags: null));
        var postgres = builder.AddEmulator(server, "postgres")
            .WithEndpoint(scheme: "tcp", name: EmbeddedPostgresResource.EndpointName)
            .WithArgs("--data", stack.Data!.For(name), "--port", server.PrimaryEndpoint.Property(EndpointProperty.TargetPort))
            .WithEnvironment("POSTGRES_USER", EmbeddedPostgresResource.UserName)
            .WithEnvironment("POSTGRES_PASSWORD", password)
            .WithEnvironment(context => context.EnvironmentVariables["FLOE_POSTGRES_DATABASES"] = string.Join(',', server.Databases))
            .WithIconName("DatabaseMultiple")
            .WithHealthCheck(check);
        if (stack.Settings.PostgresBinDirectory is { } binDirectory)
            postgres.WithEnvironment("FLOE_POSTGRES_BINDIR", binDirectory);
        return postgres;
    }

    /// <summary>Adds a database; it is there before the server counts as ready.</summary>
    public static IResourceBuilder<IResourceWithConnectionString> AddFloeDatabase(
        this IResourceBuilder<IResourceWithConnectionString> postgres, string name, string databaseName)
    {
        var builder = postgres.ApplicationBuilder;
        if (postgres.Resource is PostgresServerResource container)
            return builder.CreateResourceBuilder(container).AddDatabase(name, databaseName);

        var server = (EmbeddedPostgresResource)postgres.Resource;
        var database = new EmbeddedPostgresDatabaseResource(name, databaseName, server);
        server.Add(database);
        var resource = builder.AddResource(database)
            .WithParentRelationship(server)
            .WithIconName("Database")
            .WithInitialState(new CustomResourceSnapshot { ResourceType = "PostgresDatabase", State = KnownResourceStates.NotStarted, Properties = [] });
        // The launcher creates databases before it says it is ready, so the server's readiness is the database's.
        builder.CreateResourceBuilder(server).OnResourceReady(async (_, ready, cancellationToken) =>
            await ready.Services.GetRequiredService<ResourceNotificationService>().PublishUpdateAsync(database, snapshot => snapshot with
            {
                State = KnownResourceStates.Running,
                StartTimeStamp = ready.Services.GetRequiredService<TimeProvider>().GetUtcNow().UtcDateTime,
            }));
        return resource;
    }
}
