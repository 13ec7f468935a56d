using Aspire.Hosting;

namespace Floe.AppHost.Postgres;

/// <summary>PostgreSQL from its own binaries, started by Floe's launcher; the same endpoint, credentials and connection strings as the container.</summary>
public sealed class EmbeddedPostgresResource(string name, string workingDirectory, ParameterResource password)
    : ExecutableResource(name, "dotnet", workingDirectory), IResourceWithConnectionString
{
    internal const string EndpointName = "tcp";
    internal const string UserName = "postgres";

    private readonly List<string> _databases = [];
    private EndpointReference? _endpoint;

    /// <summary>The server's address.</summary>
    public EndpointReference PrimaryEndpoint => _endpoint ??= new(this, EndpointName);

    /// <summary>Password of the user <c>postgres</c>.</summary>
    public ParameterResource PasswordParameter => password;

    /// <summary>Databases that the launcher creates before it says it is ready.</summary>
    public IReadOnlyList<string> Databases => _databases;

    /// <inheritdoc />
    public ReferenceExpression ConnectionStringExpression =>
        ReferenceExpression.Create($"Host={PrimaryEndpoint.Property(EndpointProperty.Host)};Port={PrimaryEndpoint.Property(EndpointProperty.Port)};Username={UserName};Password={password}");

    internal void Add(EmbeddedPostgresDatabaseResource database) => _databases.Add(database.DatabaseName);
}
