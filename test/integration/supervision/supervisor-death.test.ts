import { describe, expect, it } from '@jest/globals';
import type { ProcessIdentity, Resumption } from '../../../src/modules/supervision/index.js';
import { initialSupervisorState } from '../../../src/modules/supervision/machine/supervisor.state.js';
import { atEnd } from '../../fixtures/cleanup.js';
import { eventually } from '../../fixtures/eventually.js';
import { TestProcess } from '../../fixtures/process.js';
import { childScript, containments, processesMarked, uniqueMark } from './support.js';

const SUPERVISOR = 'fixtures/children/supervisor.child.mjs';

function killMarkedAtEnd(mark: string): void {
  atEnd(() => processesMarked(mark).forEach((pid) => process.kill(pid, 'SIGKILL')));
}

interface Printed {
  readonly incarnation: number;
  readonly pid: number;
  readonly ready?: boolean;
  readonly resumption: Resumption & { readonly identity: ProcessIdentity };
}

/** What the supervisor printed with the first event of that type. */
async function printed(supervisor: TestProcess, type: 'started' | 'resumed'): Promise<Printed> {
  return JSON.parse(await supervisor.waitForLine(`"type":"${type}"`)) as Printed;
}

describe('a supervisor killed with -9', () => {
  it.each(containments)('takes all of its children with it that its %s can hold', async (kind) => {
    const mark = uniqueMark();
    killMarkedAtEnd(mark);
    const supervisor = await TestProcess.child(SUPERVISOR, {
      args: ['kill', kind, childScript('forks-grandchildren')],
      env: { MARK: mark },
    });
    // The child, the two that it started, and at least one process that guards.
    await eventually(() => processesMarked(mark).length >= 4);
    await supervisor.waitForLine('"type":"ready"');
    await supervisor.kill();
    await eventually(() => processesMarked(mark).length === (kind === 'namespace' ? 0 : 1), {
      what: 'the end of what it started',
    });
  });

  it.each(containments)('takes a child that ignores SIGTERM with it (%s)', async (kind) => {
    const mark = uniqueMark();
    killMarkedAtEnd(mark);
    const supervisor = await TestProcess.child(SUPERVISOR, {
      args: ['kill', kind, childScript('ignores-sigterm')],
      env: { MARK: mark },
    });
    await supervisor.waitForLine('"type":"ready"');
    await supervisor.kill();
    await eventually(() => processesMarked(mark).length === 0);
  });

  it('leaves an adoptable child alive, and a later supervisor adopts that very process', async () => {
    const mark = uniqueMark();
    killMarkedAtEnd(mark);
    const args = ['adopt', 'group', childScript('never-reads-stdin')];
    const first = await TestProcess.child(SUPERVISOR, { args, env: { MARK: mark } });
    const { resumption } = await printed(first, 'started');
    const { identity } = resumption;
    await first.kill();
    expect(processesMarked(mark)).toEqual([identity.pid]);

    const second = await TestProcess.child(SUPERVISOR, {
      args,
      env: { MARK: mark, RESUME: JSON.stringify(resumption) },
    });
    const resumed = await printed(second, 'resumed');
    expect(resumed).toMatchObject({ incarnation: 1, pid: identity.pid, ready: true });
    expect(resumed.resumption.identity).toEqual(identity);
    process.kill(identity.pid, 'SIGKILL');
    expect(await second.waitForLine('"type":"exited"')).toContain('does not tell how');
    await second.waitForLine('"incarnation":2,"pid"');
  });

  it('adopts no other process that got the pid', async () => {
    const mark = uniqueMark();
    killMarkedAtEnd(mark);
    const stranger = { kind: 'process', pid: process.pid, startTicks: '1', bootId: 'another boot' };
    const memory = { ...initialSupervisorState().memory, incarnation: 3 };
    const left = { memory, identity: stranger, startedAt: Date.now(), started: true, ready: true };
    const supervisor = await TestProcess.child(SUPERVISOR, {
      args: ['adopt', 'group', childScript('never-reads-stdin')],
      env: { MARK: mark, RESUME: JSON.stringify(left) },
    });
    const { pid, incarnation } = await printed(supervisor, 'started');
    expect(pid).not.toBe(process.pid);
    expect(incarnation).toBe(4);
    expect(processesMarked(mark)).toContain(pid);
  });
});
