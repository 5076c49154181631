import { cpSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { atEnd } from '../fixtures/cleanup.js';
import { tempDir } from '../fixtures/temp-dir.js';
import { packed, ran, type Ran } from './foreign-app.js';

const PACKAGES = fileURLToPath(new URL('../../packages/', import.meta.url));

interface Contents {
  /** What must be there. */
  readonly has: readonly string[];
  /** What may be there beside it. */
  readonly of: RegExp;
  /** Packed, bytes. */
  readonly most: number;
}

const ALWAYS = ['LICENSE', 'README.md', 'package.json'];
const CONTENTS: Readonly<Record<string, Contents>> = {
  '@probity/worker': {
    has: ['dist/index.js', 'dist/index.d.ts', 'dist/wire.js', 'dist/wire.d.ts'],
    of: /^dist\/[\w.-]+\.(js|d\.ts)$/,
    most: 40_000,
  },
  '@probity/nest': {
    has: [
      'dist/index.js',
      'dist/index.d.ts',
      'dist/migrate.js',
      'dist/migrations/0001_incidents.sql',
      'docs/runbooks/production-monitoring.md',
    ],
    of: /^(dist\/migrations\/\w+\.sql|dist\/[\w./-]+\.d\.ts|docs\/runbooks\/[\w-]+\.md)$/,
    most: 400_000,
  },
  probity: {
    has: ['dist/main.js', 'dist/LICENCES.txt', 'docs/runbooks/production-monitoring.md'],
    of: /^docs\/runbooks\/[\w-]+\.md$/,
    most: 300_000,
  },
};
/** Those that run inside of other people's processes: a command has one of its own. */
const INSIDE = ['@probity/worker', '@probity/nest'];

let registry: string;
/** What was asked of the registry, beside whether it has the package already. */
const sent: string[] = [];

beforeAll(async () => {
  const server = createServer(({ method, url }, response) => {
    if (method !== 'GET') sent.push(`${method} ${url}`);
    response.writeHead(404, { 'content-type': 'application/json' }).end('{}');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  atEnd(() => {
    server.closeAllConnections();
    server.close();
  });
  registry = `//127.0.0.1:${(server.address() as AddressInfo).port}/`;
});

/** As whoever is logged in at a registry that knows none of our packages. */
const dryRun = async (dir: string): Promise<Ran> =>
  await ran(
    'npm',
    ['publish', '--dry-run', '--loglevel=warn', `--registry=http:${registry}`, `--${registry}:_authToken=x`],
    dir,
  );

describe.each(Object.entries(CONTENTS))('%s', (name, { has, of, most }) => {
  const file = () => {
    const found = packed().find((each) => each.name === name);
    if (found === undefined) throw new Error(`${name} was not packed`);
    return found;
  };

  it('has in it what it needs, nothing else, and little of it', () => {
    const paths = file().files.map(({ path }) => path);
    expect(paths).toEqual(expect.arrayContaining([...ALWAYS, ...has]));
    expect(paths.filter((path) => ![...ALWAYS, ...has].includes(path) && !of.test(path))).toEqual([]);
    expect(file().size).toBeLessThan(most);
  });

  it('would be published without a word of complaint', async () => {
    const dir = join(PACKAGES, basename(name));
    expect(await dryRun(dir)).toEqual({ code: 0, output: `+ ${name}@${file().version}\n` });
    expect(sent).toEqual([]);
  });

  it('is complained of when its manifest is wrong', async () => {
    const dir = join(tempDir('package'), 'package');
    cpSync(join(PACKAGES, basename(name)), dir, { recursive: true });
    const manifest = JSON.parse(readFileSync(join(dir, 'package.json'), 'utf8')) as Record<string, unknown>;
    writeFileSync(join(dir, 'package.json'), JSON.stringify({ ...manifest, bin: './dist/index.js' }));
    expect((await dryRun(dir)).output).toContain('npm warn publish');
  });
});

describe('what runs inside of others', () => {
  const codeOf = (name: string) => {
    const dir = join(PACKAGES, basename(name), 'dist');
    // A command runs in a process of its own.
    const files = readdirSync(dir).filter((path) => path.endsWith('.js') && path !== 'migrate.js');
    return files.map((path) => readFileSync(join(dir, path), 'utf8')).join('\n');
  };
  /** What SECURITY.md says that they never do. */
  const NEVER: Readonly<Record<string, RegExp>> = {
    'ends the process': /process\.(exit|abort|kill)\(/,
    'listens to signals': /process\.(on|once|addListener)\(\s*["'`]SIG/,
    'starts a process': /(from|import|require\() ?["'`](node:)?(child_process|cluster)["'`]/,
    'listens by itself': /\bcreateServer\(/,
    'changes the environment': /process\.env(\.\w+|\[[^\]]+\]) = /,
    'changes the heap': /setFlagsFromString/,
  };

  it.each(INSIDE)('%s does nothing of what it says that it never does', (name) => {
    const done = Object.entries(NEVER).filter(([, pattern]) => pattern.test(codeOf(name)));
    expect(done.map(([what]) => what)).toEqual([]);
  });

  it.each(Object.keys(CONTENTS))('%s runs nothing when it is installed', (name) => {
    const manifest = readFileSync(join(PACKAGES, basename(name), 'package.json'), 'utf8');
    expect(JSON.parse(manifest)).not.toHaveProperty('scripts');
  });
});
