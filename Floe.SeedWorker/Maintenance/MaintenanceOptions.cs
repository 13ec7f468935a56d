using System.Globalization;
using Floe.ServiceDefaults.Configuration;

namespace Floe.SeedWorker.Maintenance;

/// <summary>Settings <c>Maintenance:*</c>: what the job <c>maintain</c> puts together, and what it removes. When it runs is <c>Schedule:MaintainCron</c>.</summary>
public sealed class MaintenanceOptions : IValidatableOptions
{
    /// <summary>The configuration section.</summary>
    public const string Section = "Maintenance";

    // Orders change for ten days and arrive up to thirty late.
    internal const int FewestDays = 30;

    /// <summary>Megabytes that a data file should have.</summary>
    public int TargetFileMegabytes { get; set; } = 128;

    /// <summary>How many small files are worth putting together.</summary>
    public int MinInputFiles { get; set; } = 5;

    /// <summary>Minutes that a snapshot stays after the next has come: as long may a reader need it.</summary>
    public int SnapshotMinutes { get; set; } = 120;

    /// <summary>Earlier metadata files that a table keeps.</summary>
    public int MetadataFiles { get; set; } = 20;

    /// <summary>Minutes after which a file that no table knows is nobody's: longer than any commit takes from its first file on.</summary>
    public int OrphanMinutes { get; set; } = 180;

    /// <summary>Days that orders stay, with their lines; 0: for ever.</summary>
    public int DataDays { get; set; }

    /// <summary>Days that the record of a run stays; 0: for ever.</summary>
    public int RunDays { get; set; } = 30;

    /// <inheritdoc/>
    public IEnumerable<string> Validate()
    {
        foreach (var (name, value, least, most) in new[]
        {
            (nameof(TargetFileMegabytes), TargetFileMegabytes, 1, 4_096), (nameof(MinInputFiles), MinInputFiles, 2, 1_000), (nameof(SnapshotMinutes), SnapshotMinutes, 1, 525_600),
            (nameof(MetadataFiles), MetadataFiles, 1, 1_000), (nameof(OrphanMinutes), OrphanMinutes, 10, 525_600), (nameof(RunDays), RunDays, 0, 3_650),
        })
        {
            if (value < least || value > most)
                yield return string.Create(CultureInfo.InvariantCulture, $"{name} is {value}; it must be {least} to {most}.");
        }

        if (DataDays is not 0 and (< FewestDays or > 36_500))
            yield return string.Create(CultureInfo.InvariantCulture, $"{nameof(DataDays)} is {DataDays}; it must be 0 (for ever) or {FewestDays} to 36500: younger orders still change.");
    }
}
