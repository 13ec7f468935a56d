// Asks a running SQL API with node's pg; prints the answers. Arguments: port, folder of node_modules. The password is in PGPASSWORD.
const path = require('node:path');
const [port, modules] = process.argv.slice(2);
const { Client } = require(path.join(modules, 'pg'));
const options = { host: '127.0.0.1', port: Number(port), user: 'cube', database: 'cube' };

(async () => {
  const client = new Client(options);
  await client.connect();
  const rows = async query => (await client.query(query)).rows;
  const answer = {
    plain: await rows("SELECT status, MEASURE(total_revenue), count(*) AS n, max(order_date)::date::text AS last FROM Orders WHERE status = 'completed' GROUP BY 1"),
    values: await rows({ text: 'SELECT count(*) AS n FROM Orders WHERE status = $1 AND order_date > $2 AND status = ANY($3)', values: ['completed', new Date('2000-01-01T00:00:00Z'), ['completed', "it's"]] }),
    tables: await rows("SELECT table_name FROM information_schema.tables WHERE table_schema = 'public' ORDER BY 1"),
  };
  for (let i = 0; i < 2; i++) answer.named = await rows({ name: 'by status', text: 'SELECT count(*) AS n FROM Orders WHERE status = $1', values: ['shipped'] });
  await client.query('SELECT nope FROM Orders').catch(e => { answer.error = { code: e.code, message: e.message }; });
  answer.afterError = Number((await rows('SELECT count(*) AS n FROM Orders'))[0].n);
  await client.end();
  const wrong = new Client({ ...options, password: 'wrong' });
  await wrong.connect().catch(e => { answer.wrongPassword = e.code; });
  console.log(JSON.stringify(answer));
})();
