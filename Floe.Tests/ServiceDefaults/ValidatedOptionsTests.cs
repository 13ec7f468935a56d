using Floe.ServiceDefaults.Configuration;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Floe.Tests.ServiceDefaults;

public sealed class ValidatedOptionsTests
{
    [Fact]
    public void A_value_that_breaks_a_rule_and_a_key_that_nothing_reads_are_both_named()
    {
        var error = Assert.Throws<OptionsValidationException>(() => Options(("Shop:Rate", "2"), ("Shop:Rat", "1")));
        Assert.Contains(error.Failures, failure => failure.StartsWith("Shop:Rate is 2; it must be between 0 and 1", StringComparison.Ordinal));
        Assert.Contains(error.Failures, failure => failure.StartsWith("Shop:Rat is not a setting; known are Shop:Rate.", StringComparison.Ordinal));
    }

    [Fact]
    public void Valid_settings_are_bound() => Assert.Equal(0.5, Options(("Shop:Rate", "0.5")).Rate);

    private static ShopOptions Options(params (string Key, string Value)[] settings)
    {
        var services = new ServiceCollection();
        services.AddSingleton<IConfiguration>(new ConfigurationBuilder().AddInMemoryCollection(settings.Select(s => new KeyValuePair<string, string?>(s.Key, s.Value))).Build());
        services.AddValidatedOptions<ShopOptions>("Shop");
        return services.BuildServiceProvider().GetRequiredService<IOptions<ShopOptions>>().Value;
    }

    private sealed class ShopOptions : IValidatableOptions
    {
        public double Rate { get; set; }

        public IEnumerable<string> Validate() => Rate is < 0 or > 1 ? [$"Rate is {Rate}; it must be between 0 and 1."] : [];
    }
}
