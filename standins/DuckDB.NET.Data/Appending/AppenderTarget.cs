using DuckDB.NET.Data.Vectors.Writing;
using DuckDB.NET.Native;
using DuckDB.NET.Native.Interop;

namespace DuckDB.NET.Data.Appending;

/// <summary>The native side of an appender: a data chunk of the table's columns that is handed over when it is full.</summary>
internal sealed unsafe class AppenderTarget : IDisposable
{
    private readonly NativeAppender appender;
    private nint chunk;

    private AppenderTarget(NativeAppender appender, string table)
    {
        this.appender = appender;
        Table = table;
        var types = new nint[Libduckdb.AppenderColumnCount(appender)];
        Columns = new VectorWriter[types.Length];
        try
        {
            for (var i = 0; i < types.Length; i++)
            {
                types[i] = Libduckdb.AppenderColumnType(appender, (ulong)i);
                Columns[i] = VectorWriters.Create(types[i]);
            }
            fixed (nint* first = types)
                chunk = Libduckdb.CreateDataChunk(first, (ulong)types.Length);
        }
        finally
        {
            for (var i = 0; i < types.Length && types[i] != 0; i++)
                Libduckdb.DestroyLogicalType(ref types[i]);
        }
        Capacity = Libduckdb.VectorSize();
        LoadVectors();
    }

    public string Table { get; }

    public VectorWriter[] Columns { get; }

    public ulong Capacity { get; }

    public static AppenderTarget Open(DuckDBNativeConnection connection, string? catalog, string? schema, string table)
    {
        var status = Libduckdb.AppenderCreate(connection, catalog, schema, table, out var pointer);
        if (status != Libduckdb.Success)
        {
            var error = Error(pointer);
            Libduckdb.AppenderDestroy(ref pointer);
            throw error;
        }
        var appender = new NativeAppender(pointer);
        try
        {
            return new AppenderTarget(appender, table);
        }
        catch
        {
            appender.Dispose();
            throw;
        }
    }

    public void WriteDefault(int column, ulong row) => Check(Libduckdb.AppendDefaultToChunk(appender, chunk, (ulong)column, row));

    /// <summary>Hands the first <paramref name="rows"/> rows to DuckDB and starts the chunk anew.</summary>
    public void Send(ulong rows)
    {
        Libduckdb.SetDataChunkSize(chunk, rows);
        var status = Libduckdb.AppendDataChunk(appender, chunk);
        Restart();
        Check(status);
    }

    public void Flush() => Check(Libduckdb.AppenderFlush(appender));

    /// <summary>Drops everything that was not flushed.</summary>
    public void Clear()
    {
        Restart();
        Check(Libduckdb.AppenderClear(appender.DangerousGetHandle()));
    }

    public void Dispose()
    {
        if (chunk != 0)
            Libduckdb.DestroyDataChunk(ref chunk);
        chunk = 0;
        appender.Dispose();
    }

    private void Restart()
    {
        Libduckdb.ResetDataChunk(chunk);
        LoadVectors();
    }

    private void LoadVectors()
    {
        for (var i = 0; i < Columns.Length; i++)
            Columns[i].Load(Libduckdb.GetVector(chunk, (ulong)i));
    }

    private void Check(int status)
    {
        if (status != Libduckdb.Success)
            throw Error(appender.DangerousGetHandle());
    }

    private static DuckDBException Error(nint appender)
    {
        var data = Libduckdb.AppenderErrorData(appender);
        try
        {
            return new DuckDBException(NativeText.Borrowed(Libduckdb.ErrorDataMessage(data)), Libduckdb.ErrorDataType(data));
        }
        finally
        {
            Libduckdb.DestroyErrorData(ref data);
        }
    }
}
