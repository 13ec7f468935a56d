using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;

namespace Aspire.Hosting.ApplicationModel;

/// <summary>Text with values in it that are only known at run time (or by the published target).</summary>
public class ReferenceExpression : IExpressionValue, IValueWithReferences
{
    public static readonly ReferenceExpression Empty = new("", [], [], []);

    private readonly (IValueProvider Condition, string Match, ReferenceExpression WhenTrue, ReferenceExpression WhenFalse)? _choice;

    private ReferenceExpression(string format, IValueProvider[] valueProviders, string[] manifestExpressions, string?[] stringFormats)
    {
        (Format, ValueProviders, ManifestExpressions, StringFormats) = (format, valueProviders, manifestExpressions, stringFormats);
    }

    private ReferenceExpression(IValueProvider condition, string match, ReferenceExpression whenTrue, ReferenceExpression whenFalse)
        : this("", [], [], []) => _choice = (condition, match, whenTrue, whenFalse);

    /// <summary>A composite format: <c>{0}</c>… stand for the values; literal braces are doubled.</summary>
    public string Format { get; }

    public IReadOnlyList<IValueProvider> ValueProviders { get; }

    public IReadOnlyList<string> ManifestExpressions { get; }

    /// <summary>Per value <c>uri</c> (percent-encode) or null.</summary>
    public IReadOnlyList<string?> StringFormats { get; }

    public bool IsConditional => _choice is not null;

    public IValueProvider? Condition => _choice?.Condition;

    public string? MatchValue => _choice?.Match;

    public ReferenceExpression? WhenTrue => _choice?.WhenTrue;

    public ReferenceExpression? WhenFalse => _choice?.WhenFalse;

    public string ValueExpression => _choice is { } choice
        ? choice.WhenTrue.ValueExpression
        : string.Format(CultureInfo.InvariantCulture, Format, [.. ManifestExpressions]);

    public IEnumerable<object> References => _choice is { } choice
        ? [choice.Condition, choice.WhenTrue, choice.WhenFalse]
        : ValueProviders;

    public static ReferenceExpression Create(in ExpressionInterpolatedStringHandler handler) => handler.ToExpression();

    /// <summary><paramref name="whenTrue"/> where the condition's value equals <paramref name="matchValue"/> ignoring case, else <paramref name="whenFalse"/>.</summary>
    public static ReferenceExpression CreateConditional(IValueProvider condition, string matchValue, ReferenceExpression whenTrue, ReferenceExpression whenFalse) =>
        new(condition, matchValue, whenTrue, whenFalse);

    internal static ReferenceExpression Create(string format, IValueProvider[] valueProviders, string[] manifestExpressions, string?[] stringFormats) =>
        new(format, valueProviders, manifestExpressions, stringFormats);

    public ValueTask<string?> GetValueAsync(CancellationToken cancellationToken) => GetValueAsync(new ValueProviderContext(), cancellationToken);

    public async ValueTask<string?> GetValueAsync(ValueProviderContext context, CancellationToken cancellationToken = default)
    {
        if (_choice is { } choice)
        {
            var value = await choice.Condition.GetValueAsync(context, cancellationToken).ConfigureAwait(false);
            var chosen = string.Equals(value, choice.Match, StringComparison.OrdinalIgnoreCase) ? choice.WhenTrue : choice.WhenFalse;
            return await chosen.GetValueAsync(context, cancellationToken).ConfigureAwait(false);
        }

        if (Format.Length == 0) return null;
        var values = new object?[ValueProviders.Count];
        for (var i = 0; i < values.Length; i++)
        {
            var value = await ValueProviders[i].GetValueAsync(context, cancellationToken).ConfigureAwait(false);
            values[i] = FormatValue(value, StringFormats[i]);
        }

        return string.Format(CultureInfo.InvariantCulture, Format, values);
    }

    private static string? FormatValue(string? value, string? format) => format switch
    {
        null => value,
        _ when value is null => null,
        "uri" => Uri.EscapeDataString(value),
        _ => throw new FormatException($"The format '{format}' is not supported in a reference expression. Supported: uri."),
    };

