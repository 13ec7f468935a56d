using Floe.ServiceDefaults.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Microsoft.Extensions.Hosting;

/// <summary>Runs a service so that a bad setting ends in one sentence and an exit code, not in a stack trace.</summary>
public static class ServiceRunner
{
    /// <summary>Exit code for settings that break a rule (sysexits.h, EX_CONFIG).</summary>
    public const int ConfigurationError = 78;

    /// <summary>Runs <paramref name="host"/> to its end.</summary>
    /// <returns>0, or <see cref="ConfigurationError"/> when a setting breaks a rule; the sentence is on standard error.</returns>
    public static async Task<int> RunServiceAsync(this IHost host, CancellationToken cancellationToken = default)
    {
        try
        {
            // Before the host starts: it would log the same failure with a stack trace.
            host.Services.GetService<IStartupValidator>()?.Validate();
            await host.RunAsync(cancellationToken);
            return Environment.ExitCode;
        }
        catch (Exception e) when (Explain(e) is { } sentence)
        {
            await Console.Error.WriteLineAsync(sentence);
            return ConfigurationError;
        }
    }

    private static string? Explain(Exception e) => e switch
    {
        OptionsValidationException invalid => string.Join(Environment.NewLine, invalid.Failures.Distinct()),
        ConfigurationException => e.Message,
        // Several sections at once: explained only when each of them is.
        AggregateException several when several.InnerExceptions.Select(Explain).ToList() is var sentences && !sentences.Contains(null) =>
            string.Join(Environment.NewLine, sentences.Distinct()),
        _ => null,
    };
}
