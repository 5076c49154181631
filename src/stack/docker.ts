import { ROOT, run, type Say } from '#devkit';

const ENGINE_ANSWERS_WITHIN_MS = 5000;

export type ComposeService = 'redis' | 'postgres';

/** Whether a Docker engine answers, and can read docker-compose.yml. */
export async function hasDocker(): Promise<boolean> {
  const timeout = ENGINE_ANSWERS_WITHIN_MS;
  const engine = await run('docker', ['version', '--format', '{{.Server.Version}}'], { timeout });
  if (engine.code !== 0) return false;
  return (await run('docker', ['compose', 'version'], { timeout })).code === 0;
}

/** Brings a service of docker-compose.yml up; answers how to stop it again, or why it did not come up. */
export async function composeUp(
  service: ComposeService,
  say: Say,
): Promise<{ ok: true; stop: (() => Promise<void>) | undefined } | { ok: false; why: string }> {
  const running = await compose(['ps', '--status', 'running', '--services']);
  const ranBefore = running.output.split('\n').includes(service);
  say(`docker compose up ${service}`);
  const { code, output } = await compose(['up', '-d', '--wait', service]);
  if (code !== 0) {
    await compose(['stop', service]);
    return { ok: false, why: output.trim().split('\n').at(-1) ?? 'docker compose failed' };
  }
  // What ran before belongs to somebody else, and goes on.
  const stop = async (): Promise<void> => void (await compose(['stop', service]));
  return { ok: true, stop: ranBefore ? undefined : stop };
}

function compose(args: readonly string[]): ReturnType<typeof run> {
  return run('docker', ['compose', ...args], { cwd: ROOT });
}
