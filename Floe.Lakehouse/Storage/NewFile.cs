using System.Runtime.InteropServices;

namespace Floe.Lakehouse.Storage;

/// <summary>Gives a complete file its name, and never takes the name from another file, however many try at once.</summary>
internal static partial class NewFile
{
    /// <summary>Moves <paramref name="partial"/> to <paramref name="path"/>.</summary>
    /// <exception cref="IOException">A file of that name is there, or the file system refuses.</exception>
    public static void Move(string partial, string path)
    {
        // On Unix File.Move looks whether the name is free and then renames, which replaces what came in between; link(2) is one step.
        if (OperatingSystem.IsWindows())
            File.Move(partial, path, overwrite: false);
        else if (Link(partial, path) == 0)
            File.Delete(partial);
        else
            throw new IOException(Marshal.GetLastPInvokeErrorMessage());
    }

    [LibraryImport("libc", EntryPoint = "link", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Link(string oldPath, string newPath);
}
