using Floe.ServiceDefaults.Configuration;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace Floe.Tests.ServiceDefaults;

public sealed class ValidatedOptionsTests
{
    [Fact]
    public void A_value_that_breaks_a_rule_and_a_key_that_nothing_reads_are_both_named()
    {
        var error = Assert.Throws<OptionsValidationException>(() => Options(("Shop:Rate", "2"), ("Shop:Rat", "1")));
        Assert.Contains(error.Failures, failure => failure.StartsWith("Shop:Rate is 2; it must be between 0 and 1", StringComparison.Ordinal));
        Assert.Contains(error.Failures, failure => failure.StartsWith("Shop:Rat is not a setting; known are Shop:KeyLength, Shop:Rate.", StringComparison.Ordinal));
    }

    [Fact]
    public void A_value_of_another_kind_is_named_with_the_kind()
    {
        var error = Assert.Throws<OptionsValidationException>(() => Options(("Shop:Rate", "abc"), ("Shop:KeyLength", "hidden")));
        Assert.Equal(["Shop:Rate is 'abc'; it must be a number.", "Shop:KeyLength cannot be read; it must be a whole number of at most 2147483647."], error.Failures);
    }

    [Theory]
    [InlineData("OTEL_EXPORTER_OTLP_ENDPOINT", "localhost", "OTEL_EXPORTER_OTLP_ENDPOINT is 'localhost'; it must be an absolute http or https address")]
    [InlineData("OTEL_EXPORTER_OTLP_ENDPOINT", "ftp://127.0.0.1", "OTEL_EXPORTER_OTLP_ENDPOINT is 'ftp://127.0.0.1'; it must be an absolute http or https address")]
    [InlineData("OTEL_TRACES_SAMPLER", "sometimes", "OTEL_TRACES_SAMPLER is 'sometimes'; it must be one of always_on, always_off,")]
    public void A_bad_telemetry_setting_is_named(string key, string value, string sentence)
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Configuration["OTEL_EXPORTER_OTLP_ENDPOINT"] = "http://127.0.0.1:9";
        builder.Configuration[key] = value;
        Assert.StartsWith(sentence, Assert.Throws<ConfigurationException>(() => builder.AddServiceDefaults()).Message, StringComparison.Ordinal);
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

        public int KeyLength { get; set; } = 32;

        public IEnumerable<string> Validate() => Rate is < 0 or > 1 ? [$"Rate is {Rate}; it must be between 0 and 1."] : [];
    }
}
