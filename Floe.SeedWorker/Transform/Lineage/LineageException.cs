namespace Floe.SeedWorker.Transform.Lineage;

/// <summary>A query has something of which it is not known which columns it takes from where; nothing is guessed.</summary>
public sealed class LineageException(string message) : Exception(message);
