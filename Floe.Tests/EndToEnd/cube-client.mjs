// The official client, as a web page or BI tool uses it. Prints the rows of the question as a table would show them.
import cube from '@cubejs-client/core';

const api = (cube.default ?? cube)(process.env.TOKEN, { apiUrl: `${process.env.CUBEPROXY}/cubejs-api/v1` });
const query = { measures: ['Orders.count', 'Orders.total_revenue'], dimensions: ['Orders.status'] };
const [meta, result] = [await api.meta(), await api.load(query)];
console.log(JSON.stringify({
  cubes: meta.cubes.map(c => c.name),
  columns: result.tableColumns().map(c => c.key),
  rows: result.tablePivot(),
}));
