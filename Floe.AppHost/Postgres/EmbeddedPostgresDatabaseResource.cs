namespace Floe.AppHost.Postgres;

/// <summary>A database of the embedded PostgreSQL.</summary>
public sealed class EmbeddedPostgresDatabaseResource(string name, string databaseName, EmbeddedPostgresResource parent)
    : Resource(name), IResourceWithParent<EmbeddedPostgresResource>, IResourceWithConnectionString
{
    /// <summary>The server.</summary>
    public EmbeddedPostgresResource Parent => parent;

    /// <summary>The name on the server.</summary>
    public string DatabaseName => databaseName;

    /// <inheritdoc />
    public ReferenceExpression ConnectionStringExpression =>
        ReferenceExpression.Create($"{Parent.ConnectionStringExpression};Database={DatabaseName}");

    /// <summary>The same properties as Aspire's own PostgreSQL database resource.</summary>
    IEnumerable<KeyValuePair<string, ReferenceExpression>> IResourceWithConnectionString.GetConnectionProperties() =>
    [
        new("Host", ReferenceExpression.Create($"{Parent.PrimaryEndpoint.Property(EndpointProperty.Host)}")),
        new("Port", ReferenceExpression.Create($"{Parent.PrimaryEndpoint.Property(EndpointProperty.Port)}")),
        new("Username", ReferenceExpression.Create($"{EmbeddedPostgresResource.UserName}")),
        new("Password", ReferenceExpression.Create($"{Parent.PasswordParameter}")),
        new("DatabaseName", ReferenceExpression.Create($"{DatabaseName}")),
        new("JdbcConnectionString", ReferenceExpression.Create(
            $"jdbc:postgresql://{Parent.PrimaryEndpoint.Property(EndpointProperty.Host)}:{Parent.PrimaryEndpoint.Property(EndpointProperty.Port)}/{DatabaseName}")),
    ];
}
