using Floe.ServiceDefaults.Lineage;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Microsoft.Extensions.Hosting;

/// <summary>Lineage of a service.</summary>
public static class LineageExtensions
{
    private static readonly TimeSpan s_timeout = TimeSpan.FromSeconds(10);

    /// <summary>
    /// Adds <see cref="LineageEmitter"/>, active when <c>Lineage:Url</c> is set. To be called before services that emit events are added: services stop in
    /// the reverse order, and the delivery should be the last of them.
    /// </summary>
    public static void AddLineage(this IHostApplicationBuilder builder)
    {
        var services = builder.Services;
        services.AddValidatedOptions<LineageOptions>(LineageOptions.Section);
        services.TryAddSingleton(TimeProvider.System);
        services.AddHttpClient(LineageDelivery.HttpClientName, http => http.Timeout = s_timeout);
        services.AddSingleton<LineageFolder>();
        services.AddSingleton<SecretMask>();
        services.AddSingleton<LineageEmitter>();
        services.AddHostedService<LineageDelivery>();
    }
}
