using System.ComponentModel;
using System.Diagnostics;
using System.Text;

namespace Floe.AppHost.Tools;

/// <summary>What a command line tool answered.</summary>
/// <param name="ExitCode">0 is success.</param>
/// <param name="Output">Standard output.</param>
/// <param name="Error">Standard error.</param>
public sealed record ToolResult(int ExitCode, string Output, string Error)
{
    /// <summary>The last lines of what went wrong, on one line.</summary>
    public string Reason => string.Join(' ', (Error.Trim() is { Length: > 0 } error ? error : Output).Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).TakeLast(3));
}

/// <summary>A tool is not there.</summary>
public sealed class ToolMissingException(string tool, string remedy) : DistributedApplicationException($"{tool} was not found; {remedy}")
{
    /// <summary>What to do.</summary>
    public string Remedy { get; } = remedy;
}

/// <summary>Runs helm and kubectl: arguments are passed as they are, nothing goes through a shell.</summary>
public static class ToolProcess
{
    /// <summary>Runs a tool to its end; it ends with the cancellation.</summary>
    /// <exception cref="ToolMissingException">There is no such program.</exception>
    public static async Task<ToolResult> RunAsync(string tool, IEnumerable<string> arguments, string remedy, CancellationToken cancellationToken, string? input = null)
    {
        using var process = new Process
        {
            StartInfo = new ProcessStartInfo(tool, arguments)
            {
                RedirectStandardOutput = true,
                RedirectStandardError = true,
                RedirectStandardInput = true,
                StandardOutputEncoding = Encoding.UTF8,
                StandardErrorEncoding = Encoding.UTF8,
            },
        };
        try
        {
            process.Start();
        }
        catch (Win32Exception)
        {
            throw new ToolMissingException(tool, remedy);
        }
        try
        {
            var output = process.StandardOutput.ReadToEndAsync(cancellationToken);
            var error = process.StandardError.ReadToEndAsync(cancellationToken);
            try
            {
                if (input is not null)
                    await process.StandardInput.WriteAsync(input.AsMemory(), cancellationToken);
                process.StandardInput.Close();
            }
            catch (IOException)
            {
                // It did not want the input; what it says and its exit code tell why.
            }
            await process.WaitForExitAsync(cancellationToken);
            return new(process.ExitCode, await output, await error);
        }
        catch (OperationCanceledException)
        {
            if (!process.HasExited)
                process.Kill(entireProcessTree: true);
            throw;
        }
    }
}
