using System.Collections;
using System.Globalization;
using Aspire.Hosting.ApplicationModel;
using Google.Protobuf.WellKnownTypes;
using P = Aspire.Hosting.Dashboard.Protocol;

namespace Aspire.Hosting.Dashboard;

/// <summary>Makes the dashboard's message of a resource instance.</summary>
internal static class ResourceMapping
{
    /// <param name="source">The instance and its newest snapshot.</param>
    /// <param name="firstSeen">Stands in for a snapshot without creation time; the dashboard refuses resources that have none.</param>
    public static P.Resource ToMessage(ResourceEvent source, DateTime firstSeen)
    {
        var snapshot = source.Snapshot;
        var message = new P.Resource
        {
            Name = source.ResourceId,
            Uid = source.ResourceId,
            DisplayName = source.Resource.Name,
            ResourceType = snapshot.ResourceType,
            CreatedAt = Time(snapshot.CreationTimeStamp ?? snapshot.StartTimeStamp ?? firstSeen),
            IsHidden = snapshot.IsHidden,
        };
        if (snapshot.State is { } state)
        {
            message.State = state.Text;
            message.StateStyle = state.Style ?? "";
        }

        if (snapshot.StartTimeStamp is { } started)
        {
            message.StartedAt = Time(started);
        }

        if (snapshot.StopTimeStamp is { } stopped)
        {
            message.StoppedAt = Time(stopped);
        }

        if (snapshot.IconName is { } icon)
        {
            message.IconName = icon;
            message.IconVariant = Variant(snapshot.IconVariant);
        }

        message.Properties.AddRange(ResourceProperties.Of(source).Select(ToMessage));
        message.Environment.AddRange(Items(snapshot.EnvironmentVariables).OrderBy(e => e.Name, StringComparer.Ordinal).Select(ToMessage));
        message.Urls.AddRange(Items(snapshot.Urls).Select(ToMessage));
        message.Volumes.AddRange(Items(snapshot.Volumes).Select(v =>
            new P.Volume { Source = v.Source ?? "", Target = v.Target, MountType = v.MountType, IsReadOnly = v.IsReadOnly }));
        message.HealthReports.AddRange(Items(snapshot.HealthReports).Select(ToMessage));
        message.Relationships.AddRange(Items(snapshot.Relationships).Select(r => new P.ResourceRelationship { ResourceName = r.ResourceName, Type = r.Type }));
        message.Commands.AddRange(Items(snapshot.Commands).Where(c => c.Visibility.HasFlag(ResourceCommandVisibility.UI)).Select(ToMessage));
        return message;
    }

    private static P.EnvironmentVariable ToMessage(EnvironmentVariableSnapshot variable)
    {
        var message = new P.EnvironmentVariable { Name = variable.Name, IsFromSpec = variable.IsFromSpec };
        if (variable.Value is { } value)
        {
            message.Value = value;
        }

        return message;
    }

    private static P.ResourceProperty ToMessage(ResourcePropertySnapshot property)
    {
        var message = new P.ResourceProperty { Name = property.Name, Value = ToValue(property.Value), IsHighlighted = property.IsHighlighted };
        if (property.IsSensitive)
        {
            message.IsSensitive = true;
        }

        if (property.DisplayName is { } display)
        {
            message.DisplayName = display;
        }

        if (property.SortOrder is { } order)
        {
            message.SortOrder = order;
        }

        return message;
    }

    private static P.Url ToMessage(UrlSnapshot url)
    {
        var message = new P.Url
        {
            FullUrl = url.Url,
            IsInternal = url.IsInternal,
            IsInactive = url.IsInactive,
            DisplayProperties = new P.UrlDisplayProperties { DisplayName = url.DisplayProperties.DisplayName, SortOrder = url.DisplayProperties.SortOrder },
        };
        if (url.Name is { } endpoint)
        {
            message.EndpointName = endpoint;
        }

        return message;
    }

    private static P.HealthReport ToMessage(HealthReportSnapshot report)
    {
        var message = new P.HealthReport { Key = report.Name, Description = report.Description ?? "", Exception = report.ExceptionText ?? "" };
        if (report.Status is { } status)
        {
            message.Status = status switch
            {
                Microsoft.Extensions.Diagnostics.HealthChecks.HealthStatus.Healthy => P.HealthStatus.Healthy,
                Microsoft.Extensions.Diagnostics.HealthChecks.HealthStatus.Degraded => P.HealthStatus.Degraded,
                _ => P.HealthStatus.Unhealthy,
            };
        }

        if (report.LastRunAt is { } run)
        {
            message.LastRunAt = Time(run);
        }

        return message;
    }

    private static P.ResourceCommand ToMessage(ResourceCommandSnapshot command)
    {
        var message = new P.ResourceCommand
        {
            Name = command.Name,
            DisplayName = command.DisplayName,
            IsHighlighted = command.IsHighlighted,
            State = (P.ResourceCommandState)(int)command.State,
        };
        if (command.ConfirmationMessage is { Length: > 0 } question)
        {
            message.ConfirmationMessage = question;
        }

        if (command.DisplayDescription is { } description)
        {
            message.DisplayDescription = description;
        }

        if (command.IconName is { } icon)
        {
            message.IconName = icon;
            message.IconVariant = Variant(command.IconVariant);
        }

        if (!command.ArgumentInputs.IsDefault)
        {
            message.ArgumentInputs.AddRange(command.ArgumentInputs.Select(ToMessage));
        }

        return message;
    }

    private static P.InteractionInput ToMessage(InteractionInput input)
    {
        var message = new P.InteractionInput
        {
            Name = input.Name,
            Label = input.Label ?? input.Name,
            Placeholder = input.Placeholder ?? "",
            Description = input.Description ?? "",
            InputType = (P.InputType)((int)input.InputType + 1), // the message has an unspecified kind in front
            Required = input.Required,
            Value = input.Value ?? "",
            MaxLength = input.MaxLength ?? 0,
        };
        foreach (var (key, text) in input.Options ?? [])
        {
            message.Options[key] = text;
        }

        return message;
    }

    private static Value ToValue(object? value) => value switch
    {
        null => Value.ForNull(),
        string text => Value.ForString(text),
        bool flag => Value.ForBool(flag),
        sbyte or byte or short or ushort or int or uint or long or ulong or float or double or decimal =>
            Value.ForNumber(Convert.ToDouble(value, CultureInfo.InvariantCulture)),
        DateTime time => Value.ForString(ResourceProperties.Utc(time).ToString("o", CultureInfo.InvariantCulture)),
        IEnumerable items => Value.ForList([.. items.Cast<object?>().Select(ToValue)]),
        _ => Value.ForString(Convert.ToString(value, CultureInfo.InvariantCulture) ?? ""),
    };

    private static IEnumerable<T> Items<T>(System.Collections.Immutable.ImmutableArray<T> items) => items.IsDefault ? [] : items;

    private static P.IconVariant Variant(IconVariant? variant) => variant == IconVariant.Filled ? P.IconVariant.Filled : P.IconVariant.Regular;

    private static Timestamp Time(DateTime time) => Timestamp.FromDateTime(ResourceProperties.Utc(time));
}
