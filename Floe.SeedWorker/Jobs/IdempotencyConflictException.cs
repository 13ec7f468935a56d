namespace Floe.SeedWorker.Jobs;

/// <summary>Somebody used an idempotency key again for something else.</summary>
public sealed class IdempotencyConflictException(string key, string job)
    : Exception($"The Idempotency-Key '{key}' was used before for a run of '{job}' with other parameters; use another key for another request.");
