namespace Floe.SeedWorker.Jobs;

/// <summary>A run asks for something that this worker will not do however often it tries.</summary>
public sealed class JobRefusedException(string message) : Exception(message);
