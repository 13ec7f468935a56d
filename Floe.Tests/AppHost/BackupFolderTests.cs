using Aspire.Hosting;
using Floe.AppHost.Settings;
using Microsoft.Extensions.Configuration;

namespace Floe.Tests.AppHost;

/// <summary>Backups are never where what they are for is deleted.</summary>
public sealed class BackupFolderTests
{
    [Fact]
    public void Each_data_directory_has_its_backups_beside_it()
    {
        var root = Directory.CreateTempSubdirectory("floe-data-").FullName;
        try
        {
            using var first = DataDirectory.ClaimFirstFree(root);
            using var second = DataDirectory.ClaimFirstFree(root);
            Assert.Equal(Path.Combine(root, "backups", "data"), Folder(first));
            Assert.Equal(Path.Combine(root, "backups", "data-2"), Folder(second));
        }
        finally
        {
            Directory.Delete(root, recursive: true);
        }
    }

    [Fact]
    public void Containers_have_a_folder_and_a_setting_wins()
    {
        Assert.Equal("/repo/.floe/backups/containers", Folder(null));
        Assert.Equal("/elsewhere", Folder(null, "/elsewhere"));
    }

    private static string Folder(DataDirectory? data, string? setting = null) => BackupsBuilderExtensions.Folder(
        new FloeStack(FloeSettings.Read(new ConfigurationBuilder().AddInMemoryCollection([new("Floe:BackupDirectory", setting)]).Build()), data is null, "a test", data), "/repo/Floe.AppHost");
}
