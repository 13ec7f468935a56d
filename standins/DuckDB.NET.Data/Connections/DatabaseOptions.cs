using System.Collections.Frozen;
using DuckDB.NET.Native.Interop;

namespace DuckDB.NET.Data.Connections;

/// <summary>The options that this DuckDB knows (threads, memory_limit, access_mode ...), asked from the library once.</summary>
internal static class DatabaseOptions
{
    private static readonly Lazy<FrozenSet<string>> names = new(Read);

    public static FrozenSet<string> Names => names.Value;

    private static FrozenSet<string> Read()
    {
        var count = Libduckdb.ConfigCount();
        var flags = new List<string>((int)count);
        for (nuint i = 0; i < count; i++)
        {
            if (Libduckdb.GetConfigFlag(i, out var name, out _) == Libduckdb.Success)
                flags.Add(NativeText.Borrowed(name));
        }
        return flags.ToFrozenSet(StringComparer.OrdinalIgnoreCase);
    }
}
