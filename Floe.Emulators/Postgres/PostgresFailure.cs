namespace Floe.Emulators.Postgres;

/// <summary>Why PostgreSQL does not run, in one sentence for the user.</summary>
internal sealed class PostgresFailure(string sentence, Exception? innerException = null) : Exception(sentence, innerException);
