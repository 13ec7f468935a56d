namespace Aspire.Hosting.ApplicationModel;

/// <summary>Base of all resource classes: checks the name.</summary>
public abstract class Resource : IResource
{
    /// <exception cref="ArgumentException">The name breaks the naming rules.</exception>
    protected Resource(string name)
    {
        ModelName.Validate("Resource", name);
        Name = name;
    }

    public virtual string Name { get; }

    public virtual ResourceAnnotationCollection Annotations { get; } = [];

    public override string ToString() => $"{GetType().Name} '{Name}'";
}
