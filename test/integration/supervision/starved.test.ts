import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { LaunchDiagnosis } from '../../../src/modules/app-server/child/launch-diagnosis.js';
import { prepareCodexHome } from '../../../src/modules/app-server/child/codex-home.js';
import { parseSettings } from '../../../src/modules/config/index.js';
import {
  detectContainment,
  ProcessRuntime,
  Supervisor,
  type ProcessSpec,
} from '../../../src/modules/supervision/index.js';
import { atEnd } from '../../fixtures/cleanup.js';
import { noStarving, withoutDescriptors } from '../../fixtures/descriptors.js';
import { eventually } from '../../fixtures/eventually.js';
import { TestProcess } from '../../fixtures/process.js';
import { tempDir } from '../../fixtures/temp-dir.js';

const dir = tempDir('starved');
const { settings } = parseSettings({ CODEX_HOME: dir, APP_SERVER_COMMAND: '/bin/sh' }, undefined);
const quiet = { info: () => undefined, warn: () => undefined, error: () => undefined };
const common = { command: '/bin/sleep', args: ['600'], cwd: dir, redact: (line: string) => line };
const UNUSED = 61_234;
/** More than any system lets a process be started with. */
const TOO_LARGE = { TOO_LARGE: 'x'.repeat(4 * 1024 * 1024) };

function supervise(spec: ProcessSpec): Supervisor {
  const supervisor = new Supervisor({
    name: 'sleeper',
    runtime: new ProcessRuntime(spec, { kind: 'group' }),
    logger: quiet,
    // A single one that counts, and the next is a minute away.
    restart: { initialDelayMs: 10, maxDelayMs: 50, budget: 1 },
    graceMs: 100,
  });
  atEnd(async () => void (await supervisor.stop()));
  return supervisor;
}

const KINDS: readonly ProcessSpec[] = [
  { ...common, onSupervisorDeath: 'kill', env: {} },
  { ...common, onSupervisorDeath: 'adopt', env: {}, logFile: `${dir}/log` },
];

describe('what is to be started where there is no room for it', () => {
  it('is told of, and thrown by nothing', async () => {
    for (const spec of KINDS) {
      const supervisor = supervise({ ...spec, env: TOO_LARGE });
      supervisor.start();
      await eventually(() => supervisor.snapshot().lastExit?.error?.includes('E2BIG'));
      expect(supervisor.snapshot().running).toBe(false);
    }
    expect(await new LaunchDiagnosis(settings, TOO_LARGE).look()).toBe(false);
  });
});

(noStarving === undefined ? describe : describe.skip)('a process that has no descriptor left', () => {
  it('cannot tell how to contain a child, and asks again once it has some', async () => {
    await withoutDescriptors(async () => expect(await detectContainment()).toEqual({ kind: 'group' }));
    const [before, after] = [detectContainment(), detectContainment()];
    expect(await before).toEqual(await after);
    // Tried out for good by now.
    await withoutDescriptors(async () => expect(await detectContainment()).toEqual(await before));
  });

  it.each(KINDS)('starts its child as soon as there are some: $onSupervisorDeath', async (spec) => {
    const supervisor = supervise(spec);
    await withoutDescriptors(async () => {
      supervisor.start();
      await eventually(() => supervisor.snapshot().incarnation > 3);
      expect(supervisor.snapshot().lastExit?.error).toMatch(/EMFILE/);
    });
    await eventually(() => supervisor.snapshot().running);
  });

  it('does not take that for a fault of what it would start', async () => {
    await withoutDescriptors(async () => {
      await expect(prepareCodexHome(dir)).rejects.toThrow('no process can be started (EMFILE)');
      expect(await new LaunchDiagnosis(settings, {}).look()).toBe(false);
    });
    expect(await prepareCodexHome(dir)).toMatchObject({ home: dir });
  });
});

(noStarving === undefined ? describe : describe.skip)('an account that may have no further process', () => {
  it('has its child started as soon as it may, however often that was tried', async () => {
    // Limits on processes are none for root. Whoever sets them is to be the same account.
    const account = process.getuid?.() === 0 ? { uid: UNUSED, gid: UNUSED } : {};
    const child = await TestProcess.child('integration/supervision/crowded.child.mjs', {
      env: 'uid' in account ? { ACCOUNT: String(UNUSED) } : {},
    });
    await child.waitForLine('ready');
    const limit = (soft: string) =>
      execFileSync('prlimit', ['--pid', String(child.pid), `--nproc=${soft}:`], account);
    const before = /^Max processes +(\S+)/m.exec(readFileSync(`/proc/${child.pid}/limits`, 'utf8'))?.[1];
    limit('1');
    child.signal('SIGUSR2');
    const tried = () => child.lines.filter((line) => /"exited".*EAGAIN/.test(line)).length > 3;
    await eventually(tried, { what: 'attempts for which there is no process' });
    limit(before ?? 'unlimited');
    await child.waitForLine('"started"');
    expect(child.stdout).not.toContain('restart_limit_exceeded');
  });
});
