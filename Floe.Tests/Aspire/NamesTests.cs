using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using Xunit;

namespace Floe.Tests.Aspire;

public class NamesTests
{
    [Theory]
    [InlineData("a")]
    [InlineData("minio-2")]
    [InlineData("A1-b2")]
    public void Good_names_are_taken(string name) => Assert.Equal(name, new ContainerResource(name).Name);

    [Theory]
    [InlineData("2fast")]
    [InlineData("-a")]
    [InlineData("a-")]
    [InlineData("a--b")]
    [InlineData("a_b")]
    [InlineData("a.b")]
    [InlineData("übel")]
    public void Bad_names_are_refused_with_the_rule(string name)
    {
        var error = Assert.Throws<ArgumentException>(() => new ContainerResource(name));
        Assert.StartsWith($"Resource name '{name}' is invalid. Name must ", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_longest_name_has_64_characters()
    {
        Assert.Equal(64, new ContainerResource(new string('x', 64)).Name.Length);
        Assert.Throws<ArgumentException>(() => new ContainerResource(new string('x', 65)));
    }

    [Fact]
    public void Names_are_unique_ignoring_case()
    {
        var builder = SampleApplication.CreateBuilder();
        builder.AddContainer("minio", "example.test/minio");
        var error = Assert.Throws<DistributedApplicationException>(() => builder.AddParameter("MinIO", "x"));
        Assert.Contains("'MinIO'", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Endpoint_names_follow_the_same_rules()
    {
        var builder = SampleApplication.CreateBuilder();
        Assert.Throws<ArgumentException>(() => builder.AddContainer("a", "example.test/a").WithHttpEndpoint(name: "not_good"));
    }
}
