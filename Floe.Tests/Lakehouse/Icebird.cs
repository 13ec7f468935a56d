using System.Text.Json;
using Floe.Lakehouse.Tables;
using Floe.Tests.Clients;
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
        NodeScript.Need("icebird");
        var output = await NodeScript.RunAsync(
            "Lakehouse/read-with-icebird.mjs",
            new Dictionary<string, string?>
            {
                ["S3_ENDPOINT"] = minio.Endpoint,
                ["S3_ACCESS_KEY"] = minio.AccessKey,
                ["S3_SECRET_KEY"] = minio.SecretKey,
                ["S3_REGION"] = minio.Region,
            },
            [table.MetadataLocation!, string.Join(',', snapshots), .. sums]);
        return JsonSerializer.Deserialize<Result[]>(output, JsonSerializerOptions.Web)!;
    }

    /// <summary>The rows of a snapshot as a JSON array of objects.</summary>
    public static Task<string> RowsAsync(Table table, MinioFixture minio, long snapshot) => NodeScript.RunAsync(
        "Lakehouse/read-with-icebird.mjs",
        new Dictionary<string, string?>
        {
            ["S3_ENDPOINT"] = minio.Endpoint,
            ["S3_ACCESS_KEY"] = minio.AccessKey,
            ["S3_SECRET_KEY"] = minio.SecretKey,
            ["S3_REGION"] = minio.Region,
            ["ROWS"] = "true",
        },
        table.MetadataLocation!,
        $"{snapshot}");
}
