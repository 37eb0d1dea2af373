// Graphile Worker with local queue and batched completion. The database comes in the variables of libpq.
import { Logger, makeWorkerUtils, run } from 'graphile-worker';
import pg from 'pg';
import { serve } from './protocol.js';

const CONCURRENCY = 24;
const schema = process.env.BENCH_SCHEMA;
const silent = new Logger(() => () => {});
const pgPool = new pg.Pool({ max: CONCURRENCY + 8 });
pgPool.on('error', error => console.error(error));
pgPool.on('connect', client => client.on('error', error => console.error(error)));
const preset = {
  worker: {
    schema,
    concurrentJobs: CONCURRENCY,
    localQueue: { size: 500 },
    completeJobBatchDelay: 0,
    failJobBatchDelay: 0,
    logger: silent
  }
};
const utils = await makeWorkerUtils({ preset, pgPool });
await utils.migrate();
let runner;

await serve({
  enqueueOne: task => utils.addJob('work', task),
  enqueueBatch: tasks => utils.addJobs(tasks.map(payload => ({ identifier: 'work', payload }))),
  async start(onRun) {
    runner = await run({ preset, pgPool, noHandleSignals: true, taskList: { work: async task => { onRun(task); } } });
  },
  async isUnfinished() {
    const { rows } = await pgPool.query(`SELECT EXISTS (SELECT FROM ${schema}._private_jobs) AS found`);
    return rows[0].found;
  },
  stop: () => runner.stop()
});
