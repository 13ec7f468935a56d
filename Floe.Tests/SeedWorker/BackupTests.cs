using System.Text.Json;
using System.Text.Json.Nodes;
using DuckDB.NET.Data;
using Floe.Lakehouse.Catalog;
using Floe.Lakehouse.Contract;
using Floe.Lakehouse.Data;
using Floe.Lakehouse.Storage;
using Floe.SeedWorker.Backup;
using Floe.SeedWorker.Jobs;
using Floe.SeedWorker.Transform.Project;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace Floe.Tests.SeedWorker;

/// <summary>The jobs backup and restore: what was damaged or deleted is afterwards what it was.</summary>
public sealed class BackupTests(Street street) : IClassFixture<Street>, IDisposable
{
    private readonly string _backups = Directory.CreateTempSubdirectory("floe-backups-").FullName;

    public void Dispose() => Directory.Delete(_backups, recursive: true);

    [Fact]
    [Trait("Category", "Long")]
    public async Task What_was_damaged_or_deleted_is_what_it_was()
    {
        var settings = await street.NewLakehouseAsync();
        (settings["Generation:Customers"], settings["Generation:Products"], settings["Generation:Orders"]) = ("50", "20", "300");
        (settings["Backup:Directory"], settings["Backup:Keep"]) = (_backups, "2");
        await using var worker = Street.Worker(settings);
        await worker.SetUpAsync();
        var catalog = worker.Services.GetRequiredService<ICatalog>();
        await DoneAsync(worker, "seed_demo_data", new() { ["orders"] = 300L });
        await DoneAsync(worker, "generate_orders", new() { ["orders"] = 20L });

        // A table of somebody else's, in a namespace of its own.
        await catalog.CreateNamespaceAsync("lab", new Dictionary<string, string> { ["owner"] = "ann" }, default);
        await catalog.CreateTableAsync(new("lab", "notes"), Floe.Lakehouse.Schemas.Schema.FromContract(Shop.Customers));
        var sums = await SumsAsync(worker);
        var backup = await DoneAsync(worker, "backup", []);
        var name = Assert.Single(Folder(worker).Names());
        var tables = Shop.Tables.Count + DbtProject.Load(DbtFolder.Shipped).Models.Count(m => m.IcebergNamespace is not null) + 1;
        Assert.StartsWith($"{name}: {tables} tables, ", backup.Steps[^1].Detail);
        Assert.Equal(2, backup.Steps[0].Rows);

        // Nothing new: nothing is copied. Something new: that is.
        Assert.EndsWith("of which 0 files, 0.0 MB are new", (await DoneAsync(worker, "backup", [])).Steps[2].Detail);
        await DoneAsync(worker, "generate_orders", new() { ["orders"] = 20L });
        var later = await SumsAsync(worker);
        Assert.NotEqual(sums, later);

        // What is there is only replaced when that was said.
        var refused = await worker.ExecuteAsync("restore", Restore(name));
        Assert.Contains("The catalog has bronze.order", refused.Error);
        Assert.Contains("since", refused.Error);
        Assert.Contains("\"overwrite\": true", refused.Error);
        Assert.Equal(later, await SumsAsync(worker));

        // Back to then, over a damaged file and one that is gone, below a table that does not load.
        var store = worker.Services.GetRequiredService<IFileIO>();
        var content = await Folder(worker).ReadAsync(name, default);
        var parquet = content.Files.First(f => f.Location.EndsWith(".parquet", StringComparison.Ordinal) && f.Location.Contains("/bronze/orders/", StringComparison.Ordinal)).Location;
        var metadata = content.Tables.Single(t => t.Name == "bronze.products").MetadataLocation;
        await store.DeleteAsync([parquet, metadata], default);
        await store.WriteAsync(parquet, "not Parquet"u8.ToArray(), default);
        await DoneAsync(worker, "restore", Restore(name, overwrite: true));
        Assert.Equal(sums, await SumsAsync(worker));

        // And life goes on: a batch, the models with their reconciliations.
        await DoneAsync(worker, "generate_orders", new() { ["orders"] = 20L });
        Assert.Equal(320 + 20, await CountAsync(worker, "select sum(order_count)::bigint from gold.mart_revenue"));

        // Another database, an empty bucket, a catalog that knows nothing.
        await foreach (var file in store.ListAsync(content.Location, default))
            await store.DeleteAsync([file.Location], default);
        foreach (var table in content.Tables)
            await catalog.DropTableAsync(TableIdentifier.Parse(table.Name), purge: false, default);
        await catalog.DropNamespaceAsync("lab", default);
        settings["ConnectionStrings:floe"] = (await street.NewLakehouseAsync())["ConnectionStrings:floe"];
        await using var fresh = Street.Worker(settings);
        await fresh.Services.GetRequiredService<RunStore>().EnsureSchemaAsync(default);
        var restored = await DoneAsync(fresh, "restore", Restore(name));
        Assert.Equal(2, restored.Steps.Single(s => s.Name == "runs").Rows);
        Assert.Equal(sums, await SumsAsync(fresh));
        Assert.Equal("ann", (await fresh.Services.GetRequiredService<ICatalog>().LoadNamespaceAsync("lab", default))["owner"]);
        var runs = await fresh.Services.GetRequiredService<RunStore>().ListAsync(10, default);
        Assert.Equal(["restore", "generate_orders", "seed_demo_data"], runs.Select(r => r.Job));
        Assert.Equal(["generate", "commit", "build"], (await fresh.Services.GetRequiredService<RunStore>().FindAsync(runs[1].Id, default))!.Steps.Select(s => s.Name).Take(3));

        // Cut off, it is done again; it may be asked for twice.
        await DoneAsync(fresh, "restore", Restore(name));

        // The third backup takes the place of the first, the files stay that others need.
        await DoneAsync(fresh, "backup", []);
        Assert.DoesNotContain(name, Folder(fresh).Names());
        Assert.Equal(2, Folder(fresh).Names().Count);
        await DamagedAsync(fresh);
    }

