using Floe.SeedWorker.Transform.Templates;

namespace Floe.SeedWorker.Transform.Project;

/// <summary>A test: a query that must give no rows.</summary>
/// <param name="Name">For people: <c>unique stg_orders.order_id</c>, or the file's name of a test of its own.</param>
/// <param name="File">Where it is declared.</param>
/// <param name="Line">The line.</param>
internal abstract record DbtTest(string Name, string File, int Line)
{
    /// <summary>Name as dbt gives them, for artifacts and selection.</summary>
    public abstract string NodeName { get; }

    /// <summary>The models that it asks.</summary>
    public abstract IReadOnlyCollection<string> Models { get; }

    /// <summary>The sources' tables that it asks.</summary>
    public abstract IReadOnlyCollection<(string Source, string Table)> Sources { get; }
}

/// <summary>A test declared on a column.</summary>
internal sealed record ColumnTest(
    string Kind, string? Model, DbtSource? Source, string Column, IReadOnlyList<string> Values, string? ToModel, string? Field, string File, int Line)
    : DbtTest($"{Kind} {Model ?? $"{Source!.Source}.{Source.Table}"}.{Column}", File, Line)
{
    public override string NodeName => (Source is null ? $"{Kind}_{Model}_{Column}" : $"source_{Kind}_{Source.Source}_{Source.Table}_{Column}")
        + (ToModel is null ? "" : $"__{Field}__ref_{ToModel}_");

    public override IReadOnlyCollection<string> Models => Model is null ? [] : ToModel is null || ToModel == Model ? [Model] : [Model, ToModel];

    public override IReadOnlyCollection<(string Source, string Table)> Sources => Source is null ? [] : [(Source.Source, Source.Table)];
}

/// <summary>A test with its own SQL.</summary>
internal sealed record SingularTest(string TestName, Template Template, string TestFile) : DbtTest(TestName, TestFile, 1)
{
    public override string NodeName => TestName;

    public override IReadOnlyCollection<string> Models => [.. Template.Refs.Keys];

    public override IReadOnlyCollection<(string Source, string Table)> Sources => [.. Template.Sources.Keys];
}
