using Floe.SeedWorker.Transform.Templates;

namespace Floe.SeedWorker.Transform.Project;

/// <summary>How a model is kept in the database.</summary>
public enum Materialization
{
    /// <summary>A view.</summary>
    View,

    /// <summary>A table, built anew in every run.</summary>
    Table,
}

/// <summary>A model: one SQL file that gives one relation.</summary>
public sealed class DbtModel
{
    internal DbtModel(string name, string file, Template template, Materialization materialized, string? landing)
    {
        Name = name;
        File = file;
        Template = template;
        Materialized = materialized;
        IcebergNamespace = landing;
    }

    /// <summary>Name, unique in the project.</summary>
    public string Name { get; }

    /// <summary>Path inside the project.</summary>
    public string File { get; }

    /// <summary>How it is kept.</summary>
    public Materialization Materialized { get; }

    /// <summary>Namespace of the Iceberg table that it is landed in (<c>meta.iceberg_namespace</c>), or null when it is not landed.</summary>
    public string? IcebergNamespace { get; }

    /// <summary>The models that it reads.</summary>
    public IEnumerable<string> DependsOn => Template.Refs.Keys;

    internal Template Template { get; }
}

/// <summary>A table that the models read and that others write.</summary>
/// <param name="Source">Name of the source.</param>
/// <param name="Table">Name of the table.</param>
/// <param name="Schema">Schema of the database that has it.</param>
/// <param name="Identifier">Its name there.</param>
public sealed record DbtSource(string Source, string Table, string Schema, string Identifier);

/// <summary>A test: a query that must give no rows.</summary>
/// <param name="Name">For people: <c>unique stg_orders.order_id</c>, or the file's name of a test of its own.</param>
/// <param name="File">Where it is declared.</param>
/// <param name="Line">The line.</param>
internal abstract record DbtTest(string Name, string File, int Line);

/// <summary>A test declared on a column.</summary>
internal sealed record ColumnTest(
    string Kind, string? Model, DbtSource? Source, string Column, IReadOnlyList<string> Values, string? ToModel, string? Field, string File, int Line)
    : DbtTest($"{Kind} {Model ?? $"{Source!.Source}.{Source.Table}"}.{Column}", File, Line);

/// <summary>A test with its own SQL.</summary>
internal sealed record SingularTest(string TestName, Template Template, string TestFile) : DbtTest(TestName, TestFile, 1);
