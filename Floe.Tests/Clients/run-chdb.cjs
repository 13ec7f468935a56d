// Runs the SQL statements of a JSON file in ClickHouse (npm's chdb) and prints their results as a JSON array of texts. Without a file it only shows that it loads.
const { readFileSync } = require('node:fs')
const { join } = require('node:path')
const { Session } = require(join(process.env.CHDB_FOLDER, 'node_modules', 'chdb'))

const statements = process.argv[2] ? JSON.parse(readFileSync(process.argv[2], 'utf8')) : ['SELECT 1']
// ClickHouse opens local files below the current folder only.
process.chdir('/')
const session = new Session()
try {
  console.log(JSON.stringify(statements.map(statement => {
    try {
      return session.query(statement, 'TabSeparated')
    } catch (error) {
      throw new Error(`${statement}\n${error.message}`)
    }
  })))
} finally {
  session.cleanup()
}
