using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Utils;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Aspire.Hosting;

/// <summary>PostgreSQL servers and databases.</summary>
public static class PostgresBuilderExtensions
{
    private const int ServerPort = 5432;

    /// <summary>Adds a PostgreSQL server as a container with a generated password, unless one is given.</summary>
    public static IResourceBuilder<PostgresServerResource> AddPostgres(
        this IDistributedApplicationBuilder builder, string name, IResourceBuilder<ParameterResource>? userName = null,
        IResourceBuilder<ParameterResource>? password = null, int? port = null)
    {
        var passwordParameter = password?.Resource ?? ParameterResourceBuilderExtensions.CreateDefaultPasswordParameter(builder, $"{name}-password");
        var server = new PostgresServerResource(name, userName?.Resource, passwordParameter);
        var check = $"{name}_check";
        builder.Services.AddHealthChecks().Add(new(check, _ => new PostgresHealthCheck(server, "postgres"), HealthStatus.Unhealthy, tags: null));
        builder.Eventing.Subscribe<ResourceReadyEvent>(server, (ready, cancellationToken) => CreateDatabasesAsync(builder, server, ready.Services, cancellationToken));
        return builder.AddResource(server)
            .WithEndpoint(port: port, targetPort: ServerPort, name: PostgresServerResource.PrimaryEndpointName)
            .WithImage(PostgresContainerImageTags.Image, PostgresContainerImageTags.Tag)
            .WithImageRegistry(PostgresContainerImageTags.Registry)
            .WithEnvironment("POSTGRES_HOST_AUTH_METHOD", "scram-sha-256")
            .WithEnvironment("POSTGRES_INITDB_ARGS", "--auth-host=scram-sha-256 --auth-local=scram-sha-256")
            .WithEnvironment(context =>
            {
                context.EnvironmentVariables["POSTGRES_USER"] = server.UserNameReference;
                context.EnvironmentVariables["POSTGRES_PASSWORD"] = server.PasswordParameter;
            })
            .WithIconName("DatabaseMultiple")
            .WithHealthCheck(check);
    }

    /// <summary>Adds a database; it is created when the server is ready, in run mode only.</summary>
    public static IResourceBuilder<PostgresDatabaseResource> AddDatabase(this IResourceBuilder<PostgresServerResource> builder, string name, string? databaseName = null)
    {
        var database = new PostgresDatabaseResource(name, databaseName ?? name, builder.Resource);
        builder.Resource.AddDatabase(name, database.DatabaseName);
        var check = $"{name}_check";
        builder.ApplicationBuilder.Services.AddHealthChecks().Add(new(check, _ => new PostgresHealthCheck(builder.Resource, database.DatabaseName), HealthStatus.Unhealthy, tags: null));
        return builder.ApplicationBuilder.AddResource(database).WithIconName("Database").WithHealthCheck(check);
    }

    /// <summary>Keeps the data in a named volume. Set the image's tag first: the path depends on the major version.</summary>
    public static IResourceBuilder<PostgresServerResource> WithDataVolume(this IResourceBuilder<PostgresServerResource> builder, string? name = null, bool isReadOnly = false) =>
        builder.WithVolume(name ?? VolumeNameGenerator.Generate(builder, "data"), DataPath(builder.Resource), isReadOnly);

    /// <summary>Keeps the data in a folder of the host.</summary>
    public static IResourceBuilder<PostgresServerResource> WithDataBindMount(this IResourceBuilder<PostgresServerResource> builder, string source, bool isReadOnly = false) =>
        builder.WithBindMount(source, DataPath(builder.Resource), isReadOnly);

    /// <summary>Scripts and SQL files that the image runs when it creates the data.</summary>
    public static IResourceBuilder<PostgresServerResource> WithInitFiles(this IResourceBuilder<PostgresServerResource> builder, string source) =>
        builder.WithContainerFiles("/docker-entrypoint-initdb.d", source);

    /// <summary>Fixes the public port; null takes any free one.</summary>
    public static IResourceBuilder<PostgresServerResource> WithHostPort(this IResourceBuilder<PostgresServerResource> builder, int? port) =>
        builder.WithEndpoint(PostgresServerResource.PrimaryEndpointName, endpoint => endpoint.Port = port);

    /// <summary>Sets the administrator's name.</summary>
    public static IResourceBuilder<PostgresServerResource> WithUserName(this IResourceBuilder<PostgresServerResource> builder, IResourceBuilder<ParameterResource> userName)
    {
        builder.Resource.UserNameParameter = userName.Resource;
        return builder;
    }

    /// <summary>Sets the administrator's password.</summary>
    public static IResourceBuilder<PostgresServerResource> WithPassword(this IResourceBuilder<PostgresServerResource> builder, IResourceBuilder<ParameterResource> password)
    {
        builder.Resource.PasswordParameter = password.Resource;
        return builder;
    }

    /// <summary>Replaces the statement that creates the database.</summary>
    public static IResourceBuilder<PostgresDatabaseResource> WithCreationScript(this IResourceBuilder<PostgresDatabaseResource> builder, string script) =>
        builder.WithAnnotation(new PostgresCreateDatabaseScriptAnnotation(script), ResourceAnnotationMutationBehavior.Replace);

    private static string DataPath(PostgresServerResource server)
    {
        var tag = server.Annotations.OfType<ContainerImageAnnotation>().LastOrDefault()?.Tag ?? PostgresContainerImageTags.Tag;
        var digits = new string([.. tag.TakeWhile(char.IsAsciiDigit)]);
        return int.TryParse(digits, out var major) && major < PostgresContainerImageTags.FirstMajorWithVersionedData ? "/var/lib/postgresql/data" : "/var/lib/postgresql";
    }

    private static async Task CreateDatabasesAsync(IDistributedApplicationBuilder builder, PostgresServerResource server, IServiceProvider services, CancellationToken cancellationToken)
    {
        if (server.Databases.Count == 0) return;
        var connectionString = await server.ConnectionStringExpression.GetValueAsync(cancellationToken).ConfigureAwait(false);
        await using var connection = new NpgsqlConnection($"{connectionString};Database=postgres;Pooling=false");
        await connection.OpenAsync(cancellationToken).ConfigureAwait(false);
        foreach (var database in builder.Resources.OfType<PostgresDatabaseResource>().Where(database => database.Parent == server))
        {
            await using var command = connection.CreateCommand();
            // An identifier cannot be a parameter; it is quoted by the rule of the SQL standard.
            command.CommandText = database.Annotations.OfType<PostgresCreateDatabaseScriptAnnotation>().LastOrDefault()?.Script ?? $"CREATE DATABASE \"{database.DatabaseName.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";
            try
            {
                await command.ExecuteNonQueryAsync(cancellationToken).ConfigureAwait(false);
            }
            catch (PostgresException e) when (e.SqlState == PostgresErrorCodes.DuplicateDatabase)
            {
                // It is there, as it should be.
            }
            catch (PostgresException e)
            {
                services.GetRequiredService<ResourceLoggerService>().GetLogger(database).LogError(e, "Database '{Database}' could not be created.", database.DatabaseName);
            }
        }
    }
}
