import { execFile } from 'node:child_process';
import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { atEnd } from '../fixtures/cleanup.js';
import { TestProcess } from '../fixtures/process.js';

const APPS = fileURLToPath(new URL('apps/', import.meta.url));

export interface PackedFile {
  readonly name: string;
  readonly version: string;
  /** Where it is. */
  readonly file: string;
  readonly size: number;
  readonly files: readonly { readonly path: string; readonly size: number }[];
}

/** What `npm pack` made of our packages, before the tests. */
export function packed(): readonly PackedFile[] {
  const told = process.env['PROBITY_TEST_PACKED'];
  if (told === undefined)
    throw new Error('the packages are packed by the set-up: put this test in test/packages');
  return JSON.parse(told) as PackedFile[];
}

export interface Ran {
  readonly code: number | null;
  readonly output: string;
}

/** A command with nothing of this repository around it; answers its exit code and all that it said. */
export function ran(
  program: string,
  args: readonly string[],
  cwd: string,
  env: Readonly<Record<string, string>> = {},
): Promise<Ran> {
  const { PATH = '', HOME = '' } = process.env;
  return new Promise((resolve) => {
    execFile(
      program,
      args,
      { cwd, env: { PATH, HOME, ...env }, maxBuffer: 2 ** 26 },
      (error, stdout, stderr) =>
        resolve({ code: error === null ? 0 : Number(error.code ?? 1), output: `${stdout}${stderr}` }),
    );
  });
}

/** Somebody else's application, in a folder of its own outside of this repository. */
export class ForeignApp {
  private constructor(readonly dir: string) {}

  /** Copies it from `apps`, with what it `shares` with others there, and installs it from npm with the packed files of ours. */
  static async install(
    name: string,
    packages: readonly string[],
    shares: readonly string[] = [],
  ): Promise<ForeignApp> {
    const dir = mkdtempSync(join(tmpdir(), `probity-foreign-${name}-`));
    atEnd(() => rmSync(dir, { recursive: true, force: true }));
    for (const each of [...shares, name]) cpSync(join(APPS, each), dir, { recursive: true });
    const files = packages.map((wanted) => packed().find((each) => each.name === wanted)?.file ?? wanted);
    const app = new ForeignApp(dir);
    await app.must('npm', ['install', '--no-audit', '--no-fund', '--prefer-offline', ...files]);
    return app;
  }

  /** The compiler's complaints, ours and those of its libraries; nothing when there are none. It emits dist/. */
  async compile(): Promise<string> {
    return (await this.run('npx', ['--no-install', 'tsc', '-p', '.'])).output.trim();
  }

  async run(
    program: string,
    args: readonly string[],
    env: Readonly<Record<string, string>> = {},
  ): Promise<Ran> {
    return await ran(program, args, this.dir, env);
  }

  async start(entry: string, env: Readonly<Record<string, string>>): Promise<TestProcess> {
    return await TestProcess.start(join(this.dir, entry), { cwd: this.dir, env });
  }

  private async must(program: string, args: readonly string[]): Promise<void> {
    const { code, output } = await this.run(program, args);
    if (code !== 0) throw new Error(`${program} ${args.join(' ')} failed with ${code}:\n${output}`);
  }
}
