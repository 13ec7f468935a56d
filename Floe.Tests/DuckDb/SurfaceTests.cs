using System.Reflection;
using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;
using DuckDB.NET.Data;
using Xunit;

namespace Floe.Tests.DuckDb;

/// <summary>
/// Every public member of the stand-in exists in the real DuckDB.NET.Data, so that source written against the one
/// compiles against the other. The types of DuckDB.NET.Native are in another package, which the feed may lack.
/// </summary>
public sealed class SurfaceTests
{
    [SkippableFact]
    public void TheStandInHasNoPublicMemberOfItsOwn()
    {
        var file = typeof(SurfaceTests).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().FirstOrDefault(attribute => attribute.Key == "RealDuckDBNetData")?.Value;
        Skip.IfNot(File.Exists(file), $"DRIFT NOT CHECKED: the real DuckDB.NET.Data is not at {file}; its package was not restored.");

        var real = RealMembers(file!);
        var own = typeof(DuckDBConnection).Assembly.GetExportedTypes()
            .Where(type => type.Namespace!.StartsWith("DuckDB.NET.Data", StringComparison.Ordinal))
            .SelectMany(type => OwnMembers(type).Select(member => $"{type.FullName}: {member}"))
            .ToArray();

        Assert.NotEmpty(own);
        Assert.Contains("DuckDB.NET.Data.DuckDBConnection: Void Open`0()", real);
        Assert.Empty(own.Except(real));
    }

    private static IEnumerable<string> OwnMembers(Type type) =>
        type.GetMembers(BindingFlags.Public | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly)
            .OfType<MethodBase>()
            .Where(method => method is not MethodInfo info || !OverridesFramework(info))
            .Select(method => $"{Name((method as MethodInfo)?.ReturnType ?? typeof(void))} {method.Name}`{(method.IsGenericMethod ? method.GetGenericArguments().Length : 0)}({string.Join(", ", method.GetParameters().Select(parameter => Name(parameter.ParameterType)))})");

    /// <summary>An override adds nothing to what callers can write.</summary>
    private static bool OverridesFramework(MethodInfo method) => method.GetBaseDefinition() != method && method.GetBaseDefinition().DeclaringType!.Assembly != method.DeclaringType!.Assembly;

    private static string Name(Type type)
    {
        if (type.IsByRef)
            return Name(type.GetElementType()!) + "&";
        if (type.IsArray)
            return Name(type.GetElementType()!) + "[]";
        if (type.IsGenericMethodParameter)
            return "!!" + type.GenericParameterPosition;
        return type.IsGenericType ? $"{type.Name}<{string.Join(",", type.GetGenericArguments().Select(Name))}>" : type.Name;
    }

    private static HashSet<string> RealMembers(string file)
    {
        using var image = new PEReader(File.OpenRead(file));
        var metadata = image.GetMetadataReader();
        var members = new HashSet<string>();
        foreach (var type in metadata.TypeDefinitions.Select(metadata.GetTypeDefinition))
        {
            if ((type.Attributes & TypeAttributes.VisibilityMask) != TypeAttributes.Public)
                continue;
            foreach (var method in type.GetMethods().Select(metadata.GetMethodDefinition))
            {
                if ((method.Attributes & MethodAttributes.MemberAccessMask) != MethodAttributes.Public)
                    continue;
                var signature = method.DecodeSignature(new SignatureNames(), null);
                members.Add($"{metadata.GetString(type.Namespace)}.{metadata.GetString(type.Name)}: {signature.ReturnType} {metadata.GetString(method.Name)}`{signature.GenericParameterCount}({string.Join(", ", signature.ParameterTypes)})");
            }
        }
        return members;
    }
}
