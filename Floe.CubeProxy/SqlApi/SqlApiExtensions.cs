using Floe.CubeProxy.SqlApi.Metadata;
using Floe.CubeProxy.SqlApi.Sessions;
using Floe.ServiceDefaults.Configuration;

namespace Floe.CubeProxy.SqlApi;

internal static class SqlApiExtensions
{
    /// <summary>Adds the SQL API when it has a port.</summary>
    /// <exception cref="ConfigurationException">A setting breaks a rule.</exception>
    public static void AddSqlApi(this WebApplicationBuilder builder, int? port, bool overLakehouse, bool hasUpstream)
    {
        if (SqlApiSettings.Read(builder.Configuration, port, overLakehouse) is not { } settings) return;
        if (hasUpstream)
            throw new ConfigurationException($"The SQL API has a port, but this service stands before a Cube, which has one of its own; remove --sql-port and {SqlApiSettings.PortKey}, and connect to Cube's.");
        builder.Services.AddSingleton(settings);
        builder.Services.AddSingleton<CancelKeys>();
        builder.Services.AddSingleton<SignIn>();
        builder.Services.AddSingleton<CubeQueries>();
        builder.Services.AddSingleton<Catalogs>();
        builder.Services.AddSingleton<SqlServer>();
        builder.Services.AddHostedService(services => services.GetRequiredService<SqlServer>());
    }
}
