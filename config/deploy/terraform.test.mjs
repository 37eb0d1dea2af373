// deploy/terraform, read as HCL: what is promised about it holds, and every name in it leads somewhere.
import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { before, test } from 'node:test';
import { parse } from '@cdktf/hcl2json';
import { checkScript, path, text, unknownVariables } from './files.mjs';

const FOLDER = 'deploy/terraform';
const files = readdirSync(path(FOLDER)).filter((name) => name.endsWith('.tf'));
/** Blocks by kind, as hcl2json gives them: {resource: {type: {name: [{…}]}}, variable: {name: [{…}]}, …}. */
const config = {};

before(async () => {
  for (const file of files) {
    for (const [kind, blocks] of Object.entries(await parse(file, text(FOLDER, file)))) {
      config[kind] = kind === 'terraform' || kind === 'locals' || kind === 'provider'
        ? Array.isArray(blocks) ? [...(config[kind] ?? []), ...blocks] : { ...config[kind], ...blocks }
        : mergeBlocks(config[kind] ?? {}, blocks);
    }
  }
});

function mergeBlocks(all, more) {
  for (const [name, content] of Object.entries(more)) {
    all[name] = Array.isArray(content) ? [...(all[name] ?? []), ...content] : { ...all[name], ...content };
  }
  return all;
}

const resources = (type) => Object.values(config.resource[type] ?? {}).map(([body]) => body);
const resource = (type, name) => config.resource[type][name][0];

function strings(node) {
  if (typeof node === 'string') return [node];
  return node && typeof node === 'object' ? Object.values(node).flatMap(strings) : [];
}

const expressions = () => strings(config).filter((value) => value.includes('${')).join('\n');

test('every line stands as terraform fmt would put it', () => {
  for (const name of [...files, 'terraform.tfvars.example']) {
    const content = text(FOLDER, name);
    assert.ok(content.endsWith('\n') && !content.endsWith('\n\n'), `${name} ends with one line feed`);
    assert.doesNotMatch(content, /\t| +$|\r/m, `${name} has neither tabs nor spaces at ends`);
    let depth = 0;
    let group = [];
    const checkGroup = () => {
      const column = Math.max(0, ...group.map((line) => line.match(/^\s*[\w-]+/)[0].length)) + 1;
      group.forEach((line) => assert.equal(line.indexOf('='), column, `${name}: ${line}`));
      group = [];
    };
    for (const line of content.split('\n')) {
      const code = line.replace(/"(\\.|[^"\\])*"/g, '""').replace(/#.*/, '').trim();
      const closes = code.match(/^[\]})]+/)?.[0].length ?? 0;
      if (line.trim()) {
        assert.equal(line.match(/^ */)[0].length, 2 * (depth - Math.min(closes, depth > 0 ? 1 : 0)), `${name}: ${line}`);
      }
      const change = Math.sign((code.match(/[[{(]/g) ?? []).length - (code.match(/[\]})]/g) ?? []).length);
      depth += change;
      if (/^[\w-]+\s*=[^=]/.test(code) && change === 0) {
        group.push(line);
      } else {
        checkGroup();
      }
    }
    checkGroup();
    assert.equal(depth, 0, name);
  }
});

test('every variable has a type and a description, and is used', () => {
  const { variable: _, ...others } = config;
  const used = strings(others).filter((value) => value.includes('${')).join('\n');
  for (const [name, [body]] of Object.entries(config.variable)) {
    assert.ok(body.type, `${name} has a type`);
    assert.ok(body.description?.length > 15, `${name} has a description`);
    assert.match(used, new RegExp(`\\bvar\\.${name}\\b`), `${name} is used`);
    if (/number/.test(body.type) && name !== 'database_pool_max') {
      assert.ok(body.validation, `${name} is checked`);
    }
  }
  Object.entries(config.output).forEach(([name, [body]]) => assert.ok(body.description, `${name} has a description`));
});

