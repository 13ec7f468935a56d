using Aspire.Hosting.ApplicationModel;
using Microsoft.Extensions.Configuration;

namespace Aspire.Hosting;

/// <summary>Adds parameters.</summary>
public static class ParameterResourceBuilderExtensions
{
    /// <summary>The value comes from the configuration <c>Parameters:{name}</c> (or with <c>_</c> for <c>-</c>).</summary>
    public static IResourceBuilder<ParameterResource> AddParameter(this IDistributedApplicationBuilder builder, string name, bool secret = false) =>
        builder.Add(name, _ => FromConfiguration(builder, name) ?? throw Missing(name, $"Parameters:{name}"), secret, $"Parameters:{name}");

    /// <summary>Always the given value.</summary>
    public static IResourceBuilder<ParameterResource> AddParameter(this IDistributedApplicationBuilder builder, string name, string value, bool publishValueAsDefault = false, bool secret = false) =>
        builder.AddParameter(name, () => value, publishValueAsDefault, secret);

    public static IResourceBuilder<ParameterResource> AddParameter(this IDistributedApplicationBuilder builder, string name, Func<string> valueGetter, bool publishValueAsDefault = false, bool secret = false)
    {
        if (publishValueAsDefault && secret) throw new ArgumentException("A parameter cannot be both secret and published as a default value.", nameof(secret));
        var parameter = builder.Add(name, _ => valueGetter(), secret, $"Parameters:{name}");
        if (publishValueAsDefault) parameter.Resource.Default = new ConstantParameterDefault(valueGetter);
        return parameter;
    }

    /// <summary>The configured value, else the default; <paramref name="persist"/> keeps a generated one in the user secrets.</summary>
    public static IResourceBuilder<ParameterResource> AddParameter(this IDistributedApplicationBuilder builder, string name, ParameterDefault value, bool secret = false, bool persist = false)
    {
        ArgumentNullException.ThrowIfNull(value);
        return builder.AddResource(CreateWithDefault(builder, name, secret, value, persist)).WithParameterState();
    }

    public static IResourceBuilder<ParameterResource> AddParameterFromConfiguration(this IDistributedApplicationBuilder builder, string name, string configurationKey, bool secret = false) =>
        builder.Add(name, _ => NotEmpty(builder.Configuration[configurationKey]) ?? throw Missing(name, configurationKey), secret, configurationKey);

    public static IResourceBuilder<ParameterResource> WithDescription(this IResourceBuilder<ParameterResource> builder, string description, bool enableMarkdown = false)
    {
        (builder.Resource.Description, builder.Resource.EnableDescriptionMarkdown) = (description, enableMarkdown);
        return builder;
    }

    /// <summary>A connection string from the configuration <c>ConnectionStrings:{name}</c>.</summary>
    public static IResourceBuilder<IResourceWithConnectionString> AddConnectionString(this IDistributedApplicationBuilder builder, string name, string? environmentVariableName = null)
    {
        var resource = new ConnectionStringParameterResource(name, _ => NotEmpty(builder.Configuration.GetConnectionString(name)) ?? throw Missing(name, $"ConnectionStrings:{name}"), environmentVariableName)
        {
            IsConnectionString = true,
            ConfigurationKey = $"ConnectionStrings:{name}",
        };
        return builder.AddResource(resource).WithParameterState();
    }

    /// <summary>A generated secret that is not part of the model; kept in the user secrets.</summary>
    public static ParameterResource CreateDefaultPasswordParameter(IDistributedApplicationBuilder builder, string name, bool lower = true, bool upper = true, bool numeric = true, bool special = true, int minLower = 0, int minUpper = 0, int minNumeric = 0, int minSpecial = 0) =>
        CreateGeneratedParameter(builder, name, secret: true, new GenerateParameterDefault
        {
            MinLength = 22, // 128 bits from the 57 characters that can be told apart
            Lower = lower, Upper = upper, Numeric = numeric, Special = special,
            MinLower = minLower, MinUpper = minUpper, MinNumeric = minNumeric, MinSpecial = minSpecial,
        });

    public static ParameterResource CreateGeneratedParameter(IDistributedApplicationBuilder builder, string name, bool secret, GenerateParameterDefault parameterDefault) =>
        CreateWithDefault(builder, name, secret, parameterDefault, persist: true);

    internal static string? FromConfiguration(IDistributedApplicationBuilder builder, string name) =>
        NotEmpty(builder.Configuration[$"Parameters:{name}"]) ?? NotEmpty(builder.Configuration[$"Parameters:{name.Replace('-', '_')}"]);

    private static IResourceBuilder<ParameterResource> Add(this IDistributedApplicationBuilder builder, string name, Func<ParameterDefault?, string> callback, bool secret, string configurationKey) =>
        builder.AddResource(new ParameterResource(name, callback, secret) { ConfigurationKey = configurationKey }).WithParameterState();

    private static ParameterResource CreateWithDefault(IDistributedApplicationBuilder builder, string name, bool secret, ParameterDefault value, bool persist)
    {
        var key = $"Parameters:{name}";
        return new ParameterResource(name, parameterDefault => FromConfiguration(builder, name) ?? Generate(parameterDefault!), secret) { Default = value, ConfigurationKey = key };

        string Generate(ParameterDefault parameterDefault)
        {
            // A publish leaves no trace in the secrets of the one who develops.
            if (!persist || builder.ExecutionContext.IsPublishMode) return parameterDefault.GetDefaultValue();
            builder.UserSecretsManager.GetOrSetSecret(builder.Configuration, key, parameterDefault.GetDefaultValue);
            return builder.Configuration[key]!;
        }
    }

    private static IResourceBuilder<T> WithParameterState<T>(this IResourceBuilder<T> builder) where T : ParameterResource => builder
        .WithInitialState(new CustomResourceSnapshot
        {
            ResourceType = builder.Resource.GetResourceType(),
            CreationTimeStamp = DateTime.UtcNow,
            State = KnownResourceStates.NotStarted,
            Properties = [new(KnownProperties.Resource.Source, builder.Resource.ConfigurationKey)],
        });

    private static MissingParameterValueException Missing(string name, string key) =>
        new($"Parameter resource could not be used because configuration key '{key}' is missing and the Parameter '{name}' has no default value. Set it in the configuration, in the environment ({key.Replace(":", "__", StringComparison.Ordinal).Replace('-', '_')}=value) or as an argument ({key}=value).");

    private static string? NotEmpty(string? value) => string.IsNullOrEmpty(value) ? null : value;
}

/// <summary>Adds composed connection strings.</summary>
public static class ConnectionStringBuilderExtensions
{
    public static IResourceBuilder<ConnectionStringResource> AddConnectionString(this IDistributedApplicationBuilder builder, string name, ReferenceExpression connectionStringExpression)
    {
        var resource = new ConnectionStringResource(name, connectionStringExpression);
        return builder.AddResource(resource)
            .WithReferenceRelationship(connectionStringExpression)
            .WithInitialState(new CustomResourceSnapshot { ResourceType = resource.GetResourceType(), CreationTimeStamp = DateTime.UtcNow, State = KnownResourceStates.NotStarted, Properties = [] });
    }

    public static IResourceBuilder<ConnectionStringResource> AddConnectionString(this IDistributedApplicationBuilder builder, string name, Action<ReferenceExpressionBuilder> connectionStringBuilder)
    {
        var expression = new ReferenceExpressionBuilder();
        connectionStringBuilder(expression);
        return builder.AddConnectionString(name, expression.Build());
    }
}
