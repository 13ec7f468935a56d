using System.Globalization;
using Floe.ServiceDefaults.Configuration;

namespace Floe.SeedWorker.Backup;

/// <summary>Settings <c>Backup:*</c>: where the job <c>backup</c> puts what the job <c>restore</c> takes.</summary>
public sealed class BackupOptions : IValidatableOptions
{
    /// <summary>The configuration section.</summary>
    public const string Section = "Backup";

    /// <summary>Folder of the backups, outside of everything that they are for; empty: there are none.</summary>
    public string Directory { get; set; } = "";

    /// <summary>How many backups stay; 0: all.</summary>
    public int Keep { get; set; } = 7;

    /// <inheritdoc/>
    public IEnumerable<string> Validate()
    {
        if (Directory.Length > 0 && !Path.IsPathRooted(Directory))
            yield return $"{nameof(Directory)} is '{Directory}', which is not an absolute path; give the whole path of a folder.";
        if (Keep is < 0 or > 10_000)
            yield return string.Create(CultureInfo.InvariantCulture, $"{nameof(Keep)} is {Keep}; it must be 0 (all) to 10000.");
    }
}
