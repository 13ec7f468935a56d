using System.Data;
using System.Data.Common;
using DuckDB.NET.Data.Vectors.Reading;

namespace DuckDB.NET.Data.Readers;

/// <summary>The columns of a result as the table that ADO.NET's GetSchemaTable asks for.</summary>
internal static class ResultSchema
{
    public static DataTable Describe(VectorReader[] columns)
    {
        var table = new DataTable("SchemaTable");
        table.Columns.Add(SchemaTableColumn.ColumnName, typeof(string));
        table.Columns.Add(SchemaTableColumn.ColumnOrdinal, typeof(int));
        table.Columns.Add(SchemaTableColumn.ColumnSize, typeof(int));
        table.Columns.Add(SchemaTableColumn.DataType, typeof(Type));
        table.Columns.Add(SchemaTableColumn.ProviderType, typeof(int));
        table.Columns.Add(SchemaTableColumn.NumericPrecision, typeof(byte));
        table.Columns.Add(SchemaTableColumn.NumericScale, typeof(byte));
        table.Columns.Add(SchemaTableColumn.AllowDBNull, typeof(bool));
        for (var i = 0; i < columns.Length; i++)
        {
            var (precision, scale) = columns[i] is DecimalReader number ? (number.Width, number.Scale) : ((byte?)null, (byte?)null);
            table.Rows.Add(columns[i].Column, i, -1, columns[i].ClrType, (int)columns[i].Type, precision, scale, true);
        }
        return table;
    }
}
