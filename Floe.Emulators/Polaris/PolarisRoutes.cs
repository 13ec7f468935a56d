using Floe.Emulators.Polaris.Catalogs;
using Floe.Emulators.Polaris.Grants;
using Floe.Emulators.Polaris.Namespaces;
using Floe.Emulators.Polaris.Principals;
using Floe.Emulators.Polaris.Tables;
using Floe.Emulators.Polaris.Tokens;
using Floe.Emulators.Polaris.Transactions;

namespace Floe.Emulators.Polaris;

/// <summary>Every route once: what is mapped is also what <c>GET /v1/config</c> lists.</summary>
internal static class PolarisRoutes
{
    private const string CatalogBase = "/api/catalog";

    private const string ManagementBase = "/api/management/v1";

    public static void Map(WebApplication app)
    {
        var services = app.Services;
        (string Method, string Path, RequestDelegate Handler)[] content = Content(services);
        var config = New<ConfigEndpoint>(services, (IReadOnlyList<string>)content.Select(route => $"{route.Method} {route.Path}").ToList());

        app.MapMethods(CatalogBase + "/v1/oauth/tokens", ["POST"], New<TokenEndpoint>(services).HandleAsync);
        app.MapMethods(CatalogBase + "/v1/config", ["GET"], config.GetAsync);
        foreach (var (method, path, handler) in content)
            app.MapMethods(CatalogBase + path, [method], handler);
        foreach (var (method, path, handler) in Management(services))
            app.MapMethods(ManagementBase + path, [method], handler);
    }

    /// <summary>With the paths of the Iceberg REST specification.</summary>
    private static (string Method, string Path, RequestDelegate Handler)[] Content(IServiceProvider services)
    {
        var namespaces = New<NamespaceEndpoints>(services);
        var tables = New<TableEndpoints>(services);
        var transactions = New<TransactionEndpoint>(services);
        return
        [
            ("GET", "/v1/{prefix}/namespaces", namespaces.ListAsync),
            ("POST", "/v1/{prefix}/namespaces", namespaces.CreateAsync),
            ("GET", "/v1/{prefix}/namespaces/{namespace}", namespaces.LoadAsync),
            ("HEAD", "/v1/{prefix}/namespaces/{namespace}", namespaces.ExistsAsync),
            ("DELETE", "/v1/{prefix}/namespaces/{namespace}", namespaces.DropAsync),
            ("POST", "/v1/{prefix}/namespaces/{namespace}/properties", namespaces.UpdatePropertiesAsync),
            ("GET", "/v1/{prefix}/namespaces/{namespace}/tables", tables.ListAsync),
            ("POST", "/v1/{prefix}/namespaces/{namespace}/tables", tables.CreateAsync),
            ("GET", "/v1/{prefix}/namespaces/{namespace}/tables/{table}", tables.LoadAsync),
            ("HEAD", "/v1/{prefix}/namespaces/{namespace}/tables/{table}", tables.ExistsAsync),
            ("POST", "/v1/{prefix}/namespaces/{namespace}/tables/{table}", tables.CommitAsync),
            ("DELETE", "/v1/{prefix}/namespaces/{namespace}/tables/{table}", tables.DropAsync),
            ("POST", "/v1/{prefix}/namespaces/{namespace}/tables/{table}/metrics", tables.ReportMetricsAsync),
            ("POST", "/v1/{prefix}/namespaces/{namespace}/register", tables.RegisterAsync),
            ("POST", "/v1/{prefix}/tables/rename", tables.RenameAsync),
            ("POST", "/v1/{prefix}/transactions/commit", transactions.CommitAsync),
        ];
    }

    /// <summary>With the paths of Polaris' management specification.</summary>
    private static (string Method, string Path, RequestDelegate Handler)[] Management(IServiceProvider services)
    {
        var catalogs = New<CatalogEndpoints>(services);
        var principals = New<PrincipalEndpoints>(services);
        var principalRoles = New<PrincipalRoleEndpoints>(services);
        var catalogRoles = New<CatalogRoleEndpoints>(services);
        var grants = New<GrantEndpoints>(services);
        return
        [
            ("GET", "/catalogs", catalogs.ListAsync),
            ("POST", "/catalogs", catalogs.CreateAsync),
            ("GET", "/catalogs/{catalog}", catalogs.GetAsync),
            ("PUT", "/catalogs/{catalog}", catalogs.UpdateAsync),
            ("DELETE", "/catalogs/{catalog}", catalogs.DeleteAsync),
            ("GET", "/principals", principals.ListAsync),
            ("POST", "/principals", principals.CreateAsync),
            ("GET", "/principals/{principal}", principals.GetAsync),
            ("PUT", "/principals/{principal}", principals.UpdateAsync),
            ("DELETE", "/principals/{principal}", principals.DeleteAsync),
            ("POST", "/principals/{principal}/rotate", principals.RotateAsync),
            ("POST", "/principals/{principal}/reset", principals.ResetAsync),
            ("GET", "/principals/{principal}/principal-roles", principals.ListRolesAsync),
            ("PUT", "/principals/{principal}/principal-roles", principals.AssignRoleAsync),
            ("DELETE", "/principals/{principal}/principal-roles/{role}", principals.RevokeRoleAsync),
            ("GET", "/principal-roles", principalRoles.ListAsync),
            ("POST", "/principal-roles", principalRoles.CreateAsync),
            ("GET", "/principal-roles/{role}", principalRoles.GetAsync),
            ("PUT", "/principal-roles/{role}", principalRoles.UpdateAsync),
            ("DELETE", "/principal-roles/{role}", principalRoles.DeleteAsync),
            ("GET", "/principal-roles/{role}/principals", principalRoles.ListPrincipalsAsync),
            ("GET", "/principal-roles/{role}/catalog-roles/{catalog}", principalRoles.ListCatalogRolesAsync),
            ("PUT", "/principal-roles/{role}/catalog-roles/{catalog}", principalRoles.AssignCatalogRoleAsync),
            ("DELETE", "/principal-roles/{role}/catalog-roles/{catalog}/{catalogRole}", principalRoles.RevokeCatalogRoleAsync),
            ("GET", "/catalogs/{catalog}/catalog-roles", catalogRoles.ListAsync),
            ("POST", "/catalogs/{catalog}/catalog-roles", catalogRoles.CreateAsync),
            ("GET", "/catalogs/{catalog}/catalog-roles/{catalogRole}", catalogRoles.GetAsync),
            ("PUT", "/catalogs/{catalog}/catalog-roles/{catalogRole}", catalogRoles.UpdateAsync),
            ("DELETE", "/catalogs/{catalog}/catalog-roles/{catalogRole}", catalogRoles.DeleteAsync),
            ("GET", "/catalogs/{catalog}/catalog-roles/{catalogRole}/principal-roles", catalogRoles.ListPrincipalRolesAsync),
            ("GET", "/catalogs/{catalog}/catalog-roles/{catalogRole}/grants", grants.ListAsync),
            ("PUT", "/catalogs/{catalog}/catalog-roles/{catalogRole}/grants", grants.AddAsync),
            ("POST", "/catalogs/{catalog}/catalog-roles/{catalogRole}/grants", grants.RevokeAsync),
        ];
    }

    private static T New<T>(IServiceProvider services, params object[] arguments) => ActivatorUtilities.CreateInstance<T>(services, arguments);
}
