using Microsoft.Win32.SafeHandles;

namespace DuckDB.NET.Native.Interop;

/// <summary>Owns a <c>duckdb_appender</c>. Rows that nobody flushed are dropped: a finaliser must not write.</summary>
internal sealed class NativeAppender : SafeHandleZeroOrMinusOneIsInvalid
{
    public NativeAppender(nint appender) : base(ownsHandle: true) => SetHandle(appender);

    protected override bool ReleaseHandle()
    {
        Libduckdb.AppenderClear(handle);
        return Libduckdb.AppenderDestroy(ref handle) == Libduckdb.Success;
    }
}
