// What the tests beside this file share: where things are, and how programs are run.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export const ROOT = process.env.REPOSITORY ?? new URL('../..', import.meta.url).pathname;

export const path = (...parts) => join(ROOT, ...parts);
export const text = (...parts) => readFileSync(path(...parts), 'utf8');
export const scratch = () => mkdtempSync(join(tmpdir(), 'howdah-deploy-'));

/** Runs a program that has to succeed, and answers with what it printed. */
export function run(program, ...args) {
  return runWith({}, program, ...args);
}

export function runWith(options, program, ...args) {
  try {
    return execFileSync(program, args, { encoding: 'utf8', stdio: 'pipe', ...options });
  } catch (e) {
    if (e.code === 'ENOENT') {
      throw new Error(`${program} is needed and was not found; README.md in config/deploy says which package it is in`);
    }
    throw new Error(`${program} ${args.join(' ')} ended with ${e.status}:\n${e.stdout}${e.stderr}`);
  }
}

/** A shell script is read by the shell, and by shellcheck without a complaint. */
export function checkScript(name, content) {
  const file = join(scratch(), name);
  writeFileSync(file, content);
  run('bash', '-n', file);
  run('shellcheck', file);
}

/** The variables that Howdah knows, from the reference of settings: an unknown HOWDAH_* stops its start. */
export function knownVariables() {
  const known = new Set();
  for (const line of text('docs/settings.md').split('\n').filter((row) => row.startsWith('| `howdah.'))) {
    const [, , variable, aliases] = line.split(' | ').flatMap((cell, i) => (i === 0 ? ['', cell] : [cell]));
    for (const [, name] of `${variable} ${aliases}`.matchAll(/`([A-Z0-9_]+)`/g)) {
      known.add(name);
    }
  }
  return known;
}

/** What of the names is no setting; secrets may come from files. */
export function unknownVariables(names) {
  const known = knownVariables();
  return [...names].filter((name) => !known.has(name) && !known.has(name.replace(/_FILE$/, '')));
}

/** Whether a variable holds a secret itself, rather than naming its file. */
export const holdsSecret = (name) => /PASSWORD|SECRET|TOKEN|API_?KEY|_KEYS?$|REDIS_URL/.test(name) && !name.endsWith('_FILE');
