using Aspire.Hosting.ApplicationModel;

namespace Aspire.Hosting;

/// <summary>Adds and configures programs.</summary>
public static class ExecutableResourceBuilderExtensions
{
    public static IResourceBuilder<ExecutableResource> AddExecutable(this IDistributedApplicationBuilder builder, string name, string command, string workingDirectory, params string[]? args) =>
        builder.AddExecutable(name, command, workingDirectory, (object[]?)args);

    /// <summary>A relative folder starts at the AppHost's.</summary>
    public static IResourceBuilder<ExecutableResource> AddExecutable(this IDistributedApplicationBuilder builder, string name, string command, string workingDirectory, params object[]? args)
    {
        var executable = new ExecutableResource(name, command, Absolute(builder, workingDirectory));
        var added = builder.AddResource(executable);
        return args is { Length: > 0 } ? added.WithArgs(args) : added;
    }

    public static IResourceBuilder<T> WithCommand<T>(this IResourceBuilder<T> builder, string command) where T : ExecutableResource
    {
        ArgumentException.ThrowIfNullOrEmpty(command);
        builder.Resource.Annotation.Command = command;
        return builder;
    }

    public static IResourceBuilder<T> WithWorkingDirectory<T>(this IResourceBuilder<T> builder, string workingDirectory) where T : ExecutableResource
    {
        builder.Resource.Annotation.WorkingDirectory = Absolute(builder.ApplicationBuilder, workingDirectory);
        return builder;
    }

    public static IResourceBuilder<T> PublishAsDockerFile<T>(this IResourceBuilder<T> builder) where T : ExecutableResource => builder.PublishAsDockerFile(null);

    /// <summary>When published, a container that is built from the Dockerfile in the program's folder stands in for it.</summary>
    public static IResourceBuilder<T> PublishAsDockerFile<T>(this IResourceBuilder<T> builder, Action<IResourceBuilder<ContainerResource>>? configure) where T : ExecutableResource
    {
        if (!builder.ApplicationBuilder.ExecutionContext.IsPublishMode) return builder;
        var container = new ExecutableContainerResource(builder.Resource);
        var index = builder.ApplicationBuilder.Resources.IndexOf(builder.Resource);
        if (index >= 0) builder.ApplicationBuilder.Resources[index] = container;
        var containerBuilder = builder.ApplicationBuilder.CreateResourceBuilder(container);
        containerBuilder.WithImage(builder.Resource.Name).WithDockerfile(builder.Resource.WorkingDirectory);
        configure?.Invoke(containerBuilder);
        return builder;
    }

    private static string Absolute(IDistributedApplicationBuilder builder, string folder) => Path.GetFullPath(folder, builder.AppHostDirectory);

    /// <summary>The published form of a program; shares its annotations.</summary>
    private sealed class ExecutableContainerResource(ExecutableResource executable) : ContainerResource(executable.Name)
    {
        public override ResourceAnnotationCollection Annotations => executable.Annotations;
    }
}
