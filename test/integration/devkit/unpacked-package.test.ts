import { createHash } from 'node:crypto';
import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { run, unpackedPrograms, unpackPackage } from '#devkit';
import { tempDir } from '../../fixtures/temp-dir.js';

const NOBODY = 65_534;
const ROOT = fileURLToPath(new URL('../../..', import.meta.url));
const hasApt = existsSync('/usr/bin/apt-get') && existsSync('/usr/bin/dpkg-deb');
// Other systems have no such packages, and no such way.
const onDebian = hasApt ? describe : describe.skip;
/** As root we can be somebody else, who sees this machine without a redis-server. */
const canHide = process.getuid?.() === 0 && spawnSync('unshare', ['--mount', 'true']).status === 0;

interface Tiny {
  readonly name: string;
  readonly depends?: string;
  /** Paths of files with what is in them. */
  readonly files: Readonly<Record<string, string>>;
}

const LIBRARY = 'libtiny-of-probity';
const SERVER: Tiny = {
  name: 'redis-server',
  depends: LIBRARY,
  files: { 'usr/bin/redis-server': '#!/bin/sh\necho "$0 runs with $LD_LIBRARY_PATH and $*"\n' },
};
const LIB: Tiny = { name: LIBRARY, files: { 'usr/lib/tiny/libtiny.so.1': 'not read by anybody' } };

/** A repository in a folder, as `apt-get` takes one without a network. Newer than whatever is installed here. */
async function repository(packages: readonly Tiny[]): Promise<string> {
  const dir = tempDir('apt');
  let index = '';
  mkdirSync(join(dir, 'none'));
  for (const { name, depends, files } of packages) {
    const build = join(dir, `build-${name}`);
    mkdirSync(join(build, 'DEBIAN'), { recursive: true });
    const control = [
      `Package: ${name}`,
      'Version: 99:1',
      'Architecture: all',
      'Maintainer: nobody <nobody@localhost>',
      ...(depends === undefined ? [] : [`Depends: ${depends}`]),
      'Description: for a test',
    ];
    writeFileSync(join(build, 'DEBIAN', 'control'), `${control.join('\n')}\n`);
    for (const [path, text] of Object.entries(files)) {
      mkdirSync(join(build, path, '..'), { recursive: true });
      writeFileSync(join(build, path), text, { mode: 0o755 });
    }
    const archive = join(dir, `${name}.deb`);
    const made = await run('dpkg-deb', ['--root-owner-group', '--build', build, archive]);
    if (made.code !== 0) throw new Error(made.output);
    const hash = createHash('sha256').update(readFileSync(archive)).digest('hex');
    const rest = [`Filename: ./${name}.deb`, `Size: ${statSync(archive).size}`, `SHA256: ${hash}`];
    index += `${[...control, ...rest].join('\n')}\n\n`;
  }
  writeFileSync(join(dir, 'Packages'), index);
  writeFileSync(join(dir, 'sources.list'), `deb [trusted=yes] file:${dir} ./\n`);
  const config = join(dir, 'apt.conf');
  writeFileSync(
    config,
    [
      `Dir::Etc::sourcelist "${join(dir, 'sources.list')}";`,
      `Dir::Etc::sourceparts "${join(dir, 'none')}";`,
      // The lists of the system are those of other repositories.
      `Dir::State::lists "${join(dir, 'none')}";`,
      'APT::Sandbox::User "root";',
    ].join('\n'),
  );
  return config;
}

const before = process.env['APT_CONFIG'];
beforeEach(() => {
  delete process.env['APT_CONFIG'];
});
afterEach(() => {
  if (before === undefined) delete process.env['APT_CONFIG'];
  else process.env['APT_CONFIG'] = before;
});
const quiet = () => undefined;

