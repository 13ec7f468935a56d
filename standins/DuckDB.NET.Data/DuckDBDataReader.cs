using System.Collections;
using System.Data;
using System.Data.Common;
using DuckDB.NET.Data.Commands;
using DuckDB.NET.Data.Readers;
using DuckDB.NET.Data.Vectors.Reading;

namespace DuckDB.NET.Data;

/// <summary>
/// Reads the results of a command's statements, forward only; statements without rows are run and passed over.
/// A reader of a materialised result may be read to its end after its connection is closed.
/// </summary>
public sealed class DuckDBDataReader : DbDataReader
{
    private readonly DuckDBCommand command;
    private readonly StatementRun run;
    private readonly CommandBehavior behavior;
    private readonly DbConnection? connection;
    private ResultRows? rows;
    private bool hasRows;
    private bool closed;

    internal DuckDBDataReader(DuckDBCommand command, StatementRun run, CommandBehavior behavior)
    {
        this.command = command;
        this.run = run;
        this.behavior = behavior;
        connection = command.Connection;
        NextResult();
    }

    public override int FieldCount => Open().rows?.Columns.Length ?? 0;

    /// <summary>-1: a reader does not count changes; ExecuteNonQuery does.</summary>
    public override int RecordsAffected => -1;

    public override bool HasRows => Open().hasRows;

    public override bool IsClosed => closed;

    public override int Depth => 0;

    public override object this[int ordinal] => GetValue(ordinal);

    public override object this[string name] => GetValue(GetOrdinal(name));

    public override bool Read()
    {
        if (Open().rows is not { } current)
            return false;
        return current.TryAdvance() || (command.Guard(current.Fetch) && current.TryAdvance());
    }

    public override bool NextResult()
    {
        Open();
        rows?.Dispose();
        rows = null;
        hasRows = false;
        if (command.Guard(run.NextWithRows) is not { } result)
            return false;
        try
        {
            rows = new ResultRows(result);
            hasRows = command.Guard(rows.Fetch);
            return true;
        }
        catch
        {
            rows = null;
            result.Dispose();
            throw;
        }
    }

    public override void Close()
    {
        if (closed)
            return;
        closed = true;
        rows?.Dispose();
        run.Dispose();
        if (behavior.HasFlag(CommandBehavior.CloseConnection))
            connection?.Close();
    }

    public override bool IsDBNull(int ordinal)
    {
        var (column, row) = Current(ordinal);
        return column.IsNull(row);
    }

    public override object GetValue(int ordinal)
    {
        var (column, row) = Current(ordinal);
        return column.IsNull(row) ? DBNull.Value : column.GetObject(row);
    }

    public override int GetValues(object[] values)
    {
        if (values.Length < FieldCount)
            throw new IndexOutOfRangeException($"The array has {values.Length} places but the row has {FieldCount} fields.");
        for (var i = 0; i < FieldCount; i++)
            values[i] = GetValue(i);
        return FieldCount;
    }

    /// <exception cref="InvalidCastException">The value is NULL and <typeparamref name="T"/> is not nullable, or of another type.</exception>
    public override T GetFieldValue<T>(int ordinal)
    {
        var (column, row) = Current(ordinal);
        if (!column.IsNull(row))
            return ValueAccess.Get<T>(column, row);
        if (default(T) is null && typeof(T).IsValueType)
            return default!;
        return typeof(T) == typeof(object) ? (T)(object)DBNull.Value : throw column.NullValue();
    }

    public override bool GetBoolean(int ordinal) => GetFieldValue<bool>(ordinal);

    public override byte GetByte(int ordinal) => GetFieldValue<byte>(ordinal);

    public override short GetInt16(int ordinal) => GetFieldValue<short>(ordinal);

    public override int GetInt32(int ordinal) => GetFieldValue<int>(ordinal);

    public override long GetInt64(int ordinal) => GetFieldValue<long>(ordinal);

    public override float GetFloat(int ordinal) => GetFieldValue<float>(ordinal);

    public override double GetDouble(int ordinal) => GetFieldValue<double>(ordinal);

    public override decimal GetDecimal(int ordinal) => GetFieldValue<decimal>(ordinal);

    public override string GetString(int ordinal) => GetFieldValue<string>(ordinal);

    public override Guid GetGuid(int ordinal) => GetFieldValue<Guid>(ordinal);

    public override DateTime GetDateTime(int ordinal) => GetFieldValue<DateTime>(ordinal);

    public override Stream GetStream(int ordinal) => GetFieldValue<Stream>(ordinal);

    public override char GetChar(int ordinal) => GetString(ordinal) is [var only] ? only
        : throw new InvalidCastException($"Column '{GetName(ordinal)}' has a text that is not one character long.");

    public override long GetBytes(int ordinal, long dataOffset, byte[]? buffer, int bufferOffset, int length) =>
        throw new NotImplementedException("GetBytes is not there in DuckDB.NET; use GetStream.");

    public override long GetChars(int ordinal, long dataOffset, char[]? buffer, int bufferOffset, int length) =>
        throw new NotImplementedException("GetChars is not there in DuckDB.NET; use GetString.");

    public override string GetName(int ordinal) => Column(ordinal).Column;

    /// <summary>The first column of exactly this name, case included.</summary>
    public override int GetOrdinal(string name)
    {
        var columns = Open().rows?.Columns ?? [];
        for (var i = 0; i < columns.Length; i++)
        {
            if (columns[i].Column == name)
                return i;
        }
        throw new DuckDBException($"Column with name {name} was not found.");
    }

    /// <summary>The name of the type in <see cref="DuckDB.NET.Native.DuckDBType"/>.</summary>
    public override string GetDataTypeName(int ordinal) => Column(ordinal).Type.ToString();

    public override Type GetFieldType(int ordinal) => Column(ordinal).ClrType;

    public override Type GetProviderSpecificFieldType(int ordinal) => Column(ordinal).ClrType;

    public override object GetProviderSpecificValue(int ordinal) => GetValue(ordinal);

    public override DataTable GetSchemaTable() => ResultSchema.Describe(Open().rows?.Columns ?? []);

    public override IEnumerator GetEnumerator() => new DbEnumerator(this, behavior.HasFlag(CommandBehavior.CloseConnection));

    private DuckDBDataReader Open() => closed ? throw new InvalidOperationException("The reader is closed.") : this;

    private VectorReader Column(int ordinal)
    {
        var columns = Open().rows?.Columns ?? [];
        return (uint)ordinal < (uint)columns.Length ? columns[ordinal]
            : throw new IndexOutOfRangeException($"There is no column {ordinal}: the result has {columns.Length} columns, counted from 0.");
    }

    private (VectorReader Column, ulong Row) Current(int ordinal)
    {
        var column = Column(ordinal);
        return rows is { HasCurrent: true } current ? (column, current.Row)
            : throw new InvalidOperationException("No row has been read");
    }
}
