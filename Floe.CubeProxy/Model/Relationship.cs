namespace Floe.CubeProxy.Model;

/// <summary>How many rows of a join's target belong to a row of the cube that defines it, and the other way round.</summary>
public enum Relationship { ManyToOne, OneToMany, OneToOne }
