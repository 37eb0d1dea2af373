// Measures a peer inside its own process, by its own clock. A command is a line of words on stdin, its answer a line of
// JSON on stdout; NodePeer on the Java side sends them one at a time. Mirrors JavaPeer.
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';

const BATCH = 1000;
const LOOK_MILLIS = 20;

console.log = console.error; // stdout belongs to the protocol

/** Monotonic and the same for all processes of the machine. */
const nanos = () => Number(process.hrtime.bigint());
const seconds = begin => (nanos() - begin) / 1e9;
const gap = () => sleep(3 + Math.random() * 37);

async function enqueueMany(peer, count) {
  const begin = nanos();
  for (let from = 0; from < count; from += BATCH) {
    const length = Math.min(BATCH, count - from);
    await peer.enqueueBatch(Array.from({ length }, (_, i) => ({ n: from + i })));
  }
  return { seconds: seconds(begin) };
}

async function enqueueOne(peer, count, callers) {
  const caller = async () => {
    for (let i = 0; i < count / callers; i++) await peer.enqueueOne({ n: i });
  };
  const begin = nanos();
  await Promise.all(Array.from({ length: callers }, caller));
  return { seconds: seconds(begin) };
}

/** From the start of workers until none of the tasks that wait is unfinished in the database. */
async function drain(peer, count) {
  const begin = nanos();
  let left = count;
  let done;
  const all = new Promise(resolve => { done = resolve; });
  await peer.start(() => { if (--left === 0) done(); });
  await all;
  while (await peer.isUnfinished()) await sleep(LOOK_MILLIS);
  const answer = { seconds: seconds(begin) };
  await peer.stop();
  return answer;
}

/** From the call that enqueues to the handler's start, one task at a time, with pauses. */
async function pickUp(peer, count) {
  let ran;
  await peer.start(() => ran(nanos()));
  await sleep(1000);
  const times = [];
  for (let i = 0; i < count; i++) {
    await gap();
    const start = new Promise(resolve => { ran = resolve; });
    const begin = nanos();
    await peer.enqueueOne({ n: i });
    times.push((await start - begin) / 1e6);
  }
  await peer.stop();
  return { millis: times };
}

/** When each task was enqueued; another process runs them. */
async function produce(peer, count) {
  const times = [];
  for (let i = 0; i < count; i++) {
    await gap();
    times.push(nanos());
    await peer.enqueueOne({ n: i });
  }
  return { nanos: times };
}

const begun = [];

/** Runs what another process enqueues. */
async function listen(peer) {
  await peer.start(task => { begun[task.n] = nanos(); });
  return {};
}

const commands = {
  'enqueue-many': enqueueMany,
  'enqueue-one': enqueueOne,
  drain,
  'pick-up': pickUp,
  produce,
  listen,
  begun: async () => ({ nanos: begun.includes(undefined) ? [] : begun })
};

export async function serve(peer) {
  for await (const line of createInterface({ input: process.stdin })) {
    const [name, ...numbers] = line.split(' ');
    const answer = await commands[name](peer, ...numbers.map(Number)).catch(error => ({ error: String(error.stack) }));
    process.stdout.write(JSON.stringify(answer) + '\n');
  }
  process.exit(0); // stdin was closed: the benchmark is over or gone
}
