using DuckDB.NET.Native;

namespace DuckDB.NET.Data.Vectors.Reading;

internal sealed unsafe class DateReader(string column) : VectorReader(column, DuckDBType.Date, typeof(DateOnly))
{
    public override object GetObject(ulong row) => GetDateOnly(row);

    public override object GetObject(ulong row, Type target) =>
        target == typeof(DuckDBDateOnly) ? (DuckDBDateOnly)GetDateOnly(row) : base.GetObject(row, target);

    public override DateOnly GetDateOnly(ulong row) => DuckDBEpoch.ToDate(((int*)Data)[row]);

    public override DateTime GetDateTime(ulong row) => GetDateOnly(row).ToDateTime(TimeOnly.MinValue);
}
