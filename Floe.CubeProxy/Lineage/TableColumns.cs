using Floe.CubeProxy.Model;
using Floe.CubeProxy.Snapshots;

namespace Floe.CubeProxy.Lineage;

/// <summary>Names of the columns of the tables of a set.</summary>
internal static class TableColumns
{
    public static async Task<IReadOnlyDictionary<TableName, HashSet<string>>> ReadAsync(SnapshotSet set, CancellationToken ct)
    {
        var found = new Dictionary<TableName, HashSet<string>>();
        var db = set.Rent();
        try
        {
            foreach (var table in set.Tables.Keys)
            {
                await using var command = db.CreateCommand();
                command.CommandText = $"DESCRIBE {table.Quoted}";
                await using var reader = await command.ExecuteReaderAsync(ct);
                var columns = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
                while (await reader.ReadAsync(ct)) columns.Add(reader.GetString(0));
                found[table] = columns;
            }
        }
        finally
        {
            set.Return(db);
        }
        return found;
    }
}
