using System.Diagnostics.CodeAnalysis;
using System.Reflection;
using Floe.ServiceDefaults.Configuration;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Options that are checked before the service starts.</summary>
public static class ValidatedOptionsExtensions
{
    /// <summary>
    /// Binds <typeparamref name="T"/> to a configuration section and validates it when the host starts. A key that no property reads is an error:
    /// a setting that nothing reads is a typo.
    /// </summary>
    /// <exception cref="OptionsValidationException">At start: a value is of another kind or breaks a rule, or a key is unknown.</exception>
    public static OptionsBuilder<T> AddValidatedOptions<[DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.All)] T>(
        this IServiceCollection services, string section)
        where T : class, IValidatableOptions
    {
        services.AddSingleton<IValidateOptions<T>>(provider =>
            new SectionValidator<T>(section, provider.GetRequiredService<IConfiguration>().GetSection(section)));
        // Before the binder: it ends at the first value it cannot convert, with a chain of exceptions.
        return services.AddOptions<T>()
            .Configure<IConfiguration>((_, configuration) => ValueKinds.Check<T>(configuration.GetSection(section)))
            .BindConfiguration(section)
            .ValidateOnStart();
    }

    private sealed class SectionValidator<T>(string section, IConfigurationSection configuration) : IValidateOptions<T>
        where T : class, IValidatableOptions
    {
        public ValidateOptionsResult Validate(string? name, T options)
        {
            var failures = UnknownKeys().Concat(options.Validate().Select(failure => $"{section}:{failure}")).ToList();
            return failures.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(failures);
        }

        private IEnumerable<string> UnknownKeys()
        {
            var known = typeof(T).GetProperties(BindingFlags.Public | BindingFlags.Instance).Where(p => p.CanWrite).Select(p => p.Name)
                .ToHashSet(StringComparer.OrdinalIgnoreCase);
            return configuration.GetChildren().Where(child => !known.Contains(child.Key))
                .Select(child => $"{section}:{child.Key} is not a setting; known are {string.Join(", ", known.Order().Select(k => $"{section}:{k}"))}.");
        }
    }
}
