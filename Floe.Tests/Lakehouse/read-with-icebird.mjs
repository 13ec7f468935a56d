// Reads a table with icebird, an Iceberg reader that shares no code with Floe, and prints count and sums as JSON; with ROWS the rows of one snapshot.
// icebird turns s3:// into the address of Amazon's service, the key as it is; here such requests go, signed by the minio client, to the store of the test.
import { icebergRead } from 'icebird'
import * as minio from 'minio'

const { S3_ENDPOINT, S3_ACCESS_KEY, S3_SECRET_KEY, S3_REGION } = process.env
const [metadataLocation, snapshots, ...sums] = process.argv.slice(2)
const endpoint = new URL(S3_ENDPOINT)
const store = new minio.Client({
  endPoint: endpoint.hostname, port: Number(endpoint.port), useSSL: false, region: S3_REGION, pathStyle: true,
  accessKey: S3_ACCESS_KEY, secretKey: S3_SECRET_KEY,
})

const realFetch = globalThis.fetch
globalThis.fetch = async (url, init) => {
  const address = /^https:\/\/([^/]+)\.s3\.amazonaws\.com\/(.*)$/.exec(String(url))
  if (!address) throw new Error(`unexpected address ${url}`)
  return realFetch(await store.presignedGetObject(address[1], address[2]), init)
}

const [, bucket, key] = /^s3:\/\/([^/]+)\/(.*)$/.exec(metadataLocation)
const metadata = JSON.parse(await (await realFetch(await store.presignedGetObject(bucket, key))).text())

// Snapshot ids have more digits than a JavaScript number; both sides are rounded alike.
const results = []
for (const snapshot of snapshots.split(',')) {
  const rows = await icebergRead({ tableUrl: metadata.location, metadata: { ...metadata, 'current-snapshot-id': Number(snapshot) } })
  if (process.env.ROWS) {
    // What JSON does not have: whole numbers beyond a double, and uuids, which come as bytes.
    const uuid = bytes => Buffer.from(bytes).toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-')
    console.log(JSON.stringify(rows, (_, value) => typeof value === 'bigint' ? value.toString() : value instanceof Uint8Array ? uuid(value) : value))
    process.exit(0)
  }
  results.push({ rows: rows.length, sums: sums.map(column => rows.reduce((sum, row) => sum + Math.round(Number(row[column] ?? 0) * 100), 0)) })
}
console.log(JSON.stringify(results))
