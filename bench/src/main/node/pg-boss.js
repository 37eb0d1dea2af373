// pg-boss with four workers of large batches, wake-ups on. The database comes in the variables of libpq.
import pg from 'pg';
import { PgBoss } from 'pg-boss';
import { serve } from './protocol.js';

const WORKERS = 4;
const QUEUE = 'work';
const schema = process.env.BENCH_SCHEMA;
const pool = new pg.Pool({ max: 2 });
const boss = new PgBoss({
  host: process.env.PGHOST,
  port: Number(process.env.PGPORT),
  user: process.env.PGUSER,
  password: process.env.PGPASSWORD,
  database: process.env.PGDATABASE,
  schema,
  max: 24,
  useListenNotify: true
});
boss.on('error', error => console.error(error));
await boss.start();
await boss.createQueue(QUEUE, { notify: true });

await serve({
  enqueueOne: task => boss.send(QUEUE, task),
  enqueueBatch: tasks => boss.insert(QUEUE, tasks.map(data => ({ data }))),
  async start(onRun) {
    const options = { batchSize: 500, pollingIntervalSeconds: 0.5, burstWhenBatchFull: true };
    for (let i = 0; i < WORKERS; i++) {
      await boss.work(QUEUE, options, async jobs => { for (const job of jobs) onRun(job.data); });
    }
  },
  async isUnfinished() {
    const { rows } = await pool.query(`SELECT EXISTS (SELECT FROM ${schema}.job WHERE state < 'completed') AS found`);
    return rows[0].found;
  },
  stop: () => boss.offWork(QUEUE)
});
