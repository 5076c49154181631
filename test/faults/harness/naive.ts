import { freePort } from '../../fixtures/ports.js';
import { TestProcess } from '../../fixtures/process.js';

/** What a plain check said while the platform was broken. */
export type NaiveAnswer = 'lies' | 'catches' | 'hangs';

/** As long as a balancer would wait. */
const PATIENCE_MS = 2000;

/** The plain Terminus check: Redis PING, SELECT 1, process up. */
export class Naive {
  private constructor(
    readonly process: TestProcess,
    private readonly url: string,
  ) {}

  static async start(env: Readonly<Record<string, string>>): Promise<Naive> {
    const port = String(await freePort());
    const process = await TestProcess.start('test/faults/harness/naive-app.mjs', {
      env: { ...env, PORT: port },
    });
    await process.waitForLine('listening', 20_000);
    const naive = new Naive(process, `http://127.0.0.1:${port}/health`);
    // Its connections are open before anything breaks, as they are in real life.
    await naive.ask([]);
    return naive;
  }

  /** `processes`: those whose being up is part of the check. */
  async ask(processes: readonly (TestProcess | undefined)[]): Promise<NaiveAnswer> {
    if (processes.some((process) => process?.hasExited())) return 'catches';
    try {
      const { status } = await fetch(this.url, { signal: AbortSignal.timeout(PATIENCE_MS) });
      return status === 200 ? 'lies' : 'catches';
    } catch {
      return 'hangs';
    }
  }
}
