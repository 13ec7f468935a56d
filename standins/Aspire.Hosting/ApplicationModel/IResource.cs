namespace Aspire.Hosting.ApplicationModel;

/// <summary>Marks data attached to a resource.</summary>
public interface IResourceAnnotation;
