using Floe.Emulators.CommandLine;
using Floe.ServiceDefaults.CommandLine;

namespace Floe.Tests.Emulators;

/// <summary>Help and refusals of the command line, by the real program.</summary>
public sealed class CommandLineTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("floe-emulators-").FullName;

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Fact]
    public async Task Help_names_the_services_and_each_tells_its_options_and_variables()
    {
        var (code, whole, _) = await EmulatorProcess.RunAsync(_directory, ["--help"]);
        Assert.Equal(0, code);
        foreach (var (verb, words) in new Dictionary<string, string[]>
        {
            ["postgres"] = ["--data DIR", "--port N", "--bin-dir DIR", "--no-fsync", "POSTGRES_PASSWORD", "FLOE_POSTGRES_DATABASES"],
            ["minio"] = ["--data DIR", "--port N", "MINIO_ROOT_USER", "MINIO_ROOT_PASSWORD", "rclone", "aws ", "mc alias"],
            ["polaris"] = ["--port N", "--management-port M", "--data DIR", "--s3-credentials FILE", "QUARKUS_DATASOURCE_JDBC_URL", "POLARIS_BOOTSTRAP_CREDENTIALS", "AWS_ACCESS_KEY_ID"],
            ["marquez"] = ["--port N", "--admin-port M", "--data DIR", "POSTGRES_HOST", "OPENLINEAGE_URL", "column-lineage"],
        })
        {
            Assert.Contains($"  {verb} ", whole);
            var (exit, help, _) = await EmulatorProcess.RunAsync(_directory, [verb, "--help"]);
            Assert.Equal(0, exit);
            Assert.All(words, word => Assert.Contains(word, help));
        }
        Assert.Empty(Directory.EnumerateFileSystemEntries(_directory));
    }

    [Theory]
    [InlineData("", "No service was named; the services are postgres, minio, polaris, marquez")]
    [InlineData("mino", "'mino' is no service; the services are postgres, minio, polaris, marquez")]
    [InlineData("minio --prot 1", "minio: '--prot' is no option; there are --data DIR, --port N")]
    [InlineData("minio --port 1 --data", "minio: --data needs a value: give --data DIR")]
    [InlineData("polaris --port --management-port 1", "polaris: --port needs a value: give --port N")]
    [InlineData("polaris --management-port=70000", "polaris: --management-port 70000 is not a TCP port (0 to 65535)")]
    [InlineData("polaris --s3-credentials nowhere", "polaris: --s3-credentials nowhere is no file")]
    [InlineData("postgres --port 20000", "postgres: the data directory is missing: give --data DIR")]
    [InlineData("postgres --data x --port 0", "postgres: the port is missing: give --port N")]
    public async Task A_wrong_command_line_ends_with_64_and_one_sentence(string line, string sentence)
    {
        var (code, _, errors) = await EmulatorProcess.RunAsync(_directory, line.Split(' ', StringSplitOptions.RemoveEmptyEntries));
        Assert.Equal(64, code);
        Assert.StartsWith(sentence, errors);
        Assert.EndsWith("--help).", errors);
        Assert.DoesNotContain('\n', errors);
        Assert.Empty(Directory.EnumerateFileSystemEntries(_directory));
    }

    [Theory]
    [InlineData("--flag=1", "--flag takes no value")]
    [InlineData("--text a --text b", "--text is given twice")]
    [InlineData("--text=", "--text has an empty value")]
    [InlineData("stray", "'stray' is no option")]
    public void Arguments_follow_the_rules(string line, string sentence)
    {
        Option[] options = [new("--text", "T", ""), new("--flag", null, "")];
        Assert.StartsWith(sentence, Assert.Throws<UsageException>(() => Arguments.Parse(line.Split(' '), options)).Message);
        var arguments = Arguments.Parse(["--text=a=b", "--flag"], options);
        Assert.Equal(("a=b", true), (arguments.Text("--text"), arguments.Has("--flag")));
    }
}
