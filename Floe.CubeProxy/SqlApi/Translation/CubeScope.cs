using Floe.CubeProxy.Model;
using Floe.CubeProxy.Security;
using Floe.CubeProxy.SqlApi.Syntax;

namespace Floe.CubeProxy.SqlApi.Translation;

/// <summary>A cube or view under the name that the statement gives it, with the columns that it has there.</summary>
internal sealed record CubeTable(string Name, IReadOnlyList<(string Name, Member Member)> Columns);

/// <summary>The cubes that a SELECT reads: finds columns by name, whatever their case.</summary>
internal sealed class CubeScope(IReadOnlyList<CubeTable> tables, SecurityContext caller)
{
    public const string JoinField = "__cubeJoinField";

    public IReadOnlyList<CubeTable> Tables { get; } = tables;

    /// <exception cref="SqlError">There is no such cube, or the name is meant by several.</exception>
    public static Cube FindCube(SemanticModel model, string name, int position)
    {
        var found = model.Cubes.Where(cube => cube.IsPublic && cube.Name.Equals(name, StringComparison.OrdinalIgnoreCase)).ToList();
        return found.Find(cube => cube.Name == name) ?? found switch
        {
            [var one] => one,
            [] => throw new SqlError(SqlStates.UndefinedTable, $"There is no cube or view '{name}'.", position),
            _ => throw new SqlError(SqlStates.AmbiguousColumn, $"'{name}' may be {string.Join(" or ", found.Select(cube => cube.Name))}; write it in quotes.", position),
        };
    }

    /// <summary>All that may be asked for; what the caller's policies hide is refused when it is.</summary>
    public static CubeTable TableOf(Cube cube, string alias) =>
        new(alias, [.. cube.Dimensions.Concat<Member>(cube.Measures).Concat(cube.Segments).Where(member => member.IsPublic).Select(member => (member.Name, member))]);

    /// <summary>The columns of <c>*</c>: dimensions and measures that the caller may see.</summary>
    public IEnumerable<(Column Column, Member Member)> Expand(Star star)
    {
        var from = star.Qualifier is null ? Tables : [FindTable(star.Qualifier, star.Position)];
        return from.SelectMany(table => table.Columns.Where(column => column.Member is not Segment && AccessRules.MaySee(column.Member, caller)).Select(column => (new Column(table.Name, column.Name, star.Position), column.Member)));
    }

    public Member Find(Column column)
    {
        var tables = column.Qualifier is null ? Tables : [FindTable(column.Qualifier, column.Position)];
        var found = tables.SelectMany(table => table.Columns).Where(known => known.Name.Equals(column.Name, StringComparison.OrdinalIgnoreCase)).Select(known => known.Member).Distinct().ToList();
        if (found.Count > 1 && found.FindAll(member => member.Name == column.Name) is [var exact]) return exact;
        return found switch
        {
            [var one] => one,
            [] when column.Name.StartsWith("__", StringComparison.Ordinal) => throw SqlError.Unsupported($"The column '{column.Name}' is supported only in a join's condition ON a.{JoinField} = b.{JoinField}.", column.Position),
            [] => throw new SqlError(SqlStates.UndefinedColumn, $"There is no column '{column.Shown}' in {string.Join(", ", Tables.Select(table => table.Name))}.", column.Position),
            _ => throw new SqlError(SqlStates.AmbiguousColumn, $"The column '{column.Name}' is in several tables; write {string.Join(" or ", tables.Where(table => table.Columns.Any(known => found.Contains(known.Member))).Select(table => $"{table.Name}.{column.Name}"))}.", column.Position),
        };
    }

    /// <summary>One that the caller may see, for what needs some dimension; null: there is none.</summary>
    public Dimension? AnyDimension => Tables.SelectMany(table => table.Columns).Select(column => column.Member).OfType<Dimension>().FirstOrDefault(dimension => AccessRules.MaySee(dimension, caller));

    /// <summary>Null when the name is no column.</summary>
    public Member? TryFind(Column column) =>
        (column.Qualifier is null ? Tables : Tables.Where(table => table.Name.Equals(column.Qualifier, StringComparison.OrdinalIgnoreCase)))
            .SelectMany(table => table.Columns).FirstOrDefault(known => known.Name.Equals(column.Name, StringComparison.OrdinalIgnoreCase)).Member;

    public CubeTable FindTable(string name, int position) =>
        Tables.FirstOrDefault(table => table.Name.Equals(name, StringComparison.OrdinalIgnoreCase)) ?? throw new SqlError(SqlStates.UndefinedTable, $"There is no table '{name}' in FROM.", position);

    public static SqlType TypeOf(Member member) => member switch
    {
        Measure measure when Underlying(measure).Type is MeasureType.Count or MeasureType.CountDistinct or MeasureType.CountDistinctApprox => SqlType.Int8,
        _ => member.ApiType switch { "number" => SqlType.Numeric, "time" => SqlType.Timestamp, "boolean" => SqlType.Bool, _ => SqlType.Text },
    };

    /// <summary>The measure of a cube that a view's measure stands for.</summary>
    public static Measure Underlying(Measure measure)
    {
        while (measure.Original is { } original) measure = original;
        return measure;
    }
}
