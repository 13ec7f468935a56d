namespace Floe.Lakehouse.Contract;

/// <summary>One column of a table of the shop.</summary>
/// <param name="FieldId">Iceberg field id, fixed for the life of the table (Iceberg spec, "Schemas").</param>
/// <param name="Name">Column name, lower snake case, the same in Parquet, Iceberg, dbt and Cube.</param>
/// <param name="Type">Iceberg primitive type in its text form: <c>uuid</c>, <c>string</c>, <c>int</c>, <c>long</c>,
/// <c>decimal(p, s)</c>, <c>timestamptz</c>, <c>date</c>, <c>boolean</c>.</param>
/// <param name="Required">Whether a null is a defect of the writer. Columns that carry seeded quality defects are optional.</param>
/// <param name="Doc">One sentence for catalog, dbt and lineage.</param>
public sealed record ColumnContract(
    int FieldId,
    string Name,
    string Type,
    bool Required,
    string Doc);
