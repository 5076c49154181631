import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { eventually } from '../fixtures/eventually.js';
import { freePort } from '../fixtures/ports.js';
import type { TestProcess } from '../fixtures/process.js';
import { RedisServer } from '../fixtures/redis.js';
import { ForeignApp } from './foreign-app.js';
import { publicFunctions } from './public-functions.js';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const ENTRIES = ['packages/worker/src/index.ts', 'src/index.ts'];
const PAGES = ['README.md', 'packages/worker/README.md', 'packages/nest/README.md', 'docs/adopting.md'];

const functions = ENTRIES.flatMap(publicFunctions);

interface Example {
  readonly title: string;
  readonly code: string;
}

const ofComments: readonly Example[] = functions.flatMap(({ name, examples }) =>
  examples.map((code, index) => ({ title: `${name} ${index + 1}`, code })),
);
const ofPages: readonly Example[] = PAGES.flatMap((page) =>
  [...readFileSync(join(ROOT, page), 'utf8').matchAll(/^```ts\n([\s\S]*?)\n```$/gm)].map((match, index) => ({
    title: `${page} ${index + 1}`,
    code: match[1] ?? '',
  })),
);
const EXAMPLES = [...ofComments, ...ofPages];
const fileOf = ({ title }: Example) => `${title.replaceAll(/\W+/g, '-')}`;

/** `f(x); // → 3` claims something: it becomes an assertion. */
const claiming = (code: string) =>
  code.replaceAll(/^(.+); \/\/ → (.+)$/gm, 'expectDeepEqual($1, $2);') +
  (code.includes('; // → ') ? "\nimport { deepStrictEqual as expectDeepEqual } from 'node:assert';\n" : '');

let app: ForeignApp;
let redis: RedisServer;

beforeAll(async () => {
  [app, redis] = await Promise.all([
    ForeignApp.install('examples', ['@probity/worker', '@probity/nest']),
    RedisServer.start(),
  ]);
  for (const example of EXAMPLES) {
    const file = join(app.dir, 'src', `${fileOf(example)}.ts`);
    mkdirSync(dirname(file), { recursive: true });
    // Where Redis is on the page, and here.
    writeFileSync(file, `${claiming(example.code).replaceAll('6379', String(redis.port))}\nexport {};\n`);
  }
});

/** What an example says that it is, and what is then to be seen of it from outside. */
async function prove({ code }: Example, process: TestProcess, url: string): Promise<void> {
  await process.waitForLine('example: it ran');
  if (/export class AppModule/.test(code) && code.includes('ProbityModule'))
    await eventually(async () => (await fetch(`${url}/livez`)).status === 200, { what: '/livez' });
  if (/instrumentWorker\(|@Processor\(/.test(code))
    await eventually(async () => (await redis.client().keys('*:probity:workers')).length > 0, {
      timeoutMs: 15_000,
      what: 'a heartbeat',
    });
}

describe('every public function', () => {
  it.each(ENTRIES)('of %s has an example', (entry) => {
    const all = publicFunctions(entry);
    expect(all.length).toBeGreaterThan(1);
    expect(all.filter(({ examples }) => examples.length === 0).map(({ name }) => name)).toEqual([]);
  });
});

describe('the examples', () => {
  it('are compiled against the packed files', async () => {
    expect(await app.compile()).toBe('');
  });

  it.each(EXAMPLES)('$title does what it says', async (example) => {
    await redis.command('FLUSHALL');
    const port = String(await freePort());
    const file = join(app.dir, 'dist', `${fileOf(example)}.js`);
    const process = await app.start('run/one.mjs', { EXAMPLE: file, REDIS_URL: redis.url, PORT: port });
    await prove(example, process, `http://127.0.0.1:${port}`);
    await process.kill();
  });

  it('fail where they claim what is not so', async () => {
    const code =
      "import { defaultWorkerId } from '@probity/worker';\ndefaultWorkerId(); // → 'somebody else'";
    const file = join(app.dir, 'wrong.mjs');
    writeFileSync(file, claiming(code));
    const process = await app.start('run/one.mjs', { EXAMPLE: file, REDIS_URL: redis.url, PORT: '0' });
    expect(await process.exited).toMatchObject({ code: 1 });
  });
});
