namespace Aspire.Hosting;

/// <summary>Cube's SQL API of CubeProxy: the protocol of PostgreSQL.</summary>
internal static class SqlApiBuilderExtensions
{
    public const string EndpointName = "sql";

    public const string User = "cube";

    /// <summary>Adds the endpoint <c>sql</c> and the user "cube".</summary>
    public static IResourceBuilder<ProjectResource> WithSqlApi(this IResourceBuilder<ProjectResource> cubeproxy, IResourceBuilder<ParameterResource> password)
    {
        cubeproxy.WithEndpoint(scheme: "tcp", name: EndpointName, env: "CUBEJS_PG_SQL_PORT")
            .WithEnvironment("CUBEJS_SQL_USER", User)
            .WithEnvironment("CUBEJS_SQL_PASSWORD", password);
        // Beside others on this machine it listens for this machine alone; in a container it is all that the container is for.
        if (cubeproxy.ApplicationBuilder.ExecutionContext.IsPublishMode)
            cubeproxy.WithEndpoint(EndpointName, endpoint => endpoint.TargetPort = 15432).WithEnvironment("CubeSql__Address", "*");
        return cubeproxy;
    }
}
