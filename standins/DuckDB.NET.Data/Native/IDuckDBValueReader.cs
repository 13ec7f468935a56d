namespace DuckDB.NET.Native;

/// <summary>One argument of a table function call. Ask <see cref="IsNull"/> before <see cref="GetValue{T}"/>.</summary>
public interface IDuckDBValueReader
{
    bool IsNull();

    /// <exception cref="InvalidCastException">The argument is NULL or cannot be read as <typeparamref name="T"/>.</exception>
    T GetValue<T>();
}
