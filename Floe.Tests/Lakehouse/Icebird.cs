using System.Diagnostics;
using System.Reflection;
using System.Text.Json;
using Floe.Lakehouse.Tables;
using Floe.Tests.Minio;
using Xunit;

namespace Floe.Tests.Lakehouse;

/// <summary>Reads tables with npm's icebird, an independent reader.</summary>
internal static class Icebird
{
    public sealed record Result(long Rows, long[] Sums);

    /// <summary>Count, and sums in hundredths, of each snapshot.</summary>
    public static async Task<IReadOnlyList<Result>> ReadAsync(Table table, MinioFixture minio, IEnumerable<long> snapshots, params string[] sums)
    {
        var modules = typeof(Icebird).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(a => a.Key == "NativePartsRoot").Value!;
        Skip.IfNot(Directory.Exists(Path.Combine(modules, "icebird")), $"icebird is not installed below {modules}: run npm ci.");
        var script = Path.Combine(modules, "..", "Floe.Tests", "Lakehouse", "read-with-icebird.mjs");
        var start = new ProcessStartInfo("node", [script, table.MetadataLocation!, string.Join(',', snapshots), .. sums])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            Environment =
            {
                ["S3_ENDPOINT"] = minio.Endpoint,
                ["S3_ACCESS_KEY"] = minio.AccessKey,
                ["S3_SECRET_KEY"] = minio.SecretKey,
                ["S3_REGION"] = minio.Region,
            },
        };
        using var node = Process.Start(start)!;
        var output = node.StandardOutput.ReadToEndAsync();
        var errors = node.StandardError.ReadToEndAsync();
        await node.WaitForExitAsync();
        Assert.True(node.ExitCode == 0, await errors);
        return JsonSerializer.Deserialize<Result[]>(await output, JsonSerializerOptions.Web)!;
    }
}
