using System.Diagnostics.CodeAnalysis;
using System.Reflection;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Loader;

namespace DuckDB.NET.Native.Interop;

/// <summary>
/// Finds libduckdb: beside the application first (where publishing puts it), then in the npm parts of the repository
/// that built this assembly. Other assemblies that import "duckdb" get the same file.
/// </summary>
internal static class LibraryLocation
{
    private static readonly Lazy<nint> library = new(Load);

    [ModuleInitializer]
    [SuppressMessage("Usage", "CA2255", Justification = "Declarations over the library need the resolver before their first call.")]
    internal static void Register()
    {
        NativeLibrary.SetDllImportResolver(typeof(LibraryLocation).Assembly, (name, _, _) => name == Libduckdb.Name ? library.Value : 0);
        AssemblyLoadContext.Default.ResolvingUnmanagedDll += (_, name) => name == Libduckdb.Name ? library.Value : 0;
    }

    private static nint Load()
    {
        var file = OperatingSystem.IsWindows() ? "duckdb.dll" : OperatingSystem.IsMacOS() ? "libduckdb.dylib" : "libduckdb.so";
        var beside = Path.Combine(AppContext.BaseDirectory, file);
        if (File.Exists(beside))
            return NativeLibrary.Load(beside);

        var root = typeof(LibraryLocation).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>()
            .FirstOrDefault(attribute => attribute.Key == "NativePartsRoot")?.Value;
        if (root is null || !Directory.Exists(root))
            throw new DllNotFoundException($"{file} is neither beside the application ({beside}) nor among the native parts ({root ?? "no folder was given to the build"}): build again, so that the native parts get installed from npm.");

        var package = Path.Combine(root, "@duckdb", "node-bindings-" + Platform());
        var installed = Path.Combine(package, file);
        if (!File.Exists(installed))
            throw new DllNotFoundException($"{installed} is missing although {root} exists, so the npm folder is only half installed: delete it and build again.");
        return NativeLibrary.Load(installed);
    }

    /// <summary>npm's name of this platform, as in the package names: linux-x64, linux-arm64-musl, darwin-arm64, win32-x64.</summary>
    private static string Platform()
    {
        var system = OperatingSystem.IsWindows() ? "win32" : OperatingSystem.IsMacOS() ? "darwin" : "linux";
        var architecture = RuntimeInformation.ProcessArchitecture.ToString().ToLowerInvariant();
        var musl = system == "linux" && RuntimeInformation.RuntimeIdentifier.Contains("musl", StringComparison.Ordinal);
        return $"{system}-{architecture}{(musl ? "-musl" : "")}";
    }
}
