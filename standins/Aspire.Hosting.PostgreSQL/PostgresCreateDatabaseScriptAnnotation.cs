using Aspire.Hosting.ApplicationModel;

namespace Aspire.Hosting;

/// <summary>The statement that creates a database.</summary>
internal sealed record PostgresCreateDatabaseScriptAnnotation(string Script) : IResourceAnnotation;
