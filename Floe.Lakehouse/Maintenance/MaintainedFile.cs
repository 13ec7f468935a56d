namespace Floe.Lakehouse.Maintenance;

/// <summary>A file that a maintenance action removes or rewrites.</summary>
/// <param name="Location">Full location.</param>
/// <param name="FileSizeInBytes">Bytes.</param>
public sealed record MaintainedFile(string Location, long FileSizeInBytes);
