import { chownSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { atEnd } from '../../fixtures/cleanup.js';
import { eventually } from '../../fixtures/eventually.js';
import { shown, treeOf } from '../../fixtures/proc.js';
import { tempDir } from '../../fixtures/temp-dir.js';
import { commandLine, containments, processesMarked, strongest, supervise, uniqueMark } from './support.js';

describe.each(containments)('a process contained by its %s', (kind, containment) => {
  const run = (script: string, args: string[] = [], rest: Parameters<typeof supervise>[2] = {}) => {
    const supervised = supervise(script, args, { containment, ...rest });
    supervised.supervisor.start();
    return supervised;
  };

  it.each([0, 1, 137, 143])('tells exit code %i as it was, not as a signal', async (code) => {
    const { supervisor, seen } = run('dies-at-once', [String(code)]);
    await seen('exited');
    expect(supervisor.snapshot().lastExit).toMatchObject({ code, signal: null, error: null, cause: null });
  });

  it.each(['SIGKILL', 'SIGTERM', 'SIGSEGV'] as const)(
    'tells %s from outside as that signal',
    async (signal) => {
      const { supervisor, seen, says } = run('never-reads-stdin');
      await says('up');
      process.kill(supervisor.snapshot().pid ?? 0, signal);
      await seen('exited');
      expect(supervisor.snapshot().lastExit).toMatchObject({ code: null, signal, error: null });
    },
  );

  it('gives its environment to the child, as it is, and to nobody around it', async () => {
    const odd = `it's "one"\n$HOME \`two\` \\ %s `;
    const env = { PATH: process.env['PATH'], SECRET: odd, IFS: 'x', pid: '7' };
    const shows =
      "process.stderr.write(JSON.stringify([process.env.SECRET, process.env.pid, process.env.IFS]) + '\\n')";
    const spec = { command: process.execPath, args: ['-e', `${shows}; setInterval(() => {}, 1000)`], env };
    const { supervisor, says } = run('unused', [], { spec });
    await says(JSON.stringify([odd, '7', 'x']));
    const { pid } = supervisor.snapshot();
    expect(shown(pid ?? 0).environ).toContain('SECRET=');
    const around = treeOf(process.pid).filter((each) => each.pid !== process.pid && each.pid !== pid);
    const its = around.filter(({ cmdline }) => cmdline.includes('setInterval'));
    expect(its.length).toBeGreaterThan(0);
    // Where it is, each shell says by itself.
    expect(its.map(({ environ }) => environ.replace(/PWD=\S*/, '')).join('')).toBe('');
  });

  it('shows the pid that the machine knows the child by', async () => {
    const mark = uniqueMark();
    const { supervisor, says } = run('never-reads-stdin', [mark]);
    await says('up');
    const { pid } = supervisor.snapshot();
    expect(commandLine(pid ?? 0)).toContain(mark);
    expect(commandLine(pid ?? 0)).toMatch(/^[^\0]*node/);
  });

  it('ends a child that ignores SIGTERM after the grace, with its whole group', async () => {
    const mark = uniqueMark();
    const { supervisor, says } = run('ignores-sigterm', [mark], { graceMs: 300 });
    await says('up');
    const exit = await supervisor.stop();
    expect(exit).toMatchObject({ signal: 'SIGKILL', cause: 'was asked to stop' });
    await eventually(() => processesMarked(mark).length === 0);
  });

  it('lets a child go by itself when its stdin closes', async () => {
    const { supervisor, says } = run('hangs-with-stdin-open', [], { graceMs: 20_000 });
    await says('up');
    expect(await supervisor.stop()).toMatchObject({ code: 0, signal: null });
  });

  it('goes on when orphans of it come and go', async () => {
    const { supervisor, says } = run('leaves-orphans');
    await says('they are gone');
    expect(supervisor.snapshot()).toMatchObject({ incarnation: 1, running: true });
  });

  it('leaves nothing of the group of a child that died, and is not held up by what left it', async () => {
    const mark = uniqueMark();
    atEnd(() => processesMarked(mark).forEach((pid) => process.kill(pid, 'SIGKILL')));
    const restart = { initialDelayMs: 60_000, maxDelayMs: 60_000 };
    const { supervisor, seen } = run('forks-grandchildren', [mark, '3'], { restart });
    await seen('backing_off');
    expect(supervisor.snapshot().lastExit).toMatchObject({ code: 3 });
    // Without a namespace what called setsid is out of reach.
    await eventually(() => processesMarked(mark).length === (kind === 'namespace' ? 0 : 1));
  });

  it('needs no PATH in the environment of the child', async () => {
    const { supervisor, seen } = run('dies-at-once', ['7'], { spec: { env: {} } });
    await seen('exited');
    expect(supervisor.snapshot().lastExit).toMatchObject({ code: 7 });
  });

  it('passes arguments through as they are', async () => {
    const words = ['$HOME', 'a b', '"quoted"', "it's", '--', '-c', '*', ''];
    const { output, seen } = run('dies-at-once', [], {
      spec: { args: ['-e', 'console.log(JSON.stringify(process.argv.slice(1)))', '--', ...words] },
    });
    await seen('exited');
    await eventually(() => output.some(({ line }) => line === JSON.stringify(words)));
  });

  it('gives the child its stdin, and nothing of the guard', async () => {
    const { supervisor, says, output } = run('dies-at-once', [], {
      spec: {
        command: 'sh',
        args: ['-c', 'read -r line; echo "got $line"; ls -l /proc/self/fd >&2; exit 0'],
      },
    });
    await eventually(() => supervisor.write('hello\n').accepted);
    await says('got hello');
    await eventually(() => output.some(({ line }) => line.includes('/proc')));
    expect(output.filter(({ line }) => / 3 -> socket/.test(line))).toEqual([]);
  });
});

describe('a child in a namespace', () => {
  const separate = strongest.kind === 'namespace' && strongest.unshare.includes('--user');
  const namespaces = containments.filter(([kind]) => kind === 'namespace');

  it.each(namespaces)(
    'cannot read its supervisor, though it has the same account',
    async (_kind, containment) => {
      const of = `/proc/${process.pid}`;
      const code = `const fs = require('node:fs');
      const can = (look) => { try { look(); return true; } catch { return false; } };
      const seen = ['environ', 'maps', 'mem'].filter((name) => can(() => fs.openSync('${of}/' + name)));
      if (can(() => fs.readlinkSync('${of}/fd/0'))) seen.push('fd');
      process.stderr.write(JSON.stringify({ uid: process.getuid(), seen }) + '\\n');
      setInterval(() => {}, 1000);`;
      const spec = { command: process.execPath, args: ['-e', code] };
      const { supervisor, output } = supervise('unused', [], { containment, spec });
      supervisor.start();
      const line = await eventually(() => output.find((each) => each.line.includes('"uid"'))?.line);
      // Without user namespaces there is nothing between the two.
      if (separate) expect(JSON.parse(line)).toEqual({ uid: process.getuid?.(), seen: [] });
    },
  );

  it.each(namespaces)('of root keeps every account of the machine', async (_kind, containment) => {
    if (process.getuid?.() !== 0) return;
    const dir = tempDir('somebody');
    const file = join(dir, 'private');
    writeFileSync(file, 'theirs', { mode: 0o600 });
    for (const path of [file, dir]) chownSync(path, 12_345, 12_345);
    const code = `const fs = require('node:fs'); const text = fs.readFileSync(${JSON.stringify(file)}, 'utf8');
      fs.writeFileSync(${JSON.stringify(file)}, text + ' and mine'); fs.chownSync(${JSON.stringify(file)}, 777, 777);
      process.stderr.write('done ' + text + '\\n'); setInterval(() => {}, 1000)`;
    const { supervisor, says } = supervise('unused', [], {
      containment,
      spec: { command: process.execPath, args: ['-e', code] },
    });
    supervisor.start();
    await says('done theirs');
    expect(statSync(file)).toMatchObject({ uid: 777, gid: 777 });
  });
});