test('every reference leads to something that is declared', () => {
  const all = expressions();
  const unresolved = [];
  const declared = (condition, name) => condition || unresolved.push(name);
  for (const [, name] of all.matchAll(/\bvar\.(\w+)/g)) declared(config.variable[name], `var.${name}`);
  for (const [, name] of all.matchAll(/\blocal\.(\w+)/g)) declared(config.locals.some((l) => name in l), `local.${name}`);
  for (const [, type, name] of all.matchAll(/(?<![.\w"/])(google_\w+)\.(\w+)/g)) declared(config.resource[type]?.[name], `${type}.${name}`);
  for (const [, type, name] of all.matchAll(/\bephemeral\.(\w+)\.(\w+)/g)) declared(config.ephemeral[type]?.[name], `ephemeral.${type}.${name}`);
  assert.deepEqual(unresolved, []);
  config.locals.flatMap(Object.keys).forEach((name) => assert.match(all, new RegExp(`\\blocal\\.${name}\\b`), `local.${name} is used`));
});

test('versions are pinned', () => {
  const [terraform] = config.terraform;
  assert.match(terraform.required_version, /^>= 1\.\d+\.\d+, < 2/);
  for (const provider of Object.values(terraform.required_providers[0])) {
    assert.match(provider.version, /^~> \d+\.\d+$/);
  }
  assert.ok(terraform.backend.gcs, 'the state is kept in a bucket');
});

test('the database has no public address', () => {
  for (const instance of resources('google_compute_instance')) {
    instance.network_interface.forEach((nic) => assert.ok(!('access_config' in nic) && !('ipv6_access_config' in nic)));
  }
  resources('google_compute_address').forEach((address) => assert.equal(address.address_type, 'INTERNAL'));
});

test('firewalls let in known networks only, to named machines', () => {
  const open = /^(0\.0\.0\.0|::)\/0$|\/0$/;
  for (const rule of resources('google_compute_firewall')) {
    assert.ok(rule.source_ranges, rule.name);
    assert.match(String(rule.source_ranges), /\bvar\./, `${rule.name}: its networks are a variable`);
    assert.ok(rule.target_service_accounts?.length, rule.name);
    assert.ok(rule.allow.every((allow) => allow.protocol === 'tcp' && allow.ports.length === 1), rule.name);
  }
  for (const name of ['connector_range', 'subnet_range', 'ssh_source_ranges']) {
    const [variable] = config.variable[name];
    [variable.default].flat().forEach((range) => assert.doesNotMatch(range, open));
    assert.ok(variable.validation, name);
  }
});

test('disks are encrypted with a key that can be chosen, and outlive a mistake', () => {
  resources('google_compute_disk').forEach((disk) => {
    assert.equal(disk.disk_encryption_key[0].kms_key_self_link, '${var.disk_kms_key}');
    assert.equal(disk.lifecycle[0].prevent_destroy, true);
  });
  const instance = resource('google_compute_instance', 'database');
  assert.equal(instance.boot_disk[0].kms_key_self_link, '${var.disk_kms_key}');
  assert.equal(instance.attached_disk[0].kms_key_self_link, '${var.disk_kms_key}');
  assert.equal(instance.shielded_instance_config[0].enable_secure_boot, true);
});

test('no secret is in a plain variable, an output, a label or the state', () => {
  assert.equal(config.resource.random_password, undefined, 'passwords are ephemeral');
  for (const version of resources('google_secret_manager_secret_version')) {
    assert.ok(version.secret_data_wo && !version.secret_data, 'write-only');
  }
  for (const [name, [body]] of Object.entries(config.variable)) {
    if (/password|token|api_key/.test(name)) assert.equal(body.sensitive, true, name);
  }
  const shown = strings(config.output).join('\n') + strings(resource('google_compute_instance', 'database').metadata).join('\n');
  assert.doesNotMatch(shown, /\.result\b|auth_string|secret_data|ephemeral\./);
  assert.doesNotMatch(strings(config).join('\n'), /-----BEGIN|AIza[0-9A-Za-z_-]{30}/);
});

test('backups are kept for thirty days, in versions, by nobody else to be read', () => {
  const bucket = resource('google_storage_bucket', 'backups');
  assert.equal(bucket.versioning[0].enabled, true);
  assert.equal(bucket.uniform_bucket_level_access, true);
  assert.equal(bucket.public_access_prevention, 'enforced');
  assert.equal(bucket.force_destroy, false);
  assert.equal(config.variable.backup_retention_days[0].default, 30);
  const conditions = bucket.lifecycle_rule.map((rule) => rule.condition[0]);
  assert.ok(conditions.some((c) => c.age === '${var.backup_retention_days}'));
  assert.ok(conditions.some((c) => c.days_since_noncurrent_time === '${var.backup_retention_days}'));
  assert.equal(resource('google_storage_bucket_iam_member', 'database_adds_backups').role, 'roles/storage.objectCreator');
});

test('accounts have the rights that they need, each on one thing', () => {
  const roles = [];
  for (const [type, named] of Object.entries(config.resource).filter(([type]) => type.includes('_iam_'))) {
    assert.match(type, /_iam_member$/, 'rights are added, those of others are left alone');
    for (const [name, [body]] of Object.entries(named)) {
      roles.push(body.role === '${each.value}' ? String(body.for_each) : body.role);
      if (type === 'google_project_iam_member') assert.equal(name, 'database', 'of the whole project: logs and metrics only');
    }
  }
  assert.doesNotMatch(roles.join(' '), /owner|editor|admin/i);
  assert.equal(resource('google_compute_instance', 'database').service_account[0].email, '${google_service_account.database.email}');
  assert.equal(resource('google_cloud_run_v2_service', 'howdah').template[0].service_account, '${google_service_account.service.email}');
});

test('the service reaches the database by the connector, and knows it by settings that there are', () => {
  const [template] = resource('google_cloud_run_v2_service', 'howdah').template;
  assert.equal(template.vpc_access[0].connector, '${google_vpc_access_connector.main.id}');
  const [container] = template.containers;
  assert.equal(container.resources[0].cpu_idle, false);
  const [plain, secret] = container.dynamic.env;
  const names = (block) => [...block.for_each.matchAll(/^\s*([A-Z_]+)\s*=/gm), ...block.for_each.matchAll(/\{ ([A-Z_]+) =/g)].map((m) => m[1]);
  assert.deepEqual(unknownVariables([...names(plain), ...names(secret)]), []);
  assert.ok(names(secret).includes('HOWDAH_DATABASE_PASSWORD') && names(secret).includes('REDIS_URL'));
  assert.ok(secret.content[0].value_source, 'from Secret Manager');
});

test('use_postgresql decides what is made and what is told', () => {
  for (const [type, name] of [['google_redis_instance', 'queue'], ['google_secret_manager_secret', 'redis_url']]) {
    assert.equal(resource(type, name).count, '${var.use_postgresql ? 0 : 1}');
  }
  for (const name of ['queue_backend', 'redis_host', 'secrets', 'next_steps']) {
    assert.match(JSON.stringify(config.output[name]), /var\.use_postgresql/, name);
  }
  const [{ queue_host: host }] = config.locals.filter((l) => 'queue_host' in l);
  assert.match(host, /var\.use_postgresql \? google_compute_address\.database\.address : .*google_redis_instance/);
});

test('there is an uptime check, and alerts reach whoever is named', () => {
  assert.equal(resource('google_monitoring_uptime_check_config', 'service').http_check[0].path, '/health/ready');
  const alerts = resources('google_monitoring_alert_policy');
  assert.ok(alerts.length >= 4);
  alerts.forEach((alert) => assert.equal(alert.notification_channels, '${local.channels}', alert.display_name));
});

test('the example names declared variables, and all that have no default', async () => {
  const example = await parse('example.tf', text(FOLDER, 'terraform.tfvars.example'));
  const names = Object.keys(example);
  assert.deepEqual(names.filter((name) => !config.variable[name]), []);
  const needed = Object.entries(config.variable).filter(([, [body]]) => !('default' in body)).map(([name]) => name);
  assert.deepEqual(needed.filter((name) => !names.includes(name)), []);
  assert.deepEqual(unknownVariables([...Object.keys(example.settings), ...Object.keys(example.secret_settings)]), []);
});

test('the start-up script is given exactly what it asks for, and is a sound script', () => {
  const template = text(FOLDER, 'startup.sh.tftpl');
  assert.doesNotMatch(template, /\$\$\{|%\{/, 'no escapes and no directives, so that a plain replacement renders it');
  const asked = new Set([...template.matchAll(/\$\{(\w+)\}/g)].map((match) => match[1]));
  const call = resource('google_compute_instance', 'database').metadata['startup-script'];
  const given = new Set([...call.matchAll(/^\s*(\w+)\s*=/gm)].map((match) => match[1]));
  assert.deepEqual([...asked].sort(), [...given].sort());
  const sample = {
    setup_script: Buffer.from(text('deploy/setup-postgresql.sh')).toString('base64'), postgresql_version: '17',
    database: 'howdah', user: 'howdah', address: '10.20.0.2', client_range: '10.20.1.0/28', password_secret: 'password',
    certificate_secret: 'certificate', backups_bucket: 'backups', backup_time: '02:00',
  };
  const script = template.replace(/\$\{(\w+)\}/g, (_, name) => sample[name]);
  checkScript('startup.sh', script);
  const inner = script.match(/howdah-backup <<'SCRIPT'\n([\s\S]*?)\nSCRIPT\n/)[1];
  checkScript('howdah-backup', `${inner}\n`);
  assert.match(script, /--tls "10\.20\.0\.2" --pgvector yes/);
});
