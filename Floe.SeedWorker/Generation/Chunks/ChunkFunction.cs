using System.Globalization;
using System.Runtime.InteropServices;
using DuckDB.NET.Data;
using Floe.Lakehouse.Contract;

namespace Floe.SeedWorker.Generation.Chunks;

/// <summary>
/// A table of the contract as a DuckDB table function over a range of rows, <c>name(from, to)</c>, filled a chunk at a time on one thread.
/// No exception leaves a callback: it becomes the statement's error.
/// </summary>
internal sealed unsafe class ChunkFunction
{
    private readonly TableContract _table;
    private readonly Func<long, long, IChunkSource> _start;
    private readonly Action<int>? _made;

    private ChunkFunction(TableContract table, Func<long, long, IChunkSource> start, Action<int>? made) => (_table, _start, _made) = (table, start, made);

    /// <summary>Registers the function for all connections to the connection's database. A name that is taken stays as it is.</summary>
    /// <param name="db">An open connection.</param>
    /// <param name="name">The function's name.</param>
    /// <param name="table">Gives the columns.</param>
    /// <param name="start">Starts a pass over the rows of a range.</param>
    /// <param name="made">Is told the number of rows of every chunk.</param>
    public static void Register(DuckDBConnection db, string name, TableContract table, Func<long, long, IChunkSource> start, Action<int>? made)
    {
        var function = ChunkLibrary.CreateFunction();
        try
        {
            ChunkLibrary.SetName(function, name);
            using (var bigint = new ColumnType("long"))
            {
                ChunkLibrary.AddParameter(function, bigint.Handle);
                ChunkLibrary.AddParameter(function, bigint.Handle);
            }

            // DuckDB gives it back by Release, whether the registration works or not.
            ChunkLibrary.SetExtraInfo(function, Keep(new ChunkFunction(table, start, made)), &Release);
            ChunkLibrary.SetBind(function, &Bind);
            ChunkLibrary.SetInit(function, &Init);
            ChunkLibrary.SetFunction(function, &Fill);
            if (ChunkLibrary.Register(db.NativeConnection, function) != 0)
                throw new InvalidOperationException($"DuckDB did not take the table function {name}.");
        }
        finally
        {
            ChunkLibrary.DestroyFunction(ref function);
        }
    }

    private static nint Keep(object target) => GCHandle.ToIntPtr(GCHandle.Alloc(target));

    private static T Kept<T>(nint handle)
        where T : class => (T)GCHandle.FromIntPtr(handle).Target!;

    [UnmanagedCallersOnly]
    private static void Release(nint handle) => GCHandle.FromIntPtr(handle).Free();

    [UnmanagedCallersOnly]
    private static void Bind(nint info)
    {
        try
        {
            var function = Kept<ChunkFunction>(ChunkLibrary.BindExtraInfo(info));
            foreach (var column in function._table.Columns)
            {
                using var type = new ColumnType(column.Type);
                ChunkLibrary.BindAddColumn(info, column.Name, type.Handle);
            }

            ChunkLibrary.BindSetData(info, Keep(new Range(function, Argument(info, 0), Argument(info, 1))), &Release);
        }
        catch (Exception e)
        {
            ChunkLibrary.BindSetError(info, e.Message);
        }
    }

    [UnmanagedCallersOnly]
    private static void Init(nint info)
    {
        try
        {
            var range = Kept<Range>(ChunkLibrary.InitBindData(info));
            ChunkLibrary.InitSetMaxThreads(info, 1);
            ChunkLibrary.InitSetData(info, Keep(new Scan(range.Function, range.From, range.To)), &Release);
        }
        catch (Exception e)
        {
            ChunkLibrary.InitSetError(info, e.Message);
        }
    }

    [UnmanagedCallersOnly]
    private static void Fill(nint info, nint chunk)
    {
        try
        {
            ChunkLibrary.SetSize(chunk, (ulong)Kept<Scan>(ChunkLibrary.FunctionInitData(info)).Fill(chunk));
        }
        catch (Exception e)
        {
            ChunkLibrary.FunctionSetError(info, e.Message);
        }
    }

    private static long Argument(nint info, ulong index)
    {
        var value = ChunkLibrary.BindParameter(info, index);
        try
        {
            // DuckDB ends the process when it is asked for the number of a NULL.
            return ChunkLibrary.IsNull(value) ? throw new InvalidOperationException("A range of generated rows needs a start and an end; NULL is neither.") : ChunkLibrary.ToInt64(value);
        }
        finally
        {
            ChunkLibrary.DestroyValue(ref value);
        }
    }

    private sealed record Range(ChunkFunction Function, long From, long To);

    private sealed class Scan(ChunkFunction function, long from, long to)
    {
        private readonly IChunkSource _source = function._start(from, to);
        private readonly Chunk _chunk = new(function._table.Columns.Count);

        public int Fill(nint chunk)
        {
            _chunk.Load(chunk);
            var rows = _source.Fill(_chunk);
            function._made?.Invoke(rows);
            return rows;
        }
    }

    // A DuckDB type for a type of the contract; the numbers are those of the C API's duckdb_type.
    private ref struct ColumnType
    {
        private nint _handle;

        public ColumnType(string contractType) => _handle = contractType switch
        {
            "int" => ChunkLibrary.CreateType(4),
            "long" => ChunkLibrary.CreateType(5),
            "string" => ChunkLibrary.CreateType(17),
            "uuid" => ChunkLibrary.CreateType(27),
            "timestamptz" => ChunkLibrary.CreateType(31),
            _ when contractType.StartsWith("decimal(", StringComparison.Ordinal) && contractType[8..^1].Split(',') is [var width, var scale] => ChunkLibrary.CreateDecimalType(
                byte.Parse(width, CultureInfo.InvariantCulture), byte.Parse(scale, CultureInfo.InvariantCulture)),
            _ => throw new InvalidOperationException($"The generator makes no columns of type {contractType}."),
        };

        public readonly nint Handle => _handle;

        public void Dispose() => ChunkLibrary.DestroyType(ref _handle);
    }
}
