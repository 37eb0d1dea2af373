// An A2A server made with the protocol's own SDK: its PostgreSQL store, Express, an agent that does nothing. The database
// comes in the variables of libpq; each line on stdin is answered with the port that it listens on.
import { execFileSync } from 'node:child_process';
import { createInterface } from 'node:readline';
import { TaskState, Role } from '@a2a-js/sdk';
import { AgentEvent, DefaultRequestHandler } from '@a2a-js/sdk/server';
import { DatabaseTaskStore } from '@a2a-js/sdk/server/database';
import { UserBuilder, jsonRpcHandler } from '@a2a-js/sdk/server/express';
import express from 'express';
import { Kysely, PostgresDialect } from 'kysely';
import pg from 'pg';

const POOL = 25;
const { PGHOST, PGPORT, PGUSER, PGPASSWORD, PGDATABASE, BENCH_SCHEMA } = process.env;

process.env.PGOPTIONS = `-c search_path=${BENCH_SCHEMA}`;
execFileSync(process.execPath, ['node_modules/.bin/a2a-db', 'upgrade', '--store', 'tasks'], {
  env: { ...process.env, DATABASE_URL: `postgresql://${PGUSER}:${PGPASSWORD}@${PGHOST}:${PGPORT}/${PGDATABASE}` },
  stdio: ['ignore', 'ignore', 'inherit']
});

const status = (state, message) => ({ state, message, timestamp: new Date().toISOString() });

/** Stores the task, then its end: what a client is told is there, as with ours. */
const executor = {
  async execute({ taskId, contextId, userMessage }, bus) {
    bus.publish(AgentEvent.task({
      id: taskId,
      contextId,
      status: status(TaskState.TASK_STATE_SUBMITTED),
      artifacts: [],
      history: [userMessage]
    }));
    bus.publish(AgentEvent.statusUpdate({
      taskId,
      contextId,
      status: status(TaskState.TASK_STATE_COMPLETED, {
        messageId: crypto.randomUUID(),
        taskId,
        contextId,
        role: Role.ROLE_AGENT,
        parts: [{ content: { $case: 'text', value: 'Hello from TCK' } }],
        extensions: [],
        referenceTaskIds: []
      })
    }));
    bus.finished();
  },
  async cancelTask() {}
};

const card = {
  name: 'nothing',
  description: 'Does nothing.',
  version: '1',
  supportedInterfaces: [{ url: 'http://127.0.0.1/', protocolBinding: 'JSONRPC', protocolVersion: '1.0', tenant: '' }],
  capabilities: { streaming: true, pushNotifications: false, extensions: [] },
  securitySchemes: {},
  securityRequirements: [],
  defaultInputModes: ['text/plain'],
  defaultOutputModes: ['text/plain'],
  skills: [],
  signatures: []
};

const db = new Kysely({ dialect: new PostgresDialect({ pool: new pg.Pool({ max: POOL }) }) });
const app = express();
app.use('/a2a', jsonRpcHandler({
  requestHandler: new DefaultRequestHandler(card, new DatabaseTaskStore(db), executor),
  userBuilder: UserBuilder.noAuthentication
}));
const server = app.listen(0, '127.0.0.1');

for await (const line of createInterface({ input: process.stdin })) {
  process.stdout.write(JSON.stringify({ line, port: server.address().port }) + '\n');
}
process.exit(0); // stdin was closed: the benchmark is over or gone
