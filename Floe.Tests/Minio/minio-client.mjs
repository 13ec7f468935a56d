// The store judged by npm's minio client. Environment: MODULES, ENDPOINT, ACCESS_KEY, SECRET_KEY, NESTED. Prints one line per check.
import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { Readable } from 'node:stream';

const { Client, CopyConditions } = createRequire(`${process.env.MODULES}/`)('minio');
const endpoint = new URL(process.env.ENDPOINT);
const newClient = options => new Client({
  endPoint: endpoint.hostname, port: Number(endpoint.port), useSSL: false, accessKey: process.env.ACCESS_KEY, secretKey: process.env.SECRET_KEY, ...options,
});
const client = newClient({});
const bucket = `npm-${Date.now()}`;

const read = async stream => {
  const pieces = [];
  for await (const piece of stream) pieces.push(piece);
  return Buffer.concat(pieces);
};
const list = async (prefix, recursive, v1) => {
  const items = [];
  for await (const item of v1 ? client.listObjects(bucket, prefix, recursive) : client.listObjectsV2(bucket, prefix, recursive)) items.push(item.name ?? item.prefix);
  return items;
};
const check = async (name, run) => {
  await run();
  console.log(`ok ${name}`);
};

await check('make a bucket', async () => {
  await client.makeBucket(bucket, 'us-east-1');
  assert.equal(await client.bucketExists(bucket), true);
  assert.equal(await client.bucketExists('never-made'), false);
  assert.ok((await client.listBuckets()).some(b => b.name === bucket && b.creationDate instanceof Date));
});

const odd = ['ключ/日本語.parquet', 'a b+c=d&e?f#g%20h', "semi;colon,comma'quote(1)*!~$@:", 'emoji/🧊', 'x'];
// A key that is another's folder: S3 has it, MinIO refuses it.
if (process.env.NESTED === 'yes') odd.push('x/y');
await check('put and get odd keys with metadata', async () => {
  for (const key of odd) {
    await client.putObject(bucket, key, Buffer.from(key), undefined, { 'Content-Type': 'text/plain', 'X-Amz-Meta-Kept': 'yes' });
    assert.equal((await read(await client.getObject(bucket, key))).toString(), key);
    const stat = await client.statObject(bucket, key);
    assert.equal(stat.size, Buffer.byteLength(key));
    assert.equal(stat.metaData.kept, 'yes');
    assert.equal(stat.metaData['content-type'], 'text/plain');
  }
  assert.deepEqual((await list('', true)).sort(), [...odd].sort());
  assert.deepEqual(await list('x', false), process.env.NESTED === 'yes' ? ['x', 'x/'] : ['x']);
});

await check('an empty object', async () => {
  await client.putObject(bucket, 'empty', Buffer.alloc(0));
  assert.equal((await client.statObject(bucket, 'empty')).size, 0);
  assert.equal((await read(await client.getObject(bucket, 'empty'))).length, 0);
});

await check('a piece of an object', async () => {
  await client.putObject(bucket, 'digits', Buffer.from('0123456789'));
  assert.equal((await read(await client.getPartialObject(bucket, 'digits', 3, 4))).toString(), '3456');
});

await check('a stream of unknown length, in parts', async () => {
  const piece = Buffer.alloc(1024 * 1024, 'floe');
  await client.putObject(bucket, 'streamed', Readable.from((function* () { for (let i = 0; i < 24; i++) yield piece; })()));
  const back = await read(await client.getObject(bucket, 'streamed'));
  assert.equal(back.length, 24 * piece.length);
  assert.ok(back.subarray(5 * piece.length, 6 * piece.length).equals(piece));
});

await check('parts of a known length', async () => {
  const parting = newClient({ partSize: 5 * 1024 * 1024 });
  const content = Buffer.alloc(17 * 1024 * 1024, 'parts');
  // How many parts it makes of them depends on its own buffering.
  const pieces = (function* () { for (let at = 0; at < content.length; at += 1024 * 1024) yield content.subarray(at, at + 1024 * 1024); })();
  const { etag } = await parting.putObject(bucket, 'parts', Readable.from(pieces), content.length);
  assert.match(etag, /-\d+$/);
  assert.ok((await read(await client.getObject(bucket, 'parts'))).equals(content));
});

await check('list with pages, old and new', async () => {
  await Promise.all(Array.from({ length: 1050 }, (_, i) => i).map(i => client.putObject(bucket, `page/${String(i).padStart(4, '0')}`, 'x')));
  for (const v1 of [false, true]) {
    const keys = await list('page/', true, v1);
    assert.equal(keys.length, 1050);
    assert.deepEqual(keys, [...keys].sort());
  }
});

await check('copy', async () => {
  await client.copyObject(bucket, 'copied ü', `/${bucket}/digits`, new CopyConditions());
  assert.equal((await read(await client.getObject(bucket, 'copied ü'))).toString(), '0123456789');
});

await check('presigned get and put', async () => {
  const get = await client.presignedGetObject(bucket, 'digits', 60);
  assert.equal(await (await fetch(get)).text(), '0123456789');
  const put = await client.presignedPutObject(bucket, 'by url', 60);
  assert.equal((await fetch(put, { method: 'PUT', body: 'by url' })).status, 200);
  assert.equal((await read(await client.getObject(bucket, 'by url'))).toString(), 'by url');
  assert.equal((await fetch(put.replace('by%20url', 'by%20Url'), { method: 'PUT', body: 'x' })).status, 403);
});

await check('uploads that were never finished', async () => {
  const id = await client.initiateNewMultipartUpload(bucket, 'open/one', {});
  const open = [];
  for await (const upload of client.listIncompleteUploads(bucket, 'open/', true)) open.push(upload);
  assert.deepEqual(open.map(upload => [upload.key, upload.uploadId]), [['open/one', id]]);
  await client.removeIncompleteUpload(bucket, 'open/one');
  const after = [];
  for await (const upload of client.listIncompleteUploads(bucket, '', true)) after.push(upload);
  assert.equal(after.length, 0);
});

await check('errors have their codes', async () => {
  await assert.rejects(client.statObject(bucket, 'nowhere'), error => error.code === 'NotFound');
  await assert.rejects(client.getObject(bucket, 'nowhere'), error => error.code === 'NoSuchKey');
  await assert.rejects(client.removeBucket(bucket), error => error.code === 'BucketNotEmpty');
  const stranger = newClient({ secretKey: 'wrong-secret' });
  await assert.rejects(stranger.listBuckets(), error => error.code === 'SignatureDoesNotMatch');
});

await check('remove many, then the bucket', async () => {
  await client.removeObjects(bucket, await list('', true));
  assert.deepEqual(await list('', true), []);
  await client.removeBucket(bucket);
  assert.equal(await client.bucketExists(bucket), false);
});
