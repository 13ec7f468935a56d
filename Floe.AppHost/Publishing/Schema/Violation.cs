namespace Floe.AppHost.Publishing.Schema;

/// <summary>One field that breaks a rule.</summary>
/// <param name="Field">Path of the field with dots, e.g. <c>worker.image.tag</c>; empty for the whole document.</param>
/// <param name="Rule">What is wrong and what would be right; never the value of a secret.</param>
public sealed record Violation(string Field, string Rule)
{
    /// <inheritdoc />
    public override string ToString() => Field.Length == 0 ? Rule : $"{Field}: {Rule}";
}

/// <summary>A document was refused; every broken field is named, not only the first.</summary>
public sealed class InvalidDocumentException(string document, IReadOnlyList<Violation> violations)
    : DistributedApplicationException($"{document} is not valid: {string.Join("; ", violations)}.")
{
    /// <summary>What is wrong.</summary>
    public IReadOnlyList<Violation> Violations { get; } = violations;
}
