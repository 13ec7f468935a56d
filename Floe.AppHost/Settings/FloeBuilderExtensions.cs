using Floe.AppHost.Settings;
using Microsoft.Extensions.DependencyInjection;

namespace Aspire.Hosting;

/// <summary>Decides once, for all integrations, where services come from.</summary>
public static class FloeBuilderExtensions
{
    /// <summary>Checks the settings under <c>Floe:</c>, chooses containers or embedded services and claims the data directory.</summary>
    /// <exception cref="DistributedApplicationException">A setting is unknown or wrong, or the data directory cannot be used.</exception>
    public static IDistributedApplicationBuilder AddFloe(this IDistributedApplicationBuilder builder)
    {
        var settings = FloeSettings.Read(builder.Configuration);
        var (containers, why) = Choose(builder, settings);
        var data = containers ? null : settings.DataDirectory is { } path
            ? DataDirectory.Claim(path)
            : DataDirectory.ClaimFirstFree(Path.GetFullPath(Path.Combine(builder.AppHostDirectory, "..", ".floe")));
        var stack = new FloeStack(settings, containers, why, data);
        builder.Services.AddSingleton(stack);
        if (data is not null)
        {
            // The container disposes what its factories made, and a factory runs when somebody asks: so the claim ends with the application.
            builder.Services.AddSingleton(_ => data);
            builder.Eventing.Subscribe<BeforeStartEvent>((start, _) =>
            {
                start.Services.GetRequiredService<DataDirectory>();
                return Task.CompletedTask;
            });
        }
        return builder;
    }

    /// <summary>What <see cref="AddFloe"/> decided.</summary>
    /// <exception cref="InvalidOperationException"><see cref="AddFloe"/> was not called first.</exception>
    public static FloeStack GetFloeStack(this IDistributedApplicationBuilder builder) =>
        builder.Services.LastOrDefault(service => service.ServiceType == typeof(FloeStack))?.ImplementationInstance as FloeStack
        ?? throw new InvalidOperationException("Call builder.AddFloe() before adding Floe's services.");

    private static (bool Containers, string Why) Choose(IDistributedApplicationBuilder builder, FloeSettings settings)
    {
        if (builder.ExecutionContext.IsPublishMode)
            return (true, "publishing always describes containers");
        if (settings.Services == ServiceChoice.Embedded)
            return (false, "Floe:Services is embedded");
        var (runtime, why) = ContainerRuntime.Find(builder.Configuration["ASPIRE_CONTAINER_RUNTIME"]);
        if (settings.Services == ServiceChoice.Containers && runtime is null)
            throw new DistributedApplicationException($"Floe:Services is containers, but {why}; start Docker or Podman, or run with --Floe:Services=embedded.");
        return (runtime is not null, why);
    }
}
