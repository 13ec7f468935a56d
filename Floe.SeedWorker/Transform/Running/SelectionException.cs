namespace Floe.SeedWorker.Transform.Running;

/// <summary>A selection of nodes cannot be understood or selects nothing.</summary>
public sealed class SelectionException(string message) : Exception(message);
