using System.Diagnostics.CodeAnalysis;
using Microsoft.Extensions.Configuration;

namespace Aspire.Hosting;

/// <summary>The AppHost's user secrets file.</summary>
[Experimental("ASPIREUSERSECRETS001")]
public interface IUserSecretsManager
{
    /// <summary>False when the AppHost has no user secrets id.</summary>
    bool IsAvailable { get; }

    string FilePath { get; }

    /// <summary>Writes one value; false when the file is not available.</summary>
    bool TrySetSecret(string name, string value);

    /// <summary>Takes the value from configuration, else from the file, else generates and keeps it.</summary>
    void GetOrSetSecret(IConfigurationManager configuration, string name, Func<string> valueGenerator);
}
