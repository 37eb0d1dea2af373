// Two clients that we did not write against one server: the one of the current revision and the one of those before it.
// node mcp-clients.mjs http://127.0.0.1:8080/mcp
import assert from 'node:assert/strict';
import { Client as ModernClient, StreamableHTTPClientTransport as ModernTransport } from '@modelcontextprotocol/client';
import { Client as LegacyClient } from '@modelcontextprotocol/sdk/client/index.js';
import { StreamableHTTPClientTransport as LegacyTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import { ElicitRequestSchema } from '@modelcontextprotocol/sdk/types.js';

const url = new URL(process.argv[2]);
const info = { name: 'howdah-suites', version: '1' };
const capabilities = { elicitation: { form: {} } };
const accept = async () => ({ action: 'accept', content: { name: 'Ada' } });

async function useBoth(client) {
  const { tools } = await client.listTools();
  assert(tools.some(tool => tool.name === 'search_patterns'), 'skills are tools');
  const text = await client.callTool({ name: 'test_simple_text', arguments: {} });
  assert.equal(text.content[0].text, 'This is a simple text response for testing.');
  const asked = await client.callTool({ name: 'test_input_required_result_elicitation', arguments: {} });
  assert.equal(asked.content[0].text, 'Hello, Ada!');
  const structured = await client.callTool({ name: 'get_repository_list', arguments: {} });
  assert.equal(structured.structuredContent.success, true);
  const wrong = await client.callTool({ name: 'query_patterns', arguments: { keywords: 1 } });
  assert.equal(wrong.isError, true);
  const progress = [];
  await client.callTool({ name: 'test_tool_with_progress', arguments: {} }, ...callOptions(client, progress));
  assert.deepEqual(progress, [0, 50, 100]);
  const { contents } = await client.readResource({ uri: 'test://static-text' });
  assert.equal(contents[0].mimeType, 'text/plain');
  await assert.rejects(client.readResource({ uri: 'howdah://knowledge/patterns/4711' }));
  const prompt = await client.getPrompt({ name: 'find_prior_art', arguments: { problem: 'retries' } });
  assert.match(prompt.messages[0].content.text, /retries/);
  const { completion } = await client.complete({ ref: { type: 'ref/prompt', name: 'test_prompt_with_arguments' },
    argument: { name: 'arg1', value: 'par' } });
  assert.deepEqual(completion.values, ['paris', 'park', 'party']);
}

function callOptions(client, progress) {
  const options = { onprogress: step => progress.push(step.progress) };
  return client instanceof ModernClient ? [options] : [undefined, options];
}

const modern = new ModernClient(info, { capabilities, versionNegotiation: { mode: 'auto' } });
modern.setRequestHandler('elicitation/create', accept);
await modern.connect(new ModernTransport(url));
assert.equal(modern.getNegotiatedProtocolVersion(), '2026-07-28');
await useBoth(modern);
const changed = Promise.withResolvers();
modern.setNotificationHandler('notifications/tools/list_changed', () => changed.resolve());
const subscription = await modern.listen({ toolsListChanged: true });
await modern.callTool({ name: 'test_trigger_tool_change', arguments: {} });
await changed.promise;
await subscription.close();
await modern.close();

const legacy = new LegacyClient(info, { capabilities });
legacy.setRequestHandler(ElicitRequestSchema, accept);
const session = new LegacyTransport(url);
await legacy.connect(session);
assert(session.sessionId);
await useBoth(legacy);
await session.terminateSession();
await legacy.close();
console.log('both clients were served');
