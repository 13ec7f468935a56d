namespace Floe.CubeProxy.Model;

/// <summary>A folder of a view's members, for clients to show them in.</summary>
/// <param name="Entries">Members of the view and folders.</param>
public sealed record Folder(string Name, IReadOnlyList<FolderEntry> Entries);

/// <summary>One of the two.</summary>
public sealed record FolderEntry(Member? Member, Folder? Folder)
{
    /// <summary>All members, those of inner folders included.</summary>
    public IEnumerable<Member> Members => Member is not null ? [Member] : Folder!.Entries.SelectMany(entry => entry.Members);
}
