// The first console page: queue, tasks with their answers, health. Everything that is shown was written by somebody else,
// so it only ever becomes text, never markup. Every view is an address: #/tasks?state=failed&type=…, #/tasks/<id>.

const STATES = ['queued', 'started', 'finished', 'failed', 'cancelled'];
const TYPES = { consumer_triage: 'consumer triage', template_triage: 'template triage', deliver_action: 'delivery' };
const PAGE = 30;
const PERIOD = 2000;
const PERIOD_MAX = 30000;
const ROOT = new URL('..', location.href);

const byId = id => document.getElementById(id);
let paused = false;
let failures = 0;
let updated = null;
let timer = null;
let round = 0; // an answer to an older question than the last one is thrown away

// ---- reading ----

class Unauthorized extends Error {}

async function call(path, options = {}) {
  const key = sessionStorage.getItem('key');
  const answer = await fetch(new URL(path, ROOT), {
    ...options, headers: { Accept: 'application/json', ...(key ? { 'X-API-Key': key } : {}) }, cache: 'no-store',
    signal: AbortSignal.timeout(10000),
  });
  const body = await answer.json().catch(() => ({}));
  if (answer.status === 401) throw new Unauthorized(body.detail);
  if (!answer.ok) throw new Error([body.detail ?? `the server answered ${answer.status}`, body.remedy].filter(Boolean).join('; '));
  return body;
}

