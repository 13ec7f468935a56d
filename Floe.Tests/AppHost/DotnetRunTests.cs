using Floe.AppHost.Startup;

namespace Floe.Tests.AppHost;

/// <summary>Only a `dotnet run` is followed to its end; the test of a killed one is end to end.</summary>
public sealed class DotnetRunTests
{
    [Theory]
    [InlineData("dotnet\0run\0--project\0Floe.AppHost\0", true)]
    [InlineData("/usr/share/dotnet/dotnet\0--diagnostics\0run\0", true)]
    [InlineData("dotnet\0watch\0run\0", false)]
    [InlineData("dotnet\0exec\0Floe.AppHost.dll\0run\0", false)]
    [InlineData("dotnet\0Floe.AppHost.dll\0", false)]
    [InlineData("dotnet\0", false)]
    [InlineData("bash\0-c\0dotnet run\0", false)]
    [InlineData("nohup\0dotnet\0run\0", false)]
    [InlineData("/usr/bin/aspire\0run\0", false)]
    [InlineData("", false)]
    public void It_is_told_from_others_by_its_command_line(string commandLine, bool expected) => Assert.Equal(expected, DotnetRun.IsDotnetRun(commandLine));
}
