using System.Reflection;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Configuration.EnvironmentVariables;
using Microsoft.Extensions.Configuration.Json;

namespace Aspire.Hosting.Secrets;

/// <summary>Adds the user secrets to the configuration.</summary>
internal static class UserSecretsSource
{
    /// <summary>
    /// The host reads user secrets in Development only, but a generated password must be found again in every environment.
    /// They come before the environment variables and the arguments, which a user gives on purpose.
    /// </summary>
    public static void AddInEveryEnvironment(ConfigurationManager configuration, Assembly assembly)
    {
        IList<IConfigurationSource> sources = configuration.Sources;
        if (sources.OfType<JsonConfigurationSource>().Any(s => s.Path == "secrets.json")) return;
        var added = new ConfigurationBuilder().AddUserSecrets(assembly, optional: true).Sources;
        var variables = sources.OfType<EnvironmentVariablesConfigurationSource>().LastOrDefault(s => string.IsNullOrEmpty(s.Prefix));
        var at = variables is null ? sources.Count : sources.IndexOf(variables);
        foreach (var source in added) sources.Insert(at++, source);
    }
}
