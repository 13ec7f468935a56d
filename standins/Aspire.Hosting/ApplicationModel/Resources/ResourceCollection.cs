using System.Collections;
using System.Diagnostics.CodeAnalysis;

namespace Aspire.Hosting.ApplicationModel;

/// <summary>The resources of the application, unique by name ignoring case.</summary>
public interface IResourceCollection : IList<IResource>
{
    bool TryGetByName(string name, [NotNullWhen(true)] out IResource? resource);
}

/// <inheritdoc cref="IResourceCollection"/>
public sealed class ResourceCollection : IResourceCollection
{
    private readonly List<IResource> _items = [];
    private readonly Lock _lock = new();

    public int Count
    {
        get { lock (_lock) return _items.Count; }
    }

    public bool IsReadOnly => false;

    public IResource this[int index]
    {
        get { lock (_lock) return _items[index]; }
        set
        {
            lock (_lock)
            {
                Check(value, _items[index]);
                _items[index] = value;
            }
        }
    }

    public void Add(IResource item)
    {
        lock (_lock)
        {
            Check(item, null);
            _items.Add(item);
        }
    }

    public void Insert(int index, IResource item)
    {
        lock (_lock)
        {
            Check(item, null);
            _items.Insert(index, item);
        }
    }

    public bool TryGetByName(string name, [NotNullWhen(true)] out IResource? resource)
    {
        lock (_lock) resource = _items.Find(r => string.Equals(r.Name, name, StringComparison.OrdinalIgnoreCase));
        return resource is not null;
    }

    public bool Remove(IResource item) { lock (_lock) return _items.Remove(item); }

    public void RemoveAt(int index) { lock (_lock) _items.RemoveAt(index); }

    public void Clear() { lock (_lock) _items.Clear(); }

    public bool Contains(IResource item) { lock (_lock) return _items.Contains(item); }

    public int IndexOf(IResource item) { lock (_lock) return _items.IndexOf(item); }

    public void CopyTo(IResource[] array, int arrayIndex) { lock (_lock) _items.CopyTo(array, arrayIndex); }

    /// <summary>A snapshot: handlers may add resources while others read.</summary>
    public IEnumerator<IResource> GetEnumerator() { lock (_lock) return new List<IResource>(_items).GetEnumerator(); }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    private void Check(IResource item, IResource? replaced)
    {
        if (_items.Find(r => !ReferenceEquals(r, replaced) && string.Equals(r.Name, item.Name, StringComparison.OrdinalIgnoreCase)) is { } other)
        {
            throw new DistributedApplicationException(
                $"Cannot add resource of type '{item.GetType()}' with name '{item.Name}' because resource of type '{other.GetType()}' with that name already exists. Resource names are case-insensitive.");
        }
    }
}

/// <summary>The finished model that is run or published.</summary>
public sealed class DistributedApplicationModel(IResourceCollection resources)
{
    public DistributedApplicationModel(IEnumerable<IResource> resources) : this(Collect(resources)) { }

    public IResourceCollection Resources { get; } = resources;

    private static ResourceCollection Collect(IEnumerable<IResource> resources)
    {
        var collection = new ResourceCollection();
        foreach (var resource in resources) collection.Add(resource);
        return collection;
    }
}
