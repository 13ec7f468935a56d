using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using Xunit;

namespace Floe.Tests.Aspire;

public class ParameterTests
{
    [Fact]
    public async Task The_value_comes_from_the_configuration_in_either_spelling()
    {
        var builder = SampleApplication.CreateBuilder("Parameters:minio-user=dash", "Parameters:minio_secret=underscore");
        Assert.Equal("dash", await builder.AddParameter("minio-user").Resource.GetValueAsync(default));
        Assert.Equal("underscore", await builder.AddParameter("minio-secret", secret: true).Resource.GetValueAsync(default));
    }

    [Fact]
    public async Task A_missing_value_is_named_with_its_key()
    {
        var parameter = SampleApplication.CreateBuilder().AddParameter("nobody-set-me").Resource;
        var error = await Assert.ThrowsAsync<MissingParameterValueException>(async () => await parameter.GetValueAsync(default));
        Assert.Contains("Parameters:nobody-set-me", error.Message, StringComparison.Ordinal);
        Assert.Contains("Parameters__nobody_set_me", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_given_value_is_not_overridden()
    {
        var builder = SampleApplication.CreateBuilder("Parameters:fixed=other");
        Assert.Equal("mine", await builder.AddParameter("fixed", "mine").Resource.GetValueAsync(default));
    }

    [Fact]
    public async Task A_generated_value_is_the_same_for_every_consumer()
    {
        var parameter = ParameterResourceBuilderExtensions.CreateDefaultPasswordParameter(SampleApplication.CreateBuilder(), "db-password", special: false);
        var value = await parameter.GetValueAsync(default);
        Assert.Equal(22, value!.Length);
        Assert.True(value.All(char.IsAsciiLetterOrDigit), "special characters were excluded");
        Assert.Equal(value, await parameter.GetValueAsync(default));
        Assert.True(parameter.Secret);
    }

    [Fact]
    public void A_generator_honours_its_minimums()
    {
        var value = new GenerateParameterDefault { MinLength = 10, MinUpper = 4, MinNumeric = 5, Special = false }.GetDefaultValue();
        Assert.Equal(10, value.Length);
        Assert.True(value.Count(char.IsAsciiLetterUpper) >= 4 && value.Count(char.IsAsciiDigit) >= 5, value);
    }

    [Fact]
    public void A_secret_is_never_published_as_a_default() =>
        Assert.Throws<ArgumentException>(() => SampleApplication.CreateBuilder().AddParameter("p", "v", publishValueAsDefault: true, secret: true));

    [Fact]
    public void Unknown_arguments_are_for_somebody_else()
    {
        var builder = SampleApplication.CreateBuilder("--log-file", "/tmp/x", "-v", "Any:Key=value", "--whatever");
        Assert.Equal("value", builder.Configuration["Any:Key"]);
        Assert.True(builder.ExecutionContext.IsRunMode);
    }

    [Fact]
    public void The_operation_decides_the_mode()
    {
        Assert.True(SampleApplication.CreateBuilder("--operation", "publish", "--step", "publish").ExecutionContext.IsPublishMode);
        Assert.True(SampleApplication.CreateBuilder("--publisher", "manifest").ExecutionContext.IsPublishMode);
        Assert.Throws<DistributedApplicationException>(() => SampleApplication.CreateBuilder("--operation", "dance"));
    }
}
