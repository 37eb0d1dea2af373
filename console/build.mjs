// Bundles the console, or checks it (lint, types, unit tests). What has not changed since the last time is not done again.
import { execSync, spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'

const [major, minor] = process.versions.node.split('.').map(Number)
if (major < 20 || (major === 20 && minor < 19)) {
  console.error(`the console is built by Node 20.19 or newer, and this is ${process.versions.node}: install a newer one, or build without the console by -Dconsole.skip`)
  process.exit(1)
}

const SOURCES = ['index.html', 'package-lock.json', 'tsconfig.json', 'vite.config.ts', 'openapi.json', 'build.mjs', ...['src', 'public', 'e2e'].flatMap(files)]
const [task, argument] = process.argv.slice(2)

install()
if (task === 'bundle') {
  unlessDone(join(argument, '../.bundled'), () => run(`npm run --silent api && npx --no-install vite build --logLevel warn --emptyOutDir --outDir "${argument}"`))
} else if (task === 'check' && argument !== 'true') {
  mkdirSync('target', { recursive: true })
  const done = 'target/.checked'
  if (changed(done)) {
    const codes = await Promise.all(['lint', 'types', 'test'].map(check))
    if (codes.some((code) => code !== 0)) process.exit(1)
    writeFileSync(done, state())
  }
}

function files(folder) {
  return existsSync(folder) ? readdirSync(folder, { withFileTypes: true, recursive: true }).filter((entry) => entry.isFile() && entry.name !== 'schema.ts').map((entry) => join(entry.parentPath, entry.name)) : []
}

function hash(paths) {
  return paths.filter(existsSync).sort().reduce((sum, path) => sum.update(path).update(readFileSync(path)), createHash('sha256')).digest('hex')
}

function state() {
  return hash(SOURCES)
}

function changed(stamp) {
  return !existsSync(stamp) || readFileSync(stamp, 'utf8') !== state()
}

function unlessDone(stamp, work) {
  if (!changed(stamp)) return
  work()
  mkdirSync(dirname(stamp), { recursive: true })
  writeFileSync(stamp, state())
}

function install() {
  const stamp = 'node_modules/.installed'
  const lock = hash(['package-lock.json'])
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === lock) return
  // Not `npm ci`: it refuses to install where a registry lacks a package that only another platform needs.
  run('npm install --no-save --no-audit --no-fund --silent')
  writeFileSync(stamp, hash(['package-lock.json']))
}

function run(command) {
  try {
    execSync(command, { stdio: 'inherit' })
  } catch {
    console.error(`this failed: ${command}`)
    process.exit(1)
  }
}

function check(script) {
  return new Promise((resolve) => spawn('npm', ['run', '--silent', script], { stdio: 'inherit' }).on('close', resolve))
}
