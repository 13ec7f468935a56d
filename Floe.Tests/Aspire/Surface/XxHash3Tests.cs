using System.Reflection;
using System.Runtime.InteropServices;
using System.Text;
using Aspire.Hosting.Cli;

namespace Floe.Tests.Aspire.Surface;

public class XxHash3Tests
{
    private delegate ulong HashToUInt64(ReadOnlySpan<byte> source, long seed);

    [Fact]
    public void The_apphost_id_is_the_one_the_cli_computes()
    {
        const string project = "/src/floe/Floe.AppHost/Floe.AppHost.csproj";
        Assert.Equal(0xfb97d49f6f63e167UL, XxHash3.Hash(Encoding.UTF8.GetBytes(project)));
        if (!OperatingSystem.IsWindows())
        {
            Assert.Equal("-5fUn29j4Wc", AppHostIdentity.Id(project));
        }
    }

    [SkippableFact]
    public void Every_length_hashes_as_in_the_sdks_own_library()
    {
        var sdk = Path.GetFullPath(Path.Combine(RuntimeEnvironment.GetRuntimeDirectory(), "..", "..", "..", "sdk"));
        var library = Directory.Exists(sdk) ? Directory.EnumerateFiles(sdk, "System.IO.Hashing.dll", SearchOption.AllDirectories).FirstOrDefault(f => f.Contains("net10.0", StringComparison.Ordinal)) : null;
        Skip.If(library is null, $"The SDK under '{sdk}' brings no System.IO.Hashing.dll.");

        var hash = Assembly.LoadFrom(library!).GetType("System.IO.Hashing.XxHash3", throwOnError: true)!
            .GetMethod("HashToUInt64", [typeof(ReadOnlySpan<byte>), typeof(long)])!.CreateDelegate<HashToUInt64>();
        var data = new byte[5000];
        new Random(7).NextBytes(data);
        foreach (var length in Enumerable.Range(0, 1100).Concat([1151, 2048, 2049, 4096, 5000]))
        {
            Assert.True(hash(data.AsSpan(0, length), 0) == XxHash3.Hash(data.AsSpan(0, length)), $"{length} bytes");
        }
    }
}
