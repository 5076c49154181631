import { describe, expect, it } from '@jest/globals';
import type { ProcessIdentity } from '../../../src/modules/supervision/index.js';
import { atEnd } from '../../fixtures/cleanup.js';
import { eventually } from '../../fixtures/eventually.js';
import { TestProcess } from '../../fixtures/process.js';
import { childScript, containments, processesMarked, uniqueMark } from './support.js';

const SUPERVISOR = 'fixtures/children/supervisor.child.mjs';

function killMarkedAtEnd(mark: string): void {
  atEnd(() => processesMarked(mark).forEach((pid) => process.kill(pid, 'SIGKILL')));
}

/** The identity that the supervisor printed with its first start. */
async function startedIdentity(supervisor: TestProcess): Promise<ProcessIdentity> {
  const line = await supervisor.waitForLine('"type":"started"');
  return (JSON.parse(line) as { identity: ProcessIdentity }).identity;
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
    const identity = await startedIdentity(first);
    await first.kill();
    expect(processesMarked(mark)).toEqual([identity.pid]);

    const second = await TestProcess.child(SUPERVISOR, {
      args,
      env: { MARK: mark, ADOPT: JSON.stringify(identity) },
    });
    expect(await startedIdentity(second)).toEqual(identity);
    process.kill(identity.pid, 'SIGKILL');
    expect(await second.waitForLine('"type":"exited"')).toContain('does not tell how');
    await second.waitForLine('"incarnation":2,"pid"');
  });

  it('adopts no other process that got the pid', async () => {
    const mark = uniqueMark();
    killMarkedAtEnd(mark);
    const stranger = { pid: process.pid, startTicks: '1', bootId: 'another boot' };
    const supervisor = await TestProcess.child(SUPERVISOR, {
      args: ['adopt', 'group', childScript('never-reads-stdin')],
      env: { MARK: mark, ADOPT: JSON.stringify(stranger) },
    });
    const { pid } = await startedIdentity(supervisor);
    expect(pid).not.toBe(process.pid);
    expect(processesMarked(mark)).toContain(pid);
  });
});
