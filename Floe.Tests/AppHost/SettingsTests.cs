using Aspire.Hosting;
using Floe.AppHost.Settings;
using Microsoft.Extensions.Configuration;

namespace Floe.Tests.AppHost;

public sealed class SettingsTests
{
    [Theory]
    [InlineData(null, ServiceChoice.Auto)]
    [InlineData("AUTO", ServiceChoice.Auto)]
    [InlineData("containers", ServiceChoice.Containers)]
    [InlineData("Embedded", ServiceChoice.Embedded)]
    public void Services_are_chosen_by_name(string? value, ServiceChoice expected) => Assert.Equal(expected, Read("Floe:Services", value).Services);

    [Theory]
    [InlineData("1")]
    [InlineData("-1")]
    [InlineData("docker")]
    [InlineData("auto,embedded")]
    public void Any_other_name_is_refused_with_value_and_rule(string value)
    {
        var error = Assert.Throws<DistributedApplicationException>(() => Read("Floe:Services", value));
        Assert.Equal($"Floe:Services is '{value}'; it must be auto, containers or embedded.", error.Message);
    }

    [Fact]
    public void A_blank_folder_and_a_short_image_name_are_refused_in_every_mode()
    {
        Assert.StartsWith("Floe:DataDirectory is blank", Assert.Throws<DistributedApplicationException>(() => Read("Floe:DataDirectory", " ")).Message, StringComparison.Ordinal);
        Assert.Contains("'foo'", Assert.Throws<DistributedApplicationException>(() => Read("Floe:ObjectStoreImage", "foo")).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_pages_token_is_local_or_pasted()
    {
        Assert.Equal("local", Read("Floe:PageToken", null).PageToken);
        Assert.Equal("pasted", Read("Floe:PageToken", "pasted").PageToken);
        Assert.StartsWith("Floe:PageToken is 'never'; it must be local", Assert.Throws<DistributedApplicationException>(() => Read("Floe:PageToken", "never")).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_size_of_the_containers_is_one_of_three() =>
        Assert.Equal("Floe:ContainerSize is 'custom'; it must be small, medium or large.", Assert.Throws<DistributedApplicationException>(() => Read("Floe:ContainerSize", "custom")).Message);

    [Fact]
    public void Cube_Store_is_chosen_or_not()
    {
        Assert.False(Read("Floe:CubeStore", null).CubeStore);
        Assert.True(Read("Floe:CubeStore", "true").CubeStore);
        Assert.StartsWith("Floe:CubeStore is 'yes'; it must be true", Assert.Throws<DistributedApplicationException>(() => Read("Floe:CubeStore", "yes")).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_key_that_nothing_reads_is_refused() =>
        Assert.StartsWith("Floe:Service is not a setting of Floe", Assert.Throws<DistributedApplicationException>(() => Read("Floe:Service", "auto")).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData("quay.io/minio/minio:RELEASE.2025-09-07T16-13-09Z", "quay.io", "minio/minio", "RELEASE.2025-09-07T16-13-09Z")]
    [InlineData("localhost:5000/store:1", "localhost:5000", "store", "1")]
    public void An_image_is_registry_repository_and_tag(string text, string registry, string image, string tag) =>
        Assert.Equal(new(registry, image, tag), ImageReference.Parse(text));

    [Theory]
    [InlineData("minio/minio:1")]
    [InlineData("quay.io/minio/minio")]
    [InlineData("quay.io/minio/minio:latest")]
    [InlineData("localhost:5000/store")]
    [InlineData("quay.io/:1")]
    public void A_short_name_and_latest_are_refused(string text) => Assert.Contains(text, Assert.Throws<DistributedApplicationException>(() => ImageReference.Parse(text)).Message, StringComparison.Ordinal);

    [Fact]
    public void A_data_directory_is_claimed_once_and_the_next_stack_takes_the_next()
    {
        var root = Directory.CreateTempSubdirectory("floe-data-").FullName;
        try
        {
            using (var first = DataDirectory.ClaimFirstFree(root))
            {
                using var second = DataDirectory.ClaimFirstFree(root);
                Assert.Equal(Path.Combine(root, "data"), first.FullPath);
                Assert.Equal(Path.Combine(root, "data-2"), second.FullPath);
                Assert.Contains("is in use", Assert.Throws<DistributedApplicationException>(() => DataDirectory.Claim(first.FullPath)).Message, StringComparison.Ordinal);
            }
            using var again = DataDirectory.ClaimFirstFree(root);
            Assert.Equal(Path.Combine(root, "data"), again.FullPath);
        }
        finally
        {
            Directory.Delete(root, recursive: true);
        }
    }

    private static FloeSettings Read(string key, string? value) =>
        FloeSettings.Read(new ConfigurationBuilder().AddInMemoryCollection([new(key, value)]).Build());
}
