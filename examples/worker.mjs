#!/usr/bin/env node
// A worker in Node: claims tasks of type "greet" and answers with a greeting. Needs nothing but Node 18 or newer.
const server = process.env.HOWDAH_URL ?? 'http://127.0.0.1:8080';
const worker = `node-${process.pid}`;

async function post(path, body) {
  const headers = { 'Content-Type': 'application/json' };
  if (process.env.HOWDAH_API_KEY) headers['X-API-Key'] = process.env.HOWDAH_API_KEY;
  return fetch(server + path, { method: 'POST', headers, body: JSON.stringify(body) });
}

const greet = payload => ({ greeting: `Hello, ${payload.name.toString()}!` });

async function run(task) {
  let ending;
  try {
    ending = { result: greet(task.payload) };
  } catch (error) {
    ending = { error: String(error) };
  }
  const answer = await post(`/api/tasks/${task.id}/complete`, { attempt: task.attempt, ...ending });
  // 409: the lease ran out or the task was cancelled, so the result does not count.
  if (!answer.ok && answer.status !== 409) throw new Error(await answer.text());
}

let left = Number(process.argv[2] ?? Infinity);
while (left > 0) {
  const answer = await post('/api/tasks/claim', { worker, types: ['greet'], limit: 10, lease: '60s', wait: '20s' });
  if (!answer.ok) throw new Error(await answer.text());
  const { tasks } = await answer.json();
  await Promise.all(tasks.map(run));
  left -= tasks.length;
}
