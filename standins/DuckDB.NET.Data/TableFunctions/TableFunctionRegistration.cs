using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using DuckDB.NET.Data.Commands;
using DuckDB.NET.Data.DataChunk.Writer;
using DuckDB.NET.Native;
using DuckDB.NET.Native.Interop;

namespace DuckDB.NET.Data.TableFunctions;

/// <summary>
/// A registered table function and the callbacks through which DuckDB runs it. No exception leaves a callback: it is
/// handed to DuckDB as the statement's error.
/// </summary>
internal sealed unsafe class TableFunctionRegistration(
    string name,
    Func<IReadOnlyList<IDuckDBValueReader>, TableFunction> resultCallback,
    Action<object?, IDuckDBDataWriter[], ulong> mapperCallback)
{
    public static void Register(
        DuckDBNativeConnection connection,
        string name,
        Func<IReadOnlyList<IDuckDBValueReader>, TableFunction> resultCallback,
        Action<object?, IDuckDBDataWriter[], ulong> mapperCallback,
        ReadOnlySpan<DuckDBType> parameterTypes)
    {
        var function = Libduckdb.CreateTableFunction();
        try
        {
            Libduckdb.SetTableFunctionName(function, name);
            foreach (var parameterType in parameterTypes)
            {
                using var type = new LogicalType(ClrTypes.CreateLogicalType(parameterType));
                Libduckdb.AddTableFunctionParameter(function, type.Pointer);
            }
            // DuckDB frees the handle by Release when it drops the function, whether registering it works or not.
            Libduckdb.SetTableFunctionExtraInfo(function, Keep(new TableFunctionRegistration(name, resultCallback, mapperCallback)), &Release);
            Libduckdb.SetTableFunctionBind(function, &Bind);
            Libduckdb.SetTableFunctionInit(function, &Init);
            Libduckdb.SetTableFunctionMain(function, &Main);
            if (Libduckdb.RegisterTableFunction(connection, function) != Libduckdb.Success)
                throw new InvalidOperationException($"The table function {name} could not be registered.");
        }
        finally
        {
            Libduckdb.DestroyTableFunction(ref function);
        }
    }

    private static nint Keep(object target) => GCHandle.ToIntPtr(GCHandle.Alloc(target));

    private static T Kept<T>(nint handle) where T : class => (T)GCHandle.FromIntPtr(handle).Target!;

    [UnmanagedCallersOnly]
    private static void Release(nint handle)
    {
        var kept = GCHandle.FromIntPtr(handle);
        try
        {
            (kept.Target as IDisposable)?.Dispose();
        }
        catch (Exception exception)
        {
            // The statement is over; nobody is left to hear of it but the next error of the same text.
            CallbackErrors.Remember(exception);
        }
        kept.Free();
    }

    [UnmanagedCallersOnly]
    private static void Bind(nint info)
    {
        try
        {
            var registration = Kept<TableFunctionRegistration>(Libduckdb.BindExtraInfo(info));
            registration.Bind(info, out var scan);
            Libduckdb.BindSetData(info, Keep(scan), &Release);
        }
        catch (Exception exception)
        {
            CallbackErrors.Remember(exception);
            Libduckdb.BindSetError(info, exception.Message);
        }
    }

    [UnmanagedCallersOnly]
    private static void Init(nint info)
    {
        try
        {
            var bound = Kept<BoundTableFunction>(Libduckdb.InitBindData(info));
            Libduckdb.InitSetMaxThreads(info, 1);
            Libduckdb.InitSetData(info, Keep(bound.StartScan()), &Release);
        }
        catch (Exception exception)
        {
            CallbackErrors.Remember(exception);
            Libduckdb.InitSetError(info, exception.Message);
        }
    }

    [UnmanagedCallersOnly]
    private static void Main(nint info, nint chunk)
    {
        try
        {
            Kept<TableFunctionScan>(Libduckdb.FunctionInitData(info)).Fill(chunk);
        }
        catch (Exception exception)
        {
            CallbackErrors.Remember(exception);
            Libduckdb.FunctionSetError(info, exception.Message);
        }
    }

    private void Bind(nint info, out BoundTableFunction bound)
    {
        var arguments = new ArgumentReader[Libduckdb.BindParameterCount(info)];
        TableFunction function;
        try
        {
            for (var i = 0; i < arguments.Length; i++)
                arguments[i] = new ArgumentReader(name, i, Libduckdb.BindParameter(info, (ulong)i));
            function = resultCallback(arguments);
        }
        finally
        {
            foreach (var argument in arguments)
                argument?.Dispose();
        }
        foreach (var column in function.Columns)
        {
            using var type = new LogicalType(ClrTypes.CreateLogicalType(column.Type));
            Libduckdb.BindAddColumn(info, column.Name, type.Pointer);
        }
        if (function.Cardinality is { } cardinality)
            Libduckdb.BindSetCardinality(info, cardinality.Value, cardinality.IsExact ? (byte)1 : (byte)0);
        bound = new BoundTableFunction(function, mapperCallback);
    }
}
