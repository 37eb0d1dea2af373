// deploy/systemd, deploy/supervisor and the scripts, for machines without containers.
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { checkScript, run, scratch, text, unknownVariables } from './files.mjs';

const UNITS = ['howdah.service', 'howdah-worker@.service'];
/** Times ten, as systemd-analyze takes it: 0 is shut in, 100 is exposed. */
const EXPOSURE_MAX = 20;
const PROGRAM = /\/opt\/howdah\/bin\/howdah/g;
const lines = (content, key) => [...content.matchAll(new RegExp(`^${key}=(.*)$`, 'gm'))].map((match) => match[1]);

test('scripts are sound', () => {
  for (const name of ['deploy/setup-postgresql.sh', 'deploy/bin/howdah', 'deploy/bin/healthcheck']) {
    checkScript(name.replaceAll('/', '-'), text(name));
  }
});

for (const unit of UNITS) {
  test(`systemd takes ${unit}, and finds it little exposed`, () => {
    const file = join(scratch(), unit.replace('@', '@1'));
    writeFileSync(file, text('deploy/systemd', unit).replace(PROGRAM, '/bin/true'));
    assert.equal(run('systemd-analyze', 'verify', '--man=no', file), '');
    run('systemd-analyze', 'security', '--offline=true', '--no-pager', `--threshold=${EXPOSURE_MAX}`, file);
  });

  test(`${unit} has settings that there are, and secrets as credentials`, () => {
    const content = text('deploy/systemd', unit);
    const variables = lines(content, 'Environment').map((value) => value.split('=')[0]);
    assert.deepEqual(unknownVariables(variables), []);
    const credentials = lines(content, 'LoadCredential').map((value) => value.split(':')[0]);
    lines(content, 'Environment').filter((value) => /_FILE=/.test(value))
      .forEach((value) => assert.ok(credentials.includes(value.split('=%d/')[1]), value));
    assert.ok(!credentials.includes('api-key') || unit === 'howdah.service', 'a worker needs no API key');
  });
}

test('server and workers are shut in alike', () => {
  const [server, worker] = UNITS.map((unit) => text('deploy/systemd', unit).split('\nUser=howdah')[1]);
  assert.equal(worker, server);
});

test('supervisor runs a server and two workers, and ends them gently', () => {
  const content = text('deploy/supervisor/howdah.conf');
  assert.match(content, /numprocs=2/);
  assert.deepEqual(lines(content, 'stopsignal'), ['TERM', 'TERM']);
  lines(content, 'stopwaitsecs').forEach((seconds) => assert.ok(Number(seconds) > 10, 'a worker takes ten seconds to let go'));
  lines(content, 'stdout_logfile_maxbytes').forEach((bytes) => assert.notEqual(bytes, '0'));
  const variables = lines(content, 'environment').flatMap((value) => [...value.matchAll(/(\w+)="/g)].map((match) => match[1]));
  assert.deepEqual(unknownVariables(variables), []);
});

test('the variables that the set-up script writes are settings', () => {
  const script = text('deploy/setup-postgresql.sh');
  const written = script.match(/Settings of your own go to howdah\.env beside it\.\n([\s\S]*?)\nTEXT/)[1];
  assert.deepEqual(unknownVariables([...written.matchAll(/^([A-Z_]+)=/gm)].map((match) => match[1])), []);
});