function route() {
  const [path, query = ''] = location.hash.replace(/^#\/?/, '').split('?');
  const task = path.match(/^tasks\/([0-9a-f-]+)$/i);
  return { task: task?.[1], query: new URLSearchParams(query) };
}

function address(query) {
  const text = new URLSearchParams([...query].filter(([, value]) => value)).toString();
  return '#/tasks' + (text ? '?' + text : '');
}

async function look() {
  clearTimeout(timer);
  const mine = ++round;
  const { task, query } = route();
  try {
    const health = call('health');
    const rest = task
      ? [call(`api/tasks/${task}`)]
      : [call('api/tasks?' + new URLSearchParams({ limit: PAGE, ...Object.fromEntries(query) })), call('api/statistics')];
    const troubles = showHealth(await health);
    const [first, statistics] = await Promise.all(rest);
    if (mine !== round) return;
    if (task) showTask(first); else showList(first, statistics, query);
    byId('key-form').hidden = true;
    failures = 0;
    updated = Date.now();
    problem(troubles);
  } catch (error) {
    if (mine !== round) return;
    failures++;
    if (error instanceof Unauthorized) {
      byId('key-form').hidden = false;
      problem(sessionStorage.getItem('key') ? 'The server refuses this API key.' : null);
    } else {
      problem(error instanceof TypeError || error.name === 'TimeoutError'
        ? 'The server does not answer. What you see is from before; it is tried again.' : error.message);
    }
  }
  showAge();
  if (!paused && !document.hidden) timer = setTimeout(look, Math.min(PERIOD * 2 ** failures, PERIOD_MAX));
}

async function act(verb, id, button) {
  button.disabled = true;
  try {
    await call(`api/tasks/${id}/${verb}`, { method: 'POST' });
    await look();
  } catch (error) {
    problem(error.message);
    button.disabled = false;
  }
}

// ---- showing ----

/** An element with a class, properties and children; strings become text. */
function el(name, properties = {}, ...children) {
  const node = Object.assign(document.createElement(name), properties);
  node.append(...children.filter(child => child !== null && child !== undefined && child !== ''));
  return node;
}

const chip = word => el('span', { className: `chip ${word}` }, word);
const short = sha => (sha ?? '').slice(0, 8);
const when = text => text ? new Date(text).toLocaleString() : '–';

function duration(ms) {
  if (ms === null || ms === undefined) return '–';
  if (ms < 1000) return `${Math.round(ms)} ms`;
  if (ms < 120000) return `${(ms / 1000).toFixed(1)} s`;
  return ms < 7200000 ? `${Math.round(ms / 60000)} min` : `${Math.round(ms / 3600000)} h`;
}

function problem(text) {
  byId('problems').replaceChildren(...(text ? [el('p', { className: 'notice bad' }, text)] : []));
}

/** Answers what is wrong, as text. */
function showHealth(health) {
  const pill = byId('health');
  pill.className = `pill ${health.status}`;
  pill.textContent = health.status;
  byId('version').textContent = `${health.version} · PostgreSQL ${health.database_version || 'not reached'}`
    + (health.database_embedded ? ', embedded' : '') + ` · worker ${health.worker.status}`
    + (health.worker.capacity ? `, ${health.worker.active} of ${health.worker.capacity} busy` : '')
    + ` · pool ${health.pool.active} of ${health.pool.max}`;
  document.title = health.status === 'ok' ? 'Howdah' : `Howdah: ${health.status}`;
  return health.problems.map(p => [p.problem, p.remedy].filter(Boolean).join('; ')).join(' · ');
}

function showAge() {
  const age = updated && Math.round((Date.now() - updated) / 1000);
  byId('age').textContent = paused ? 'paused' : updated === null ? '' : failures ? `${age} s old` : 'live';
}

function tile(label, value, state, current) {
  const inner = [el('strong', {}, String(value)), label];
  if (!state) return el('li', {}, el('div', {}, ...inner));
  const link = el('a', { href: current ? '#/tasks' : `#/tasks?state=${state}` }, ...inner);
  if (current) link.setAttribute('aria-current', 'true');
  return el('li', {}, link);
}

function showList(page, statistics, query) {
  const state = query.get('state') ?? '';
  byId('queue').hidden = byId('list').hidden = false;
  byId('detail').hidden = true;
  byId('states').replaceChildren(
    ...STATES.map(name => tile(name, statistics.by_state[name], name, name === state)),
    tile('oldest wait', duration(statistics.oldest_wait_ms)),
    tile('average run', duration(statistics.average_duration_ms)));
  options(byId('state'), STATES.map(name => [name, name]), state);
  const types = new Set([...Object.keys(TYPES), ...Object.keys(statistics.by_type)]);
  options(byId('type'), [...types].map(type => [type, TYPES[type] ?? type]), query.get('type') ?? '');
  byId('tasks').replaceChildren(...page.items.map(row));
  const filtered = state || query.get('type');
  byId('empty').hidden = page.items.length > 0;
  byId('empty').textContent = filtered ? 'No task matches.' : 'No tasks yet. Try: ./howdah demo, or ./howdah notify --repo PATH --commit REV';
  link(byId('newest'), query.has('cursor'), query, null);
  link(byId('older'), page.next !== null, query, page.next);
}

function link(node, visible, query, cursor) {
  const target = new URLSearchParams(query);
  target.delete('cursor');
  if (cursor) target.set('cursor', cursor);
  node.hidden = !visible;
  node.href = address(target);
}

function options(select, pairs, value) {
  if (document.activeElement === select) return;
  select.replaceChildren(el('option', { value: '' }, 'all'), ...pairs.map(([v, text]) => el('option', { value: v }, text)));
  select.value = value;
}

/** Which repository a task is about, and which change in which other. */
function about(task) {
  const payload = task.payload ?? {};
  return payload.target_repo
    ? [payload.target_repo, `${payload.source_repo} @ ${short(payload.change_event?.commit_sha)}`]
    : [task.key ?? task.type, ''];
}

const progress = task => task.progress ? `${task.progress.percent} % ${task.progress.message}` : '';

function row(task) {
  const [target, source] = about(task);
  const result = task.result ?? {};
  return el('tr', {},
    el('td', {}, el('a', { href: `#/tasks/${task.id}` }, target),
      el('small', {}, [TYPES[task.type] ?? task.type, source].filter(Boolean).join(' · '))),
    el('td', {}, chip(task.state)),
    el('td', {}, result.urgency ? chip(result.urgency) : '', result.urgency ? ' ' : '', result.impact_summary ?? task.error ?? progress(task)),
    el('td', {}, el('time', { dateTime: task.created_at, title: task.created_at }, when(task.created_at))));
}

function showTask(task) {
  const fresh = JSON.stringify(task);
  const article = byId('detail');
  byId('queue').hidden = byId('list').hidden = true;
  if (!article.hidden && article.dataset.shown === fresh) return;
  const moved = article.hidden;
  article.hidden = false;
  article.dataset.shown = fresh;
  const result = task.result ?? {};
  const [target, source] = about(task);
  const change = task.payload?.change_event;
  const title = el('h2', { id: 'detail-title', tabIndex: -1 }, target + (source ? ' ← ' + source : ''));
  article.replaceChildren(
    el('p', {}, el('a', { href: '#/tasks' }, '← All tasks')),
    title,
    el('p', {}, chip(task.state), ' ', result.urgency ? chip(result.urgency) : '', ' ',
      result.urgency ? (result.requires_action ? 'action needed' : 'no action needed')
        + `, confidence ${Math.round(result.confidence * 100)} %, decided by ${result.model}` : ''),
    ...(result.impact_summary ? [el('p', { className: 'lead' }, result.impact_summary)] : []),
    ...(task.state === 'started' && task.progress ? [el('p', { className: 'lead' }, progress(task))] : []),
    ...(task.error ? [el('p', { className: 'notice bad' }, task.error)] : []),
    ...block('What to do', result.recommended_changes),
    ...list('Files', result.affected_files),
    ...block('Evidence', result.reasoning),
    ...(change ? facts('Change', [['commit', change.commit_sha], ['branch', change.branch], ['message', change.commit_message],
      ['files', change.changed_files.map(file => `${file.path} (${file.change_type})`).join(', ')]]) : []),
    ...(!result.urgency && task.result ? block('Result', JSON.stringify(task.result, null, 2)) : []),
    ...facts('Task', [['id', task.id], ['type', task.type], ['created', when(task.created_at)], ['ended', when(task.ended_at)],
      ['worker', task.worker ?? '–'], ['attempts', `${task.attempt} of ${task.max_attempts}`]]),
    ...list('Attempts', task.attempts.map(a => `${a.attempt}: ${a.outcome} ${when(a.ended_at)}, ${duration(a.duration_ms)}`
      + (a.error ? `, ${a.error}` : ''))),
    buttons(task));
  if (moved) title.focus();
}

function buttons(task) {
  const button = (verb, text) => {
    const node = el('button', { type: 'button' }, text);
    node.addEventListener('click', () => act(verb, task.id, node));
    return node;
  };
  return el('p', { className: 'bar' },
    ['queued', 'started'].includes(task.state) ? button('cancel', 'Cancel this task') : '',
    ['failed', 'cancelled'].includes(task.state) ? button('retry', 'Run it again') : '');
}

const block = (title, text) => text ? [el('h3', {}, title), el('pre', {}, text)] : [];
const list = (title, items) => items?.length ? [el('h3', {}, title), el('ul', {}, ...items.map(item => el('li', {}, item)))] : [];
const facts = (title, pairs) => [el('h3', {}, title), el('dl', {}, ...pairs.flatMap(([name, value]) =>
  [el('dt', {}, name), el('dd', {}, String(value ?? '–'))]))];

// ---- doing ----

function filter(name, value) {
  const query = route().query;
  query.delete('cursor');
  query.set(name, value);
  location.hash = address(query);
}

for (const name of ['state', 'type']) {
  byId(name).addEventListener('change', event => {
    filter(name, event.target.value);
    event.target.blur();
  });
}
byId('pause').addEventListener('click', () => {
  paused = !paused;
  byId('pause').setAttribute('aria-pressed', paused);
  byId('pause').textContent = paused ? 'Go on' : 'Pause';
  showAge();
  if (paused) clearTimeout(timer); else look();
});
byId('key-form').addEventListener('submit', event => {
  event.preventDefault();
  sessionStorage.setItem('key', byId('key').value);
  byId('key').value = '';
  look();
});
addEventListener('hashchange', look);
document.addEventListener('visibilitychange', () => document.hidden ? clearTimeout(timer) : paused || look());
setInterval(showAge, 1000);
look();
