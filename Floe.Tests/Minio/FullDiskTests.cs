using System.Diagnostics;
using System.Net;

namespace Floe.Tests.Minio;

/// <summary>A disk without room: an answer that says so, the objects as they were, and life after it.</summary>
public sealed class FullDiskTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("floe-minio-full-").FullName;
    private bool _mounted;

    public void Dispose()
    {
        if (_mounted)
            Run("umount", _directory);
        Directory.Delete(_directory, recursive: true);
    }

    [SkippableFact]
    public async Task A_full_disk_refuses_the_upload_and_keeps_what_is_there()
    {
        _mounted = OperatingSystem.IsLinux() && Environment.IsPrivilegedProcess && Run("mount", "-t", "tmpfs", "-o", "size=8m", "tmpfs", _directory);
        Skip.IfNot(_mounted, "SKIPPED: a small disk is made by mounting one, which only root on Linux may.");
        await using var store = await StoreProcess.StartAsync(_directory);
        var s3 = store.Client;
        var old = new byte[1_000_000];
        Assert.Equal(HttpStatusCode.OK, (await s3.SendAsync("PUT", "/full")).Status);
        Assert.Equal(HttpStatusCode.OK, (await s3.SendAsync("PUT", "/full/object", old)).Status);

        // One that is announced as too big, and small ones until nothing fits any more.
        var big = await s3.SendAsync("PUT", "/full/object", new byte[16_000_000]);
        Assert.Equal(((HttpStatusCode)507, "XMinioStorageFull"), (big.Status, big.Code));
        var stored = 0;
        RawAnswer answer;
        while ((answer = await s3.SendAsync("PUT", $"/full/{stored}", old)).Status == HttpStatusCode.OK)
            stored++;
        Assert.Equal(((HttpStatusCode)507, "XMinioStorageFull"), (answer.Status, answer.Code));
        Assert.InRange(stored, 4, 7);
        Assert.Equal(((HttpStatusCode)507, "XMinioStorageFull"), await PartAsync(s3, old));
        Assert.Empty(Directory.EnumerateFiles(Path.Combine(_directory, "tmp")));

        Assert.Equal(old, (await s3.SendAsync("GET", "/full/object")).Body);
        Assert.Equal("NoSuchKey", (await s3.SendAsync("GET", $"/full/{stored}")).Code);
        Assert.Equal(HttpStatusCode.NoContent, (await s3.SendAsync("DELETE", "/full/0")).Status);
        Assert.Equal(HttpStatusCode.OK, (await s3.SendAsync("PUT", $"/full/{stored}", old)).Status);
    }

    private static async Task<(HttpStatusCode, string)> PartAsync(RawS3 s3, byte[] content)
    {
        var begun = await s3.SendAsync("POST", "/full/parts?uploads=");
        if (begun.Status != HttpStatusCode.OK)
            return (begun.Status, begun.Code);
        var part = await s3.SendAsync("PUT", $"/full/parts?partNumber=1&uploadId={begun.Text.Split("<UploadId>")[1].Split('<')[0]}", content);
        return (part.Status, part.Code);
    }

    private static bool Run(string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardError = true })!;
        process.WaitForExit();
        return process.ExitCode == 0;
    }
}
