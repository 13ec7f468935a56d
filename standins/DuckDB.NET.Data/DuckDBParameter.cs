using System.Data;
using System.Data.Common;
using System.Diagnostics.CodeAnalysis;

namespace DuckDB.NET.Data;

/// <summary>A value for <c>$name</c> (with <see cref="ParameterName"/> "name") or, without a name, for the next <c>?</c> or <c>$1</c>.</summary>
public class DuckDBParameter : DbParameter
{
    private string parameterName = "";
    private string sourceColumn = "";

    public DuckDBParameter()
    {
    }

    public DuckDBParameter(object value) => Value = value;

    public DuckDBParameter(DbType type, object? value)
    {
        DbType = type;
        Value = value;
    }

    public DuckDBParameter(string name, object? value)
    {
        ParameterName = name;
        Value = value;
    }

    public DuckDBParameter(string name, DbType type, object? value)
    {
        ParameterName = name;
        DbType = type;
        Value = value;
    }

    /// <summary>What the caller says; the value's own type decides what is bound.</summary>
    public override DbType DbType { get; set; } = DbType.String;

    [AllowNull]
    public override string ParameterName
    {
        get => parameterName;
        set => parameterName = value ?? "";
    }

    public override object? Value { get; set; }

    public override ParameterDirection Direction { get; set; } = ParameterDirection.Input;

    public override bool IsNullable { get; set; }

    [AllowNull]
    public override string SourceColumn
    {
        get => sourceColumn;
        set => sourceColumn = value ?? "";
    }

    public override bool SourceColumnNullMapping { get; set; }

    public override int Size { get; set; }

    public override void ResetDbType() => DbType = DbType.String;
}
