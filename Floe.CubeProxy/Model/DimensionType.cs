namespace Floe.CubeProxy.Model;

/// <summary>Types of dimensions, as the model's <c>type</c> names them.</summary>
public enum DimensionType { String, Number, Time, Boolean, Geo }
