using System.Collections;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace Aspire.Hosting;

/// <summary>The kind of an input field.</summary>
public enum InputType
{
    Text = 0,
    SecretText = 1,
    Choice = 2,
    Boolean = 3,
    Number = 4,
    File = 5,
}

/// <summary>A field that a user fills in before a command runs.</summary>
public sealed class InteractionInput
{
    public required string Name { get; init; }

    public required InputType InputType { get; init; }

    public string? Label { get; init; }

    public string? Description { get; init; }

    public bool EnableDescriptionMarkdown { get; init; }

    public string? Placeholder { get; set; }

    public string? Value { get; set; }

    public bool Required { get; init; }

    /// <summary>Value and label of each choice.</summary>
    public IReadOnlyList<KeyValuePair<string, string>>? Options { get; init; }

    public bool AllowCustomChoice { get; init; }

    public int? MaxLength { get; init; }

    public bool Disabled { get; set; }
}

/// <summary>The filled-in fields by name.</summary>
public sealed class InteractionInputCollection(IReadOnlyList<InteractionInput> inputs) : IReadOnlyList<InteractionInput>
{
    public int Count => inputs.Count;

    public InteractionInput this[int index] => inputs[index];

    public InteractionInput this[string name] => TryGetByName(name, out var input)
        ? input
        : throw new KeyNotFoundException($"No input with the name '{name}'.");

    public IEnumerable<string> Names => inputs.Select(i => i.Name);

    public bool TryGetByName(string name, [NotNullWhen(true)] out InteractionInput? input)
    {
        input = inputs.FirstOrDefault(i => string.Equals(i.Name, name, StringComparison.OrdinalIgnoreCase));
        return input is not null;
    }

    public bool ContainsName(string name) => TryGetByName(name, out _);

    public string? GetString(string name) => TryGetByName(name, out var input) ? input.Value : null;

    public bool? GetBoolean(string name) => bool.TryParse(GetString(name), out var value) ? value : null;

    public int? GetInt32(string name) => int.TryParse(GetString(name), NumberStyles.Integer, CultureInfo.InvariantCulture, out var value) ? value : null;

    public IEnumerator<InteractionInput> GetEnumerator() => inputs.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}

/// <summary>Lets a command check its inputs before it runs.</summary>
public sealed class InputsDialogValidationContext
{
    private readonly List<KeyValuePair<string, string>> _errors = [];

    public required InteractionInputCollection Inputs { get; init; }

    public required CancellationToken CancellationToken { get; init; }

    public required IServiceProvider Services { get; init; }

    public void AddValidationError(InteractionInput input, string errorMessage) => _errors.Add(new(input.Name, errorMessage));

    public void AddValidationError(string inputName, string errorMessage) => _errors.Add(new(inputName, errorMessage));

    internal IReadOnlyList<KeyValuePair<string, string>> Errors => _errors;
}
