namespace Floe.ServiceDefaults.Configuration;

/// <summary>Settings that know their own rules.</summary>
public interface IValidatableOptions
{
    /// <summary>One sentence per broken rule: the key (relative to the section), the value unless it is secret, the rule and the remedy. Empty when valid.</summary>
    IEnumerable<string> Validate();
}
