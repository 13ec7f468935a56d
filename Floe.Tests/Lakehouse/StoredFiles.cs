using Floe.Lakehouse.Manifests;
using Floe.Lakehouse.Storage;
using Floe.Lakehouse.Tables;
using Xunit;

namespace Floe.Tests.Lakehouse;

/// <summary>Compares what lies in the store with what a table refers to.</summary>
internal static class StoredFiles
{
    /// <summary>Every file below the table's location belongs to one of its snapshots or is a metadata file; none is missing.</summary>
    public static async Task AssertNoneStrayAsync(Table table)
    {
        var referred = new HashSet<string>();
        foreach (var snapshot in table.Metadata.Snapshots)
        {
            referred.Add(snapshot.ManifestList!);
            foreach (var manifest in ManifestList.Read(await table.IO.ReadAsync(snapshot.ManifestList!, default), snapshot.ManifestList!))
            {
                if (referred.Add(manifest.ManifestPath))
                    referred.UnionWith(ManifestReader.Read(await table.IO.ReadAsync(manifest.ManifestPath, default), manifest, table.Metadata).Where(e => e.IsLive).Select(e => e.DataFile.FilePath));
            }
        }

        var stored = await ListAsync(table.IO, table.Location);
        Assert.Equal(referred.Order(), stored.Where(l => !l.EndsWith(".metadata.json", StringComparison.Ordinal)).Order());
    }

    public static async Task<IReadOnlyList<string>> ListAsync(IFileIO io, string location)
    {
        var files = new List<string>();
        await foreach (var file in io.ListAsync(location, default))
            files.Add(file.Location);
        return files;
    }
}
