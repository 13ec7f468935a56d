namespace Floe.ServiceDefaults.Configuration;

/// <summary>A setting breaks a rule. The message is one sentence with key, value (unless secret), rule and remedy, ready to show.</summary>
public sealed class ConfigurationException(string message) : Exception(message);
