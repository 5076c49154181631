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
import { tempDir } from '../../fixtures/temp-dir.js';

const dir = tempDir('starved');
const { settings } = parseSettings({ CODEX_HOME: dir, APP_SERVER_COMMAND: '/bin/sh' }, undefined);
const quiet = { info: () => undefined, warn: () => undefined, error: () => undefined };
const common = { command: '/bin/sleep', args: ['600'], cwd: dir, redact: (line: string) => line };
/** More than any system lets a process be started with. */
const TOO_LARGE = { TOO_LARGE: 'x'.repeat(4 * 1024 * 1024) };

function supervise(spec: ProcessSpec): Supervisor {
  const supervisor = new Supervisor({
    name: 'sleeper',
    runtime: new ProcessRuntime(spec, { kind: 'group' }),
    logger: quiet,
    restart: { initialDelayMs: 10, maxDelayMs: 50 },
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
      await eventually(() => supervisor.snapshot().lastExit?.error?.includes('EMFILE'));
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
