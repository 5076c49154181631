import { describe, expect, it } from '@jest/globals';
import { atEnd } from '../../fixtures/cleanup.js';
import { eventually } from '../../fixtures/eventually.js';
import { commandLine, containments, processesMarked, supervise, uniqueMark } from './support.js';

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
