// A2A's client of JavaScript, which we did not write, over each binding that the card of a server names.
// node a2a-client.mjs http://127.0.0.1:8080
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { Role, TaskState } from '@a2a-js/sdk';
import { ClientFactory, ClientFactoryOptions, JsonRpcTransportFactory, RestTransportFactory } from '@a2a-js/sdk/client';
import { GrpcTransportFactory } from '@a2a-js/sdk/client/grpc';
import { TaskNotFoundError, TaskNotCancelableError, UnsupportedOperationError } from '@a2a-js/sdk/errors';

const url = process.argv[2];
const transports = [new JsonRpcTransportFactory(), new RestTransportFactory(), new GrpcTransportFactory()];

function request(scenario, more = {}, configuration = {}) {
  const parts = [{ content: { $case: 'text', value: 'hello' }, filename: '', mediaType: 'text/plain' }];
  const message = { messageId: `${scenario}-${randomUUID()}`, role: Role.ROLE_USER, parts, contextId: '', taskId: '',
    extensions: [], referenceTaskIds: [], ...more };
  return { tenant: '', message, configuration: { acceptedOutputModes: [], returnImmediately: false, ...configuration } };
}

const textOf = message => message.parts.map(part => part.content.value).join('');

async function sendsAndReads(client) {
  const task = await client.sendMessage(request('tck-artifact-text'));
  assert.equal(task.status.state, TaskState.TASK_STATE_COMPLETED);
  assert.equal(textOf(task.artifacts[0]), 'Generated text content');
  const read = await client.getTask({ tenant: '', id: task.id, historyLength: 10 });
  assert.deepEqual(read.artifacts, task.artifacts);
  assert.equal(textOf(read.history[0]), 'hello');
  const answer = await client.sendMessage(request('tck-message-response'));
  assert.equal(textOf(answer), 'Direct message response');
}

async function streams(client) {
  const events = await Array.fromAsync(client.sendMessageStream(request('tck-stream-artifact-chunked')));
  assert.equal(events[0].payload.$case, 'task');
  const chunks = events.filter(event => event.payload.$case === 'artifactUpdate').map(event => event.payload.value);
  assert.deepEqual(chunks.map(chunk => textOf(chunk.artifact)), ['chunk-1 ', 'chunk-2']);
  assert.deepEqual(chunks.map(chunk => chunk.append), [false, true]);
  assert.equal(events.at(-1).payload.value.status.state, TaskState.TASK_STATE_COMPLETED);
}

async function subscribes(client) {
  const begun = await client.sendMessage(request('test-resubscribe-message-id', {}, { returnImmediately: true }));
  const events = await Array.fromAsync(client.resubscribeTask({ tenant: '', id: begun.id }));
  assert.equal(events[0].payload.value.id, begun.id);
  assert.equal(events.at(-1).payload.value.status.state, TaskState.TASK_STATE_COMPLETED);
}

async function goesOnAndCancels(client) {
  const asked = await client.sendMessage(request('tck-input-required'));
  assert.equal(asked.status.state, TaskState.TASK_STATE_INPUT_REQUIRED);
  const more = { taskId: asked.id, contextId: asked.contextId };
  const ended = await client.sendMessage(request('tck-complete-task', more));
  assert.equal(ended.id, asked.id);
  assert.equal(ended.status.state, TaskState.TASK_STATE_COMPLETED);
  await assert.rejects(client.sendMessage(request('tck-complete-task', more)), UnsupportedOperationError);
  await assert.rejects(client.cancelTask({ tenant: '', id: asked.id }), TaskNotCancelableError);
  await assert.rejects(client.getTask({ tenant: '', id: randomUUID() }), TaskNotFoundError);
  const waiting = await client.sendMessage(request('tck-input-required'));
  const canceled = await client.cancelTask({ tenant: '', id: waiting.id });
  assert.equal(canceled.status.state, TaskState.TASK_STATE_CANCELED);
}

async function lists(client) {
  const first = await client.sendMessage(request('tck-complete-task'));
  const second = await client.sendMessage(request('tck-complete-task', { contextId: first.contextId }));
  const query = { tenant: '', contextId: first.contextId, status: TaskState.TASK_STATE_UNSPECIFIED, pageSize: 1,
    pageToken: '', includeArtifacts: false };
  const page = await client.listTasks(query);
  const rest = await client.listTasks({ ...query, pageToken: page.nextPageToken });
  assert.equal(page.totalSize, 2);
  assert.deepEqual([...page.tasks, ...rest.tasks].map(task => task.id), [second.id, first.id]);
  assert.equal(rest.nextPageToken, '');
}

async function configuresPush(client) {
  const task = await client.sendMessage(request('tck-input-required'));
  const made = await client.createTaskPushNotificationConfig({ tenant: '', id: 'mine', taskId: task.id,
    url: 'http://127.0.0.1:9/hook', token: 'secret' });
  assert.equal(made.id, 'mine');
  const listed = await client.listTaskPushNotificationConfig({ tenant: '', taskId: task.id, pageSize: 10, pageToken: '' });
  assert.deepEqual(listed.configs.map(config => config.id), ['mine']);
  await client.deleteTaskPushNotificationConfig({ tenant: '', taskId: task.id, id: 'mine' });
  await assert.rejects(client.getTaskPushNotificationConfig({ tenant: '', taskId: task.id, id: 'mine' }));
}

for (const transport of transports) {
  const name = transport.protocolName;
  const client = await new ClientFactory({ ...ClientFactoryOptions.default, transports: [transport] }).createFromUrl(url);
  assert.equal((await client.getAgentCard()).name, 'howdah');
  for (const check of [sendsAndReads, streams, subscribes, goesOnAndCancels, lists, configuresPush]) {
    await check(client).catch(e => {
      throw new Error(`${name}: ${check.name}`, { cause: e });
    });
  }
  console.log(`${name}: served`);
}
