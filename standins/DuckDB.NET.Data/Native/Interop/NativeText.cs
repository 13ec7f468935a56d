using System.Runtime.InteropServices;

namespace DuckDB.NET.Native.Interop;

/// <summary>UTF-8 texts that DuckDB hands out: borrowed ones stay DuckDB's, owned ones must be freed.</summary>
internal static class NativeText
{
    public static string Borrowed(nint text) => Marshal.PtrToStringUTF8(text) ?? "";

    public static string Owned(nint text)
    {
        if (text == 0)
            return "";
        try
        {
            return Borrowed(text);
        }
        finally
        {
            Libduckdb.Free(text);
        }
    }
}
