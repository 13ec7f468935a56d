namespace Floe.CubeProxy.Snapshots;

/// <summary>A table that the model names has no data. The message names it and says what to do.</summary>
public sealed class TableUnavailableException(string message, Exception? inner = null) : Exception(message, inner);