    /// <summary>A backup that is not whole, or of another place, changes nothing.</summary>
    private async Task DamagedAsync(WebApplication worker)
    {
        await DoneAsync(worker, "generate_orders", new() { ["orders"] = 20L });
        var sums = await SumsAsync(worker);
        var folder = Folder(worker);
        var name = folder.Names()[^1];
        var content = await folder.ReadAsync(name, default);
        var copy = folder.ObjectPath(content.Files[0].Location);
        await File.AppendAllTextAsync(copy, "x");
        Assert.Contains($"The backup {name} is damaged: '{copy}' has another content", (await worker.ExecuteAsync("restore", Restore("", overwrite: true))).Error);
        File.Delete(copy);
        Assert.Contains("is missing; nothing was changed", (await worker.ExecuteAsync("restore", Restore(name, overwrite: true))).Error);

        await folder.CompleteAsync(name, content with { Files = [new("s3://other/secret", 1, "")] }, default);
        Assert.Contains("'s3://other/secret', which is outside of", (await worker.ExecuteAsync("restore", Restore(name, overwrite: true))).Error);
        await folder.CompleteAsync(name, content with { Files = [new($"{content.Location}/../../../../etc/passwd", 1, "")] }, default);
        Assert.Contains("is no location of an S3 store's file", (await worker.ExecuteAsync("restore", Restore(name, overwrite: true))).Error);
        await folder.CompleteAsync(name, content with { Location = "s3://other/lakehouse" }, default);
        Assert.Contains("of tables at s3://other/lakehouse", (await worker.ExecuteAsync("restore", Restore(name, overwrite: true))).Error);
        Assert.Contains("There is no backup '20010101T000000Z'", (await worker.ExecuteAsync("restore", Restore("20010101T000000Z"))).Error);
        Assert.Equal(sums, await SumsAsync(worker));
    }

    [Fact]
    public void Requests_and_settings_that_break_a_rule_are_refused()
    {
        var restore = new RestoreJob(null!, null!, null!, null!, null!, null!);
        foreach (var name in new[] { "../../etc", "latest", "20261121T031500" })
            Assert.Equal("backup", Assert.Throws<JobParameterException>(() => restore.Parameters(JsonSerializer.SerializeToElement(new { backup = name }))).Field);
        Assert.Equal(
            ["Directory is 'backups', which is not an absolute path; give the whole path of a folder.", "Keep is -1; it must be 0 (all) to 10000."],
            new BackupOptions { Directory = "backups", Keep = -1 }.Validate());
        Assert.Contains("Backup:Directory is not set", Assert.Throws<JobRefusedException>(() => new BackupFolder(Microsoft.Extensions.Options.Options.Create(new BackupOptions())).Names()).Message);
    }

    private static JsonObject Restore(string name, bool overwrite = false) => new() { ["backup"] = name, ["overwrite"] = overwrite };

    private static BackupFolder Folder(WebApplication worker) => worker.Services.GetRequiredService<BackupFolder>();

    private static async Task<Run> DoneAsync(WebApplication worker, string job, JsonObject parameters)
    {
        var run = await worker.ExecuteAsync(job, parameters);
        Assert.Equal((RunState.Completed, null), (run.State, run.Error));
        return run;
    }

    /// <summary>Rows and a sum over all values of every table of the shop, read from the files that the catalog points to.</summary>
    private async Task<string> SumsAsync(WebApplication worker)
    {
        using var db = await OpenAsync(worker);
        return string.Join("\n", db.Rows("select schema_name || '.' || view_name from duckdb_views() where not internal order by all")
            .Select(t => $"{t} {db.Count($"select count(*) from {t}")} {db.Count($"select bit_xor(hash(t)) % 1000000007 from {t} t")}"));
    }

    private async Task<long> CountAsync(WebApplication worker, string sql)
    {
        using var db = await OpenAsync(worker);
        return db.Count(sql);
    }

    // Over no copies of files from earlier: what counts is what the store has now.
    private Task<DuckDBConnection> OpenAsync(WebApplication worker) =>
        worker.ReadAsync(new DuckDbScan(new DataFileCache(worker.Services.GetRequiredService<IFileIO>(), Path.Combine(_backups, "cache", Guid.NewGuid().ToString("N")), 1 << 30)));
}
