using System.Data.Common;
using Microsoft.Extensions.Configuration;

namespace Floe.ServiceDefaults.Configuration;

/// <summary>A connection string as <c>Key=value;Key=value</c>, read with errors that name the key and, but for addresses, never the value.</summary>
public sealed class ConnectionString
{
    private readonly string _name;
    private readonly DbConnectionStringBuilder _parts;

    private ConnectionString(string name, DbConnectionStringBuilder parts) => (_name, _parts) = (name, parts);

    /// <summary>Reads <c>ConnectionStrings:{name}</c>.</summary>
    /// <exception cref="ConfigurationException">It is missing or not of the form <c>Key=value;Key=value</c>.</exception>
    public static ConnectionString Read(IConfiguration configuration, string name)
    {
        var text = configuration.GetConnectionString(name);
        if (string.IsNullOrWhiteSpace(text))
            throw new ConfigurationException($"ConnectionStrings:{name} is missing; the AppHost sets it, alone set the environment variable ConnectionStrings__{name}.");
        try
        {
            return new(name, new DbConnectionStringBuilder { ConnectionString = text });
        }
        catch (ArgumentException)
        {
            throw new ConfigurationException($"ConnectionStrings:{name} cannot be read; it must have the form Key=value;Key=value.");
        }
    }

    /// <summary>The value of a key that must be there.</summary>
    /// <exception cref="ConfigurationException">The key is missing or empty.</exception>
    public string Required(string key) => Optional(key) ?? throw new ConfigurationException($"ConnectionStrings:{_name} has no '{key}'; add {key}=... to it.");

    /// <summary>The value of a key, or null.</summary>
    public string? Optional(string key) => _parts.TryGetValue(key, out var value) && value.ToString() is { Length: > 0 } text ? text : null;

    /// <summary>The value of a key that must be an absolute http or https address.</summary>
    /// <exception cref="ConfigurationException">The key is missing or no such address.</exception>
    public Uri RequiredUri(string key)
    {
        var text = Required(key);
        return Uri.TryCreate(text, UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https"
            ? uri!
            : throw new ConfigurationException($"ConnectionStrings:{_name} has {key}={text}, which is not an absolute http or https address; write it as http://host:port.");
    }
}
