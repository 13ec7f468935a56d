namespace Aspire.Hosting.Cli;

/// <summary>The version of Aspire whose AppHost this stand-in is.</summary>
internal static class AspireVersion
{
    public const string Current = "13.5.2";
}
