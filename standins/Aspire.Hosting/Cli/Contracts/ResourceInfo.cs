using System.Collections;
using System.Collections.Immutable;
using System.Globalization;
using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Dashboard;

namespace Aspire.Hosting.Cli.Contracts;

/// <summary>A resource instance as the CLI reads it; no list may be absent.</summary>
internal sealed record ResourceInfo
{
    public required string Name { get; init; }

    public required string DisplayName { get; init; }

    public required string ResourceType { get; init; }

    public string Type => ResourceType;

    public string? State { get; init; }

    public string? StateStyle { get; init; }

    public string? HealthStatus { get; init; }

    public int? ExitCode { get; init; }

    public IReadOnlyList<string>? WaitingFor { get; init; }

    public DateTime? CreatedAt { get; init; }

    public DateTime? StartedAt { get; init; }

    public DateTime? StoppedAt { get; init; }

    public bool IsHidden { get; init; }

    public required IReadOnlyList<UrlInfo> Urls { get; init; }

    public required IReadOnlyList<RelationshipInfo> Relationships { get; init; }

    public required IReadOnlyList<HealthReportInfo> HealthReports { get; init; }

    public required IReadOnlyList<VolumeInfo> Volumes { get; init; }

    public required IReadOnlyList<VariableInfo> EnvironmentVariables { get; init; }

    public required IReadOnlyDictionary<string, string?> Properties { get; init; }

    public required IReadOnlyList<CommandInfo> Commands { get; init; }

    public static ResourceInfo Of(ResourceEvent source)
    {
        var s = source.Snapshot;
        return new ResourceInfo
        {
            Name = source.ResourceId,
            DisplayName = source.Resource.Name,
            ResourceType = s.ResourceType,
            State = s.State?.Text,
            StateStyle = s.State?.Style,
            HealthStatus = s.HealthStatus?.ToString(),
            ExitCode = s.ExitCode,
            WaitingFor = Items(s.Properties).FirstOrDefault(p => p.Name == "resource.waitingFor")?.Value is IEnumerable<string> names ? [.. names] : null,
            CreatedAt = Utc(s.CreationTimeStamp),
            StartedAt = Utc(s.StartTimeStamp),
            StoppedAt = Utc(s.StopTimeStamp),
            IsHidden = s.IsHidden,
            Urls = [.. Items(s.Urls).Where(u => !u.IsInactive).Select(u => new UrlInfo(u.Name, u.Url, u.IsInternal, new UrlDisplay(u.DisplayProperties.DisplayName, u.DisplayProperties.SortOrder)))],
            Relationships = [.. Items(s.Relationships).Select(r => new RelationshipInfo(r.ResourceName, r.Type))],
            HealthReports = [.. Items(s.HealthReports).Select(h => new HealthReportInfo(h.Name, h.Status?.ToString(), h.Description, h.ExceptionText))],
            Volumes = [.. Items(s.Volumes).Select(v => new VolumeInfo(v.Source, v.Target, v.MountType, v.IsReadOnly))],
            EnvironmentVariables = [.. Items(s.EnvironmentVariables).OrderBy(v => v.Name, StringComparer.Ordinal).Select(v => new VariableInfo(v.Name, v.Value, v.IsFromSpec))],
            Properties = ResourceProperties.Of(source).GroupBy(p => p.Name).ToDictionary(p => p.Key, p => p.Last().IsSensitive ? null : Text(p.Last().Value)),
            Commands = [.. Items(s.Commands).Select(CommandInfo.Of)],
        };
    }

    private static DateTime? Utc(DateTime? time) => time is { } given ? ResourceProperties.Utc(given) : null;

    private static string? Text(object? value) => value switch
    {
        null => null,
        string text => text,
        IEnumerable items => string.Join(", ", items.Cast<object?>().Select(Text)),
        _ => Convert.ToString(value, CultureInfo.InvariantCulture),
    };

    private static IEnumerable<T> Items<T>(ImmutableArray<T> items) => items.IsDefault ? [] : items;
}

internal sealed record UrlInfo(string? Name, string Url, bool IsInternal, UrlDisplay DisplayProperties);

internal sealed record UrlDisplay(string DisplayName, int SortOrder);

internal sealed record RelationshipInfo(string ResourceName, string Type);

internal sealed record HealthReportInfo(string Name, string? Status, string? Description, string? ExceptionText);

internal sealed record VolumeInfo(string? Source, string Target, string MountType, bool IsReadOnly);

internal sealed record VariableInfo(string Name, string? Value, bool IsFromSpec);

internal sealed record CommandInfo(string Name, string DisplayName, string? Description, IReadOnlyList<CommandInputInfo> ArgumentInputs, string Visibility, string State)
{
    public static CommandInfo Of(ResourceCommandSnapshot command) => new(
        command.Name,
        command.DisplayName,
        command.DisplayDescription,
        [.. (command.ArgumentInputs.IsDefault ? [] : command.ArgumentInputs).Select(i => new CommandInputInfo(i.Name, i.Label, i.Description, i.InputType.ToString(), i.Required, i.Placeholder, i.Value))],
        command.Visibility.ToString(),
        command.State.ToString());
}

internal sealed record CommandInputInfo(string Name, string? Label, string? Description, string InputType, bool Required, string? Placeholder, string? Value);
