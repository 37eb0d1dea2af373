// BullMQ on a Redis of its own, whose port comes in REDIS_PORT; whatever is in there is deleted.
import { Queue, Worker } from 'bullmq';
import { Redis } from 'ioredis';
import { serve } from './protocol.js';

const CONCURRENCY = 500; // tried: 100 to 500 in one to four workers of this process, which made no difference beyond noise
const QUEUE = 'work';
const connection = { host: '127.0.0.1', port: Number(process.env.REDIS_PORT), maxRetriesPerRequest: null };
const redis = new Redis(connection);
await redis.flushall();
const queue = new Queue(QUEUE, { connection });
let worker;

await serve({
  enqueueOne: task => queue.add(QUEUE, task),
  enqueueBatch: tasks => queue.addBulk(tasks.map(data => ({ name: QUEUE, data }))),
  async start(onRun) {
    const handle = async job => { onRun(job.data); };
    worker = new Worker(QUEUE, handle, { connection, concurrency: CONCURRENCY, removeOnComplete: { count: 0 } });
    await worker.waitUntilReady();
  },
  async isUnfinished() {
    const counts = await queue.getJobCounts('waiting', 'active');
    return counts.waiting + counts.active > 0;
  },
  stop: () => worker.close()
});
