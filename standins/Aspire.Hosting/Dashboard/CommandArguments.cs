using Aspire.Hosting.ApplicationModel;

namespace Aspire.Hosting.Dashboard;

/// <summary>Fills the inputs that a command declares with the values that a dashboard or CLI user gave.</summary>
internal static class CommandArguments
{
    public static InteractionInputCollection For(CustomResourceSnapshot? snapshot, string command, IReadOnlyDictionary<string, string?> values)
    {
        var declared = snapshot is { Commands.IsDefault: false } ? snapshot.Commands.FirstOrDefault(c => c.Name == command)?.ArgumentInputs : null;
        return new InteractionInputCollection([.. (declared is { IsDefault: false } inputs ? inputs : []).Select(input => new InteractionInput
        {
            Name = input.Name,
            InputType = input.InputType,
            Label = input.Label,
            Description = input.Description,
            Placeholder = input.Placeholder,
            Required = input.Required,
            Options = input.Options,
            MaxLength = input.MaxLength,
            Value = values.TryGetValue(input.Name, out var value) ? value : input.Value,
        })]);
    }
}
