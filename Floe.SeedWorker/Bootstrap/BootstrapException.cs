namespace Floe.SeedWorker.Bootstrap;

/// <summary>The lakehouse cannot be set up, and trying again will not help: one sentence with what is wrong and what to do.</summary>
public sealed class BootstrapException(string message, Exception? inner = null) : Exception(message, inner);
