using Floe.Lakehouse.Data;
using Floe.Lakehouse.Storage;
using Xunit;

namespace Floe.Tests.Lakehouse.Maintenance;

/// <summary>On files of a folder.</summary>
public sealed class FolderMaintenanceTests : MaintenanceTests
{
    private readonly string folder = Directory.CreateTempSubdirectory("floe-maintenance-").FullName;

    public override Task InitializeAsync()
    {
        Catalog = new FolderCatalog($"{folder}/warehouse");
        Writer = new ParquetWriter($"{folder}/temp");
        Scan = new DuckDbScan(new DataFileCache(new LocalFileIO(), $"{folder}/cache", 1 << 30));
        Namespace = "files";
        return Task.CompletedTask;
    }

    public override async Task DisposeAsync()
    {
        await base.DisposeAsync();
        Directory.Delete(folder, recursive: true);
    }
}

/// <summary>On the embedded S3 store and catalog.</summary>
[Collection(LakehouseCollection.Name)]
public sealed class S3MaintenanceTests(LakehouseFixture fixture) : MaintenanceTests
{
    private LakehouseFixture.Lakehouse? lakehouse;

    public override async Task InitializeAsync()
    {
        lakehouse = fixture.Open();
        (Catalog, Writer, Scan) = (lakehouse.Catalog, lakehouse.Writer, lakehouse.Scan);
        Namespace = await fixture.NewNamespaceAsync();
    }

    public override async Task DisposeAsync()
    {
        await base.DisposeAsync();
        await lakehouse!.DisposeAsync();
    }
}