onDebian('a package of Debian that is unpacked', () => {
  it('brings its programs, and what they need, without a right and without a network', async () => {
    process.env['APT_CONFIG'] = await repository([SERVER, LIB]);
    const packages = join(tempDir('packages'), 'a folder with blanks');
    expect(await unpackPackage('redis-server', quiet, packages)).toEqual({ ok: true });
    const [bin = ''] = unpackedPrograms(packages);
    const { code, output } = await run(join(bin, 'redis-server'), ['--port', '1'], { cwd: '/' });
    expect(code).toBe(0);
    expect(output).toMatch(/usr\/bin\/redis-server runs with .*\/root\/usr\/lib\/tiny and --port 1/);
    // Nothing else is left: neither archives nor lists.
    expect(readdirSync(packages)).toEqual(['redis-server']);
    // Again, beside another one who came first.
    expect(await unpackPackage('redis-server', quiet, packages)).toEqual({ ok: true });
    expect(readdirSync(packages)).toEqual(['redis-server']);
  });

  it('is told of when what it needs cannot be had, and leaves nothing', async () => {
    process.env['APT_CONFIG'] = await repository([SERVER]);
    const packages = tempDir('packages');
    const failed = await unpackPackage('redis-server', quiet, packages);
    expect(failed).toMatchObject({ ok: false, why: expect.stringContaining(LIBRARY) });
    expect(readdirSync(packages)).toEqual([]);
    expect(unpackedPrograms(packages)).toEqual([]);
  });

  it('is told of when its archive is not what it should be', async () => {
    const config = await repository([SERVER, LIB]);
    process.env['APT_CONFIG'] = config;
    const archive = join(config, '..', 'redis-server.deb');
    const bytes = readFileSync(archive);
    writeFileSync(archive, bytes.fill(0, bytes.length - 8));
    const packages = tempDir('packages');
    expect(await unpackPackage('redis-server', quiet, packages)).toMatchObject({ ok: false });
    expect(readdirSync(packages)).toEqual([]);
  });

  (canHide ? it : it.skip)('is what a user without root gets, who is asked for nothing', async () => {
    const config = await repository([SERVER, LIB]);
    const packages = tempDir('packages');
    const home = tempDir('home');
    // The checkout itself may be where nobody else comes in, as under /root.
    const checkout = tempDir('checkout');
    chmodSync(checkout, 0o755);
    for (const dir of [packages, home]) chownSync(dir, NOBODY, NOBODY);
    chmodSync(packages, 0o700);
    const code = [
      `const { provideRedis } = await import(${JSON.stringify(join(checkout, 'build/devkit/index.js'))});`,
      `const said = [];`,
      `const program = await provideRedis((line) => said.push(line), ${JSON.stringify(packages)});`,
      'console.log(JSON.stringify({ uid: process.getuid(), program, said }));',
    ].join('\n');
    // In a view of the file system of its own, in which no Redis is installed, and sudo cannot be had.
    const hidden = ['redis-server', 'valkey-server', 'sudo'].flatMap((name) =>
      ['/usr/bin', '/usr/local/bin', '/usr/sbin'].map((dir) => join(dir, name)),
    );
    const shell = `mount --bind "$ROOT" "$CHECKOUT" || exit 9
      for file in $HIDDEN; do [ ! -e "$file" ] || mount --bind /dev/null "$file" || exit 9; done; exec "$@"`;
    const user = ['setpriv', `--reuid=${NOBODY}`, `--regid=${NOBODY}`, '--clear-groups'];
    const { code: status, output } = await run(
      'unshare',
      ['--mount', '/bin/sh', '-c', shell, 'sh', ...user, process.execPath, '--input-type=module', '-e', code],
      {
        cwd: '/',
        env: {
          PATH: '/usr/bin:/bin',
          HOME: home,
          APT_CONFIG: config,
          HIDDEN: hidden.join(' '),
          ROOT,
          CHECKOUT: checkout,
        },
      },
    );
    if (status !== 0) throw new Error(output);
    const told = JSON.parse(output.trim().split('\n').at(-1) ?? '') as Record<string, unknown>;
    expect(told).toMatchObject({
      uid: NOBODY,
      program: join(packages, 'redis-server', 'bin', 'redis-server'),
    });
    expect(JSON.stringify(told['said'])).not.toContain('sudo');
  });
});
