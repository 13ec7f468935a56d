using Floe.ServiceDefaults.Configuration;
using Microsoft.Extensions.Configuration;

namespace Floe.Tests.ServiceDefaults;

public sealed class ConnectionStringTests
{
    [Fact]
    public void Keys_are_read_whatever_their_case_and_values_may_hold_equals_signs()
    {
        var read = ConnectionString.Read(With("minio", "endpoint=http://localhost:9000;AccessKey=floe;SecretKey=a=b=="), "minio");
        Assert.Equal(new Uri("http://localhost:9000"), read.RequiredUri("Endpoint"));
        Assert.Equal("a=b==", read.Required("SecretKey"));
        Assert.Null(read.Optional("Region"));
    }

    [Fact]
    public void A_missing_one_says_which_and_how_to_give_it()
    {
        var error = Assert.Throws<ConfigurationException>(() => ConnectionString.Read(new ConfigurationBuilder().Build(), "lakehouse"));
        Assert.Contains("ConnectionStrings:lakehouse is missing", error.Message, StringComparison.Ordinal);
        Assert.Contains("ConnectionStrings__lakehouse", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Errors_name_the_key_and_never_a_secret()
    {
        var read = ConnectionString.Read(With("minio", "Endpoint=localhost:9000;SecretKey=hidden"), "minio");
        Assert.Contains("AccessKey", Assert.Throws<ConfigurationException>(() => read.Required("AccessKey")).Message, StringComparison.Ordinal);
        var error = Assert.Throws<ConfigurationException>(() => read.RequiredUri("Endpoint")).Message;
        Assert.Contains("localhost:9000", error, StringComparison.Ordinal);
        Assert.DoesNotContain("hidden", error, StringComparison.Ordinal);
    }

    [Fact]
    public void Text_of_another_form_is_refused_without_repeating_it()
    {
        var error = Assert.Throws<ConfigurationException>(() => ConnectionString.Read(With("minio", "=;;=hidden"), "minio"));
        Assert.DoesNotContain("hidden", error.Message, StringComparison.Ordinal);
    }

    private static IConfiguration With(string name, string value) =>
        new ConfigurationBuilder().AddInMemoryCollection([new($"ConnectionStrings:{name}", value)]).Build();
}
