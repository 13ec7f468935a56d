using Floe.CubeProxy.SqlApi.Metadata;
using Floe.CubeProxy.SqlApi.Sessions;
using Floe.CubeProxy.Upstream;
using Floe.ServiceDefaults.Configuration;

namespace Floe.CubeProxy.SqlApi;

internal static class SqlApiExtensions
{
    /// <summary>Adds the SQL API when it has a port.</summary>
    /// <exception cref="ConfigurationException">A setting breaks a rule.</exception>
    public static void AddSqlApi(this WebApplicationBuilder builder, int? port, bool overLakehouse, bool hasUpstream)
    {
        if (SqlApiSettings.Read(builder.Configuration, port, overLakehouse) is not { } settings) return;
        if (hasUpstream && builder.Configuration[UpstreamSettings.SqlKey] is null or "")
            throw new ConfigurationException($"The SQL API has a port, but this service stands before a Cube and does not know the address of its SQL API; set {UpstreamSettings.SqlKey} to host:port, or remove --sql-port and {SqlApiSettings.PortKey}.");
        builder.Services.AddSingleton(settings);
        builder.Services.AddSingleton<CancelKeys>();
        builder.Services.AddSingleton<SignIn>();
        if (hasUpstream) builder.Services.AddSingleton<ISqlBackend, CubeSql>();
        else builder.Services.AddSingleton<CubeQueries>().AddSingleton<Catalogs>().AddSingleton<ISqlBackend, EngineBackend>();
        builder.Services.AddSingleton<SqlServer>();
        builder.Services.AddHostedService(services => services.GetRequiredService<SqlServer>());
    }
}
