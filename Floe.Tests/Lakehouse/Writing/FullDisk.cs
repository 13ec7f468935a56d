using System.Diagnostics;
using Xunit;

namespace Floe.Tests.Lakehouse.Writing;

/// <summary>A folder on a file system of its own that is soon full; skips the test where it cannot be mounted.</summary>
internal sealed class FullDisk : IDisposable
{
    private FullDisk(string folder) => Folder = folder;

    public string Folder { get; }

    public static FullDisk Mount(string size)
    {
        Skip.IfNot(OperatingSystem.IsLinux(), "A small file system can be mounted on Linux only.");
        var folder = Directory.CreateTempSubdirectory("floe-full-").FullName;
        if (Run("mount", "-t", "tmpfs", "-o", $"size={size}", "tmpfs", folder))
            return new FullDisk(folder);
        Directory.Delete(folder);
        Skip.If(true, "This user may not mount a tmpfs.");
        throw new UnreachableException();
    }

    public void Dispose()
    {
        Assert.True(Run("umount", Folder), $"{Folder} could not be unmounted.");
        Directory.Delete(Folder);
    }

    private static bool Run(string program, params string[] arguments)
    {
        try
        {
            using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardError = true })!;
            process.WaitForExit();
            return process.ExitCode == 0;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return false;
        }
    }
}
