using System.Linq.Expressions;
using System.Reflection;
using DuckDB.NET.Data.DataChunk.Writer;

namespace DuckDB.NET.Data.TableFunctions;

/// <summary>Turns <c>x => new { x.Id, Name = x.Title }</c> into columns and one compiled write per column.</summary>
internal sealed class RowProjection<TData, TProjection>
{
    private static readonly MethodInfo writeValue = typeof(IDuckDBDataWriter).GetMethod(nameof(IDuckDBDataWriter.WriteValue))!;
    private static readonly MethodInfo writeNull = typeof(IDuckDBDataWriter).GetMethod(nameof(IDuckDBDataWriter.WriteNull))!;

    private readonly IReadOnlyList<ColumnInfo> columns;
    private readonly Action<TData, IDuckDBDataWriter, ulong>[] writes;

    public RowProjection(Expression<Func<TData, TProjection>> projection)
    {
        var members = Members(projection);
        columns = [.. members.Select(member => new ColumnInfo(member.Name, Nullable.GetUnderlyingType(member.Value.Type) ?? member.Value.Type))];
        writes = [.. members.Select(member => Compile(projection.Parameters[0], member.Value))];
    }

    public TableFunction Over(IEnumerable<TData> data) => new(columns, data);

    public void Write(object? row, IDuckDBDataWriter[] writers, ulong rowIndex)
    {
        for (var i = 0; i < writes.Length; i++)
            writes[i]((TData)row!, writers[i], rowIndex);
    }

    private static (string Name, Expression Value)[] Members(Expression<Func<TData, TProjection>> projection) => projection.Body switch
    {
        NewExpression { Members: { } members } created => [.. members.Zip(created.Arguments, (member, value) => (member.Name, value))],
        MemberInitExpression { NewExpression.Arguments.Count: 0 } init when init.Bindings.All(binding => binding is MemberAssignment) =>
            [.. init.Bindings.Cast<MemberAssignment>().Select(binding => (binding.Member.Name, binding.Expression))],
        MemberExpression member => [(member.Member.Name, member)],
        var body => throw new ArgumentException($"The projection {body} is not understood: write x => new {{ x.A, B = x.C }}.", nameof(projection)),
    };

    private static Action<TData, IDuckDBDataWriter, ulong> Compile(ParameterExpression row, Expression value)
    {
        var writer = Expression.Parameter(typeof(IDuckDBDataWriter));
        var index = Expression.Parameter(typeof(ulong));
        Expression write;
        if (Nullable.GetUnderlyingType(value.Type) is { } underlying)
        {
            var local = Expression.Variable(value.Type);
            write = Expression.Block([local],
                Expression.Assign(local, value),
                Expression.IfThenElse(
                    Expression.Property(local, nameof(Nullable<int>.HasValue)),
                    Expression.Call(writer, writeValue.MakeGenericMethod(underlying), Expression.Property(local, nameof(Nullable<int>.Value)), index),
                    Expression.Call(writer, writeNull, index)));
        }
        else
        {
            write = Expression.Call(writer, writeValue.MakeGenericMethod(value.Type), value, index);
        }
        return Expression.Lambda<Action<TData, IDuckDBDataWriter, ulong>>(write, row, writer, index).Compile();
    }
}