    /// <summary>Collects literals and values of an interpolated string.</summary>
    [InterpolatedStringHandler]
    public ref struct ExpressionInterpolatedStringHandler(int literalLength, int formattedCount)
    {
        private readonly StringBuilder _format = new(literalLength * 2);
        private readonly List<IValueProvider> _valueProviders = new(formattedCount);
        private readonly List<string> _manifestExpressions = new(formattedCount);
        private readonly List<string?> _stringFormats = new(formattedCount);

        public readonly void AppendLiteral(string value)
        {
            ArgumentNullException.ThrowIfNull(value);
            _format.Append(value.Replace("{", "{{", StringComparison.Ordinal).Replace("}", "}}", StringComparison.Ordinal));
        }

        public readonly void AppendFormatted(string? value) => AppendFormatted(value, null);

        public readonly void AppendFormatted(string? value, string? format)
        {
            if (value is not null) AppendLiteral(FormatValue(value, format)!);
        }

        public readonly void AppendFormatted<T>(T valueProvider) where T : IValueProvider, IManifestExpressionProvider =>
            AppendFormatted(valueProvider, null);

        public readonly void AppendFormatted<T>(T valueProvider, string? format) where T : IValueProvider, IManifestExpressionProvider =>
            AppendValueProvider(valueProvider, format);

        public readonly void AppendFormatted<T>(IResourceBuilder<T> valueProvider) where T : IResource, IValueProvider, IManifestExpressionProvider =>
            AppendFormatted(valueProvider, null);

        public readonly void AppendFormatted<T>(IResourceBuilder<T> valueProvider, string? format) where T : IResource, IValueProvider, IManifestExpressionProvider =>
            AppendValueProvider(valueProvider.Resource, format);

        internal readonly void AppendValueProvider(object valueProvider, string? format)
        {
            var value = valueProvider as IValueProvider
                ?? throw new ArgumentException($"A value of type '{valueProvider.GetType()}' cannot stand in a reference expression; it has to implement IValueProvider.", nameof(valueProvider));
            var manifest = valueProvider as IManifestExpressionProvider
                ?? throw new ArgumentException($"A value of type '{valueProvider.GetType()}' cannot stand in a reference expression; it has to implement IManifestExpressionProvider.", nameof(valueProvider));
            _format.Append(CultureInfo.InvariantCulture, $"{{{_valueProviders.Count}}}");
            _valueProviders.Add(value);
            _manifestExpressions.Add(manifest.ValueExpression);
            _stringFormats.Add(format);
        }

        internal readonly ReferenceExpression ToExpression() =>
            _format.Length == 0 ? Empty : ReferenceExpression.Create(_format.ToString(), [.. _valueProviders], [.. _manifestExpressions], [.. _stringFormats]);
    }
}

/// <summary>Builds a <see cref="ReferenceExpression"/> piece by piece.</summary>
public class ReferenceExpressionBuilder
{
    private readonly StringBuilder _format = new();
    private readonly List<IValueProvider> _valueProviders = [];
    private readonly List<string> _manifestExpressions = [];
    private readonly List<string?> _stringFormats = [];

    public bool IsEmpty => _format.Length == 0;

    public void Append([InterpolatedStringHandlerArgument("")] in ReferenceExpressionBuilderInterpolatedStringHandler handler) => _ = handler;

    public void AppendLiteral(string value)
    {
        ArgumentNullException.ThrowIfNull(value);
        _format.Append(value.Replace("{", "{{", StringComparison.Ordinal).Replace("}", "}}", StringComparison.Ordinal));
    }

    public void AppendFormatted(string? value) => AppendLiteral(value ?? "");

    public void AppendFormatted(string? value, string? format) => AppendLiteral(format == "uri" ? Uri.EscapeDataString(value ?? "") : value ?? "");

    public void AppendFormatted<T>(T valueProvider) where T : IValueProvider, IManifestExpressionProvider => AppendValueProvider(valueProvider);

    public void AppendFormatted<T>(T valueProvider, string? format) where T : IValueProvider, IManifestExpressionProvider => AppendValueProvider(valueProvider, format);

    public void AppendValueProvider(object valueProvider, string? format = null)
    {
        if (valueProvider is not IValueProvider value || valueProvider is not IManifestExpressionProvider manifest)
        {
            throw new ArgumentException($"A value of type '{valueProvider.GetType()}' cannot stand in a reference expression; it has to implement IValueProvider and IManifestExpressionProvider.", nameof(valueProvider));
        }

        _format.Append(CultureInfo.InvariantCulture, $"{{{_valueProviders.Count}}}");
        _valueProviders.Add(value);
        _manifestExpressions.Add(manifest.ValueExpression);
        _stringFormats.Add(format);
    }

    public ReferenceExpression Build() =>
        IsEmpty ? ReferenceExpression.Empty : ReferenceExpression.Create(_format.ToString(), [.. _valueProviders], [.. _manifestExpressions], [.. _stringFormats]);

    /// <summary>Appends the parts of an interpolated string to the builder.</summary>
    [InterpolatedStringHandler]
    public readonly ref struct ReferenceExpressionBuilderInterpolatedStringHandler
    {
        private readonly ReferenceExpressionBuilder _builder;

        [SuppressMessage("Style", "IDE0060", Justification = "The compiler gives both numbers to every handler.")]
        public ReferenceExpressionBuilderInterpolatedStringHandler(int literalLength, int formattedCount, ReferenceExpressionBuilder builder) => _builder = builder;

        public void AppendLiteral(string value) => _builder.AppendLiteral(value);

        public void AppendFormatted(string? value) => _builder.AppendFormatted(value);

        public void AppendFormatted(string? value, string? format) => _builder.AppendFormatted(value, format);

        public void AppendFormatted<T>(T valueProvider) where T : IValueProvider, IManifestExpressionProvider => _builder.AppendValueProvider(valueProvider);

        public void AppendFormatted<T>(T valueProvider, string? format) where T : IValueProvider, IManifestExpressionProvider => _builder.AppendValueProvider(valueProvider, format);

        public void AppendFormatted<T>(IResourceBuilder<T> valueProvider) where T : IResource, IValueProvider, IManifestExpressionProvider => _builder.AppendValueProvider(valueProvider.Resource);

        public void AppendFormatted<T>(IResourceBuilder<T> valueProvider, string? format) where T : IResource, IValueProvider, IManifestExpressionProvider => _builder.AppendValueProvider(valueProvider.Resource, format);
    }
}
