namespace Floe.SeedWorker.Transform;

/// <summary>The models were built and their tests say that they are wrong; nothing was landed.</summary>
public sealed class TransformException(string message) : Exception(message);
