// deploy/compose: the Compose file by its schema and by what is promised of it, and the image's recipe.
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { DockerfileParser } from 'dockerfile-ast';
import { validate as diagnose } from 'dockerfile-utils';
import { parse } from 'yaml';
import { checkScript, holdsSecret, path, run, text, unknownVariables } from './files.mjs';

const LINTER = fileURLToPath(new URL('node_modules/dclint/bin/dclint.cjs', import.meta.url));
const FOLDER = 'deploy/compose';
/** The file as Compose reads it where no variable is set. */
const compose = parse(text(FOLDER, 'compose.yaml').replace(/\$\{\w+:-([^}]*)\}/g, '$1'), { merge: true });
const services = Object.entries(compose.services);
const ours = services.filter(([, service]) => String(service.image).startsWith('howdah'));

test('a linter that knows the schema of Compose takes it', () => {
  run(process.execPath, LINTER, '--quiet', path(FOLDER, 'compose.yaml'));
});

test('every name leads somewhere', () => {
  for (const [name, service] of services) {
    Object.keys(service.depends_on ?? {}).forEach((other) => assert.ok(compose.services[other], `${name} depends on ${other}`));
    (service.secrets ?? []).forEach((secret) => assert.ok(compose.secrets[secret], `${name}: ${secret}`));
    (service.networks ?? []).forEach((network) => assert.ok(network in compose.networks, `${name}: ${network}`));
    (service.volumes ?? []).map((volume) => volume.split(':')[0]).forEach((source) => assert.ok(
      source.startsWith('.') ? existsSync(path(FOLDER, source)) : source in compose.volumes, `${name}: ${source}`));
  }
  assert.ok(existsSync(path(FOLDER, compose.services.howdah.build.context, compose.services.howdah.build.dockerfile)));
});

test('only the server has a port, and it is on loopback', () => {
  for (const [name, service] of services) {
    (service.ports ?? []).forEach((port) => assert.match(port, /^127\.0\.0\.1:/, name));
    assert.equal(Boolean(service.ports), name === 'howdah');
  }
  assert.equal(compose.networks.backend.internal, true);
  assert.deepEqual(compose.services.postgres.networks, ['backend']);
  assert.deepEqual(compose.services.redis.networks, ['backend']);
});

test('every service has limits, a restart and, if it has a port, a check', () => {
  for (const [name, service] of services) {
    const { limits } = service.deploy.resources;
    assert.ok(limits.memory && limits.cpus && limits.pids, name);
    assert.equal(service.restart, 'unless-stopped', name);
    assert.ok(service.healthcheck || name === 'howdah', `${name}; howdah's is in its image`);
    assert.ok(service.logging.options['max-size'], name);
  }
  assert.equal(compose.services.howdah.depends_on.postgres.condition, 'service_healthy');
  assert.deepEqual(compose.services.redis.profiles, ['redis']);
});

test('secrets are files, and settings are known', () => {
  assert.ok(ours.length === 2);
  for (const [name, service] of ours) {
    assert.deepEqual(unknownVariables(Object.keys(service.environment)), [], name);
    assert.deepEqual(service.cap_drop, ['ALL']);
    assert.equal(service.read_only, true);
  }
  for (const [name, { environment = {} }] of services) {
    Object.entries(environment).filter(([variable, value]) => holdsSecret(variable) && value !== null && value !== '')
      .forEach(([variable]) => assert.fail(`${name}: ${variable} holds a secret`));
    Object.entries(environment).filter(([variable]) => variable.endsWith('_FILE'))
      .forEach(([, file]) => assert.ok(compose.services[name].secrets.includes(file.replace('/run/secrets/', '')), file));
  }
  Object.values(compose.secrets).forEach((secret) => assert.match(secret.file, /^\.\/secrets\//));
});

test('the image is made in stages, runs as a user without rights, and holds no secret', () => {
  const content = text(FOLDER, 'Dockerfile');
  assert.deepEqual(diagnose(content).map((d) => `${d.range.start.line + 1}: ${d.message}`), []);
  const dockerfile = DockerfileParser.parse(content);
  const froms = dockerfile.getFROMs();
  assert.equal(froms.length, 2);
  froms.forEach((from) => assert.doesNotMatch(from.getImage(), /:latest$|^[^:]+$/));
  const all = dockerfile.getInstructions();
  const last = all.slice(all.findLastIndex((i) => i.getKeyword() === 'FROM'));
  const of = (keyword) => last.filter((i) => i.getKeyword() === keyword).map((i) => i.getArgumentsContent() ?? '');
  assert.match(of('USER').at(-1), /^[1-9]\d*:[1-9]\d*$/);
  assert.equal(of('HEALTHCHECK').length, 1);
  assert.match(of('ENTRYPOINT')[0], /^\["/);
  assert.doesNotMatch(all.filter((i) => /ARG|ENV/.test(i.getKeyword())).map((i) => i.getArgumentsContent()).join('\n'), /PASSWORD|SECRET|TOKEN|KEY/);
  assert.ok(last.findIndex((i) => /app\/lib/.test(i.getArgumentsContent())) < last.findIndex((i) => /howdah\.jar/.test(i.getArgumentsContent())),
    'what changes seldom comes first');
  assert.ok(existsSync(path('deploy/bin/howdah')) && existsSync(path('deploy/bin/healthcheck')));
  const ignored = text(FOLDER, 'Dockerfile.dockerignore').split('\n');
  ['**/secrets', '**/.git', '**/target', '**/*.key'].forEach((pattern) => assert.ok(ignored.includes(pattern), pattern));
});

test('the database is made by a sound script, which gives the role no rights', () => {
  const script = text(FOLDER, 'initdb/howdah.sh');
  checkScript('initdb.sh', script);
  assert.match(script, /NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS/);
});
