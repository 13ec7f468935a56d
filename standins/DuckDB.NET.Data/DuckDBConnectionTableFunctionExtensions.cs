using System.Linq.Expressions;
using DuckDB.NET.Data.TableFunctions;

namespace DuckDB.NET.Data;

/// <summary>Table functions from a sequence and a projection: each property of the projection is a column.</summary>
public static class DuckDBConnectionTableFunctionExtensions
{
    public static void RegisterTableFunction<TData, TProjection>(
        this DuckDBConnection connection, string name, Func<IEnumerable<TData>> dataFunc, Expression<Func<TData, TProjection>> projection)
    {
        var rows = new RowProjection<TData, TProjection>(projection);
        connection.RegisterTableFunction(name, () => rows.Over(dataFunc()), rows.Write);
    }

    public static void RegisterTableFunction<T1, TData, TProjection>(
        this DuckDBConnection connection, string name, Func<T1, IEnumerable<TData>> dataFunc, Expression<Func<TData, TProjection>> projection)
    {
        var rows = new RowProjection<TData, TProjection>(projection);
        connection.RegisterTableFunction<T1>(name, a => rows.Over(dataFunc(a[0].GetValue<T1>())), rows.Write);
    }

    public static void RegisterTableFunction<T1, T2, TData, TProjection>(
        this DuckDBConnection connection, string name, Func<T1, T2, IEnumerable<TData>> dataFunc, Expression<Func<TData, TProjection>> projection)
    {
        var rows = new RowProjection<TData, TProjection>(projection);
        connection.RegisterTableFunction<T1, T2>(name, a => rows.Over(dataFunc(a[0].GetValue<T1>(), a[1].GetValue<T2>())), rows.Write);
    }

    public static void RegisterTableFunction<T1, T2, T3, TData, TProjection>(
        this DuckDBConnection connection, string name, Func<T1, T2, T3, IEnumerable<TData>> dataFunc, Expression<Func<TData, TProjection>> projection)
    {
        var rows = new RowProjection<TData, TProjection>(projection);
        connection.RegisterTableFunction<T1, T2, T3>(name, a => rows.Over(dataFunc(a[0].GetValue<T1>(), a[1].GetValue<T2>(), a[2].GetValue<T3>())), rows.Write);
    }

    public static void RegisterTableFunction<T1, T2, T3, T4, TData, TProjection>(
        this DuckDBConnection connection, string name, Func<T1, T2, T3, T4, IEnumerable<TData>> dataFunc, Expression<Func<TData, TProjection>> projection)
    {
        var rows = new RowProjection<TData, TProjection>(projection);
        connection.RegisterTableFunction<T1, T2, T3, T4>(name, a => rows.Over(dataFunc(a[0].GetValue<T1>(), a[1].GetValue<T2>(), a[2].GetValue<T3>(), a[3].GetValue<T4>())), rows.Write);
    }
}
