namespace Aspire.Hosting.Kubernetes.Publishing;

/// <summary>The value of a variable or argument in the chart.</summary>
/// <param name="Text">Plain text, or text with templates in it.</param>
/// <param name="IsTemplate">Whether the text holds templates; plain text may hold braces of its own.</param>
/// <param name="IsSecret">Whether a secret is part of it.</param>
/// <param name="Parameter">The parameter whose value this is and nothing else.</param>
internal readonly record struct HelmText(string Text, bool IsTemplate = false, bool IsSecret = false, string? Parameter = null)
{
    /// <summary>Plain text as part of a template: its own double braces are no template.</summary>
    public static string Escape(string text) => text.Replace("{{", "{{ `{{` }}", StringComparison.Ordinal);
}

/// <summary>A value that is a chart text already.</summary>
internal sealed record ChartText(string Text, bool IsTemplate);
