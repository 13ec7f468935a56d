using System.Runtime.InteropServices;

namespace DuckDB.NET.Native;

/// <summary>How far the running query of a connection is: -1 %, 0 and 0 rows when none runs.</summary>
[StructLayout(LayoutKind.Sequential)]
public readonly struct DuckDBQueryProgress
{
    public double Percentage { get; }

    public ulong RowsProcessed { get; }

    public ulong TotalRowsToProcess { get; }
}
