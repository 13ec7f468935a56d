using System.Diagnostics.CodeAnalysis;

namespace Aspire.Hosting;

using Aspire.Hosting.ApplicationModel;

/// <summary>A service that this application uses but does not run.</summary>
public sealed class ExternalServiceResource : Resource
{
    internal ExternalServiceResource(string name, Uri uri) : base(name)
    {
        if (!IsValid(uri, out var rule)) throw new ArgumentException($"The URL '{uri}' of the external service '{name}' is invalid: {rule}", nameof(uri));
        Uri = uri;
    }

    internal ExternalServiceResource(string name, ParameterResource urlParameter) : base(name)
    {
        ArgumentNullException.ThrowIfNull(urlParameter);
        UrlParameter = urlParameter;
    }

    /// <summary>The fixed address; null when it comes from <see cref="UrlParameter"/>.</summary>
    public Uri? Uri { get; }

    public ParameterResource? UrlParameter { get; }

    internal static bool IsValid(Uri uri, [NotNullWhen(false)] out string? rule)
    {
        rule = !uri.IsAbsoluteUri ? "it must be an absolute URI."
            : uri.AbsolutePath != "/" && !uri.AbsolutePath.EndsWith('/') ? "the path must end with '/'."
            : uri.Query.Length > 0 || uri.Fragment.Length > 0 ? "it must not hold a query or a fragment."
            : null;
        return rule is null;
    }

    internal async ValueTask<Uri> GetUriAsync(CancellationToken cancellationToken)
    {
        if (Uri is not null) return Uri;
        var text = await UrlParameter!.GetValueAsync(cancellationToken).ConfigureAwait(false);
        return Uri.TryCreate(text, UriKind.Absolute, out var uri) && IsValid(uri, out _)
            ? uri
            : throw new DistributedApplicationException($"The URL of the external service '{Name}' from the parameter '{UrlParameter.Name}' is invalid: it must be an absolute URI without query and fragment whose path ends with '/'.");
    }
}
