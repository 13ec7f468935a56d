using DuckDB.NET.Data.DataChunk.Writer;
using DuckDB.NET.Data.TableFunctions;
using DuckDB.NET.Native;

namespace DuckDB.NET.Data;

public partial class DuckDBConnection
{
    /// <summary>
    /// Registers a table function for all connections to this database. The result callback runs at each bind, its data is
    /// enumerated once per scan, and the mapper writes every column of a row. A name that is registered stays as it is.
    /// </summary>
    public void RegisterTableFunction(string name, Func<TableFunction> resultCallback, Action<object?, IDuckDBDataWriter[], ulong> mapperCallback) =>
        RegisterTableFunction(name, _ => resultCallback(), mapperCallback, []);

    /// <inheritdoc cref="RegisterTableFunction(string, Func{TableFunction}, Action{object?, IDuckDBDataWriter[], ulong})"/>
    public void RegisterTableFunction(
        string name,
        Func<IReadOnlyList<IDuckDBValueReader>, TableFunction> resultCallback,
        Action<object?, IDuckDBDataWriter[], ulong> mapperCallback,
        params DuckDBType[] parameterTypes) =>
        TableFunctionRegistration.Register(Required(nameof(RegisterTableFunction)), name, resultCallback, mapperCallback, parameterTypes);

    /// <inheritdoc cref="RegisterTableFunction(string, Func{TableFunction}, Action{object?, IDuckDBDataWriter[], ulong})"/>
    public void RegisterTableFunction<T1>(
        string name,
        Func<IReadOnlyList<IDuckDBValueReader>, TableFunction> resultCallback,
        Action<object?, IDuckDBDataWriter[], ulong> mapperCallback) =>
        RegisterTableFunction(name, resultCallback, mapperCallback, ClrTypes.Map(typeof(T1)));

    /// <inheritdoc cref="RegisterTableFunction(string, Func{TableFunction}, Action{object?, IDuckDBDataWriter[], ulong})"/>
    public void RegisterTableFunction<T1, T2>(
        string name,
        Func<IReadOnlyList<IDuckDBValueReader>, TableFunction> resultCallback,
        Action<object?, IDuckDBDataWriter[], ulong> mapperCallback) =>
        RegisterTableFunction(name, resultCallback, mapperCallback, ClrTypes.Map(typeof(T1)), ClrTypes.Map(typeof(T2)));

    /// <inheritdoc cref="RegisterTableFunction(string, Func{TableFunction}, Action{object?, IDuckDBDataWriter[], ulong})"/>
    public void RegisterTableFunction<T1, T2, T3>(
        string name,
        Func<IReadOnlyList<IDuckDBValueReader>, TableFunction> resultCallback,
        Action<object?, IDuckDBDataWriter[], ulong> mapperCallback) =>
        RegisterTableFunction(name, resultCallback, mapperCallback, ClrTypes.Map(typeof(T1)), ClrTypes.Map(typeof(T2)), ClrTypes.Map(typeof(T3)));

    /// <inheritdoc cref="RegisterTableFunction(string, Func{TableFunction}, Action{object?, IDuckDBDataWriter[], ulong})"/>
    public void RegisterTableFunction<T1, T2, T3, T4>(
        string name,
        Func<IReadOnlyList<IDuckDBValueReader>, TableFunction> resultCallback,
        Action<object?, IDuckDBDataWriter[], ulong> mapperCallback) =>
        RegisterTableFunction(name, resultCallback, mapperCallback, ClrTypes.Map(typeof(T1)), ClrTypes.Map(typeof(T2)), ClrTypes.Map(typeof(T3)), ClrTypes.Map(typeof(T4)));

    /// <inheritdoc cref="RegisterTableFunction(string, Func{TableFunction}, Action{object?, IDuckDBDataWriter[], ulong})"/>
    public void RegisterTableFunction<T1, T2, T3, T4, T5>(
        string name,
        Func<IReadOnlyList<IDuckDBValueReader>, TableFunction> resultCallback,
        Action<object?, IDuckDBDataWriter[], ulong> mapperCallback) =>
        RegisterTableFunction(name, resultCallback, mapperCallback, ClrTypes.Map(typeof(T1)), ClrTypes.Map(typeof(T2)), ClrTypes.Map(typeof(T3)), ClrTypes.Map(typeof(T4)), ClrTypes.Map(typeof(T5)));

    /// <inheritdoc cref="RegisterTableFunction(string, Func{TableFunction}, Action{object?, IDuckDBDataWriter[], ulong})"/>
    public void RegisterTableFunction<T1, T2, T3, T4, T5, T6>(
        string name,
        Func<IReadOnlyList<IDuckDBValueReader>, TableFunction> resultCallback,
        Action<object?, IDuckDBDataWriter[], ulong> mapperCallback) =>
        RegisterTableFunction(name, resultCallback, mapperCallback, ClrTypes.Map(typeof(T1)), ClrTypes.Map(typeof(T2)), ClrTypes.Map(typeof(T3)), ClrTypes.Map(typeof(T4)), ClrTypes.Map(typeof(T5)), ClrTypes.Map(typeof(T6)));

    /// <inheritdoc cref="RegisterTableFunction(string, Func{TableFunction}, Action{object?, IDuckDBDataWriter[], ulong})"/>
    public void RegisterTableFunction<T1, T2, T3, T4, T5, T6, T7>(
        string name,
        Func<IReadOnlyList<IDuckDBValueReader>, TableFunction> resultCallback,
        Action<object?, IDuckDBDataWriter[], ulong> mapperCallback) =>
        RegisterTableFunction(name, resultCallback, mapperCallback, ClrTypes.Map(typeof(T1)), ClrTypes.Map(typeof(T2)), ClrTypes.Map(typeof(T3)), ClrTypes.Map(typeof(T4)), ClrTypes.Map(typeof(T5)), ClrTypes.Map(typeof(T6)), ClrTypes.Map(typeof(T7)));

    /// <inheritdoc cref="RegisterTableFunction(string, Func{TableFunction}, Action{object?, IDuckDBDataWriter[], ulong})"/>
    public void RegisterTableFunction<T1, T2, T3, T4, T5, T6, T7, T8>(
        string name,
        Func<IReadOnlyList<IDuckDBValueReader>, TableFunction> resultCallback,
        Action<object?, IDuckDBDataWriter[], ulong> mapperCallback) =>
        RegisterTableFunction(name, resultCallback, mapperCallback, ClrTypes.Map(typeof(T1)), ClrTypes.Map(typeof(T2)), ClrTypes.Map(typeof(T3)), ClrTypes.Map(typeof(T4)), ClrTypes.Map(typeof(T5)), ClrTypes.Map(typeof(T6)), ClrTypes.Map(typeof(T7)), ClrTypes.Map(typeof(T8)));
}
