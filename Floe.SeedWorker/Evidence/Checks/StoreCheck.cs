using System.Security.Cryptography;
using Floe.Lakehouse.Storage;
using Floe.SeedWorker.Bootstrap;

namespace Floe.SeedWorker.Evidence.Checks;

/// <summary>The store keeps what it is given and forgets what is removed.</summary>
internal sealed class StoreCheck(IFileIO files, BootstrapPlan plan) : IEvidenceCheck
{
    private const int Size = 64 * 1024;

    public string Name => "store";

    public string Compared => "an object of random bytes with what is read back (SHA-256), and whether it is gone when removed";

    public async Task<Finding> RunAsync(EvidenceRequest request, CancellationToken ct)
    {
        var content = RandomNumberGenerator.GetBytes(Size);
        // Beside the tables, where no table looks.
        var location = $"{plan.BaseLocation}/.floe-evidence/{Guid.CreateVersion7():N}";
        await files.WriteAsync(location, content, ct);
        byte[] back;
        try
        {
            back = await files.ReadAsync(location, ct);
        }
        finally
        {
            await files.DeleteAsync([location], CancellationToken.None);
        }

        return new($"{Size} bytes {Digest(content)}, then gone", $"{back.Length} bytes {Digest(back)}, then {(await files.ExistsAsync(location, ct) ? "still there" : "gone")}");
    }

    private static string Digest(byte[] content) => Convert.ToHexStringLower(SHA256.HashData(content))[..12];
}
