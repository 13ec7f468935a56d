using Floe.SeedWorker.Transform.Templates;

namespace Floe.SeedWorker.Transform.Project;

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
