// In place of nodes: says of every pod what a node would say when its containers run and are ready, of a Job's and of a test's pod that it has succeeded, and of an
// image with the tag "broken" that it cannot be pulled.
//   node nodes.mjs <https://address of the API server> <token>
import { Agent, request } from 'node:https';

const [server, token] = process.argv.slice(2);
const agent = new Agent({ rejectUnauthorized: false, keepAlive: true });

function call(method, path, body) {
  return new Promise((resolve, reject) => {
    const headers = { authorization: `Bearer ${token}`, ...(body && { 'content-type': 'application/merge-patch+json' }) };
    const asked = request(`${server}${path}`, { method, agent, headers }, (answer) => {
      let text = '';
      answer.on('data', (part) => (text += part)).on('end', () => (answer.statusCode < 300 ? resolve(JSON.parse(text)) : reject(new Error(`${method} ${path}: ${answer.statusCode}`))));
    });
    asked.on('error', reject).end(body && JSON.stringify(body));
  });
}

for (;;) {
  try {
    const { items } = await call('GET', '/api/v1/pods');
    for (const pod of items.filter((p) => p.status.phase === 'Pending' && !p.metadata.deletionTimestamp)) {
      const ended = pod.metadata.ownerReferences?.some((o) => o.kind === 'Job') || pod.metadata.annotations?.['helm.sh/hook'] === 'test';
      const now = new Date().toISOString();
      const broken = pod.spec.containers.find((c) => c.image.endsWith(':broken'));
      if (broken) {
        const waiting = { reason: 'ImagePullBackOff', message: 'there is no such tag' };
        const containerStatuses = [{ name: broken.name, image: broken.image, imageID: '', ready: false, restartCount: 0, state: { waiting } }];
        await call('PATCH', `/api/v1/namespaces/${pod.metadata.namespace}/pods/${pod.metadata.name}/status`, { status: { containerStatuses } });
        continue;
      }
      await call('PATCH', `/api/v1/namespaces/${pod.metadata.namespace}/pods/${pod.metadata.name}/status`, {
        status: {
          phase: ended ? 'Succeeded' : 'Running', startTime: now,
          conditions: ['Initialized', 'Ready', 'ContainersReady', 'PodScheduled'].map((type) => ({ type, status: ended && type.includes('Ready') ? 'False' : 'True', lastTransitionTime: now })),
        },
      });
    }
  } catch (e) {
    console.error(e.message);
  }
  await new Promise((r) => setTimeout(r, 200));
}
