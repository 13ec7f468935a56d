using System.Collections.ObjectModel;

namespace Aspire.Hosting.ApplicationModel;

/// <summary>A named part of the application; everything that is known about it hangs on it as annotations.</summary>
public interface IResource
{
    /// <summary>1-64 ASCII letters, digits and hyphens; unique in the model ignoring case.</summary>
    string Name { get; }

    ResourceAnnotationCollection Annotations { get; }
}

/// <summary>Marks a piece of information about a resource.</summary>
public interface IResourceAnnotation;

/// <summary>The annotations of one resource. Enumerating gives a copy, so callbacks may add while others read.</summary>
public sealed class ResourceAnnotationCollection : Collection<IResourceAnnotation>, IEnumerable<IResourceAnnotation>
{
    private readonly Lock _lock = new();

    protected override void InsertItem(int index, IResourceAnnotation item)
    {
        lock (_lock) base.InsertItem(Math.Min(index, Count), item);
    }

    protected override void SetItem(int index, IResourceAnnotation item)
    {
        lock (_lock) base.SetItem(index, item);
    }

    protected override void RemoveItem(int index)
    {
        lock (_lock) base.RemoveItem(index);
    }

    protected override void ClearItems()
    {
        lock (_lock) base.ClearItems();
    }

    /// <summary>A snapshot of the annotations.</summary>
    public new IEnumerator<IResourceAnnotation> GetEnumerator()
    {
        lock (_lock) return new List<IResourceAnnotation>(Items).GetEnumerator();
    }

    IEnumerator<IResourceAnnotation> IEnumerable<IResourceAnnotation>.GetEnumerator() => GetEnumerator();

    System.Collections.IEnumerator System.Collections.IEnumerable.GetEnumerator() => GetEnumerator();
}
