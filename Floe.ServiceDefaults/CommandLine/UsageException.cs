namespace Floe.ServiceDefaults.CommandLine;

/// <summary>The command line breaks a rule. The message is one sentence with the argument, the rule and the remedy.</summary>
public sealed class UsageException(string message) : Exception(message);
