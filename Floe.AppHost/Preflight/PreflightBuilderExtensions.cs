using Aspire.Hosting.Pipelines;
using Floe.AppHost.Preflight;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Aspire.Hosting;

/// <summary>The step <c>preflight</c>.</summary>
internal static class PreflightBuilderExtensions
{
    /// <summary>Name of the step.</summary>
    public const string Step = "preflight";

    private const int ConfigurationExitCode = 2;

    /// <summary>Adds the step: every result is a line with its remedy; the report is written as <c>preflight.json</c> into the output folder.</summary>
    public static void AddPreflight(this IDistributedApplicationBuilder builder) => builder.Pipeline.AddStep(new PipelineStep
    {
        Name = Step,
        Description = "Checks compute, storage, catalog, PostgreSQL and cluster before a deployment",
        Action = context => RunAsync(context, builder.Configuration),
    });

    private static async Task RunAsync(PipelineStepContext context, IConfiguration configuration)
    {
        PreflightConfig config;
        bool json;
        try
        {
            (config, json) = PreflightSettings.Read(configuration);
        }
        catch (PreflightConfigurationException)
        {
            // The pipeline ends with 1 whatever failed; the contract keeps 2 for this.
            context.Services.GetRequiredService<IHostApplicationLifetime>().ApplicationStopped.Register(() => Environment.ExitCode = ConfigurationExitCode);
            throw;
        }

        var report = await new PreflightRunner(config, Credentials.FromEnvironment, TimeProvider.System).RunAsync(context.CancellationToken);
        foreach (var check in report.Checks)
            context.Logger.Log(check.Status switch { PreflightStatus.Error => LogLevel.Error, PreflightStatus.Warning => LogLevel.Warning, _ => LogLevel.Information }, "{Check}", check);
        var folder = context.Services.GetRequiredService<IPipelineOutputService>().GetOutputDirectory();
        Directory.CreateDirectory(folder);
        var file = Path.Combine(folder, "preflight.json");
        await File.WriteAllTextAsync(file, report.ToJson(), context.CancellationToken);
        context.Logger.LogInformation("The report is in '{File}'", file);
        if (json)
            await Console.Out.WriteAsync(report.ToJson());
        if (report.ExitCode != 0)
            throw new DistributedApplicationException($"{report.Checks.Count(c => c.Status == PreflightStatus.Error)} of {report.Checks.Count} checks failed; each line above says what to do.");
    }
}
