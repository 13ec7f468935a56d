using System.Data.Common;
using DuckDB.NET.Native;

namespace DuckDB.NET.Data;

/// <summary>An error that DuckDB reported; the message begins with DuckDB's own prefix ("Catalog Error: ...").</summary>
public class DuckDBException : DbException
{
    internal DuckDBException(string message, DuckDBErrorType errorType = DuckDBErrorType.Invalid, Exception? innerException = null)
        : base(message, innerException) => ErrorType = errorType;

    /// <summary>The kind of error; <see cref="DuckDBErrorType.Invalid"/> for everything found while preparing.</summary>
    public DuckDBErrorType ErrorType { get; }
}
