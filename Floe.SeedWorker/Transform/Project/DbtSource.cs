namespace Floe.SeedWorker.Transform.Project;

/// <summary>A table that the models read and that others write.</summary>
/// <param name="Source">Name of the source.</param>
/// <param name="Table">Name of the table.</param>
/// <param name="Schema">Schema of the database that has it.</param>
/// <param name="Identifier">Its name there.</param>
public sealed record DbtSource(string Source, string Table, string Schema, string Identifier);
