using Floe.Lakehouse.Contract;

namespace Floe.SeedWorker.Generation.CommandLine;

/// <summary>A file that is there.</summary>
internal sealed record WrittenFile(TableContract Table, long Rows, long Bytes);
