import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT, writePrivate } from '#devkit';
import {
  parseSettings,
  readEnvFile,
  type Configuration,
  type SettingName,
  type Settings,
} from '../modules/config/index.js';
import { createRedact, type Redact } from '../modules/kernel/index.js';
import type { StackPaths } from './paths.js';

/** What the processes are given. What the user set wins: the environment, then .env, then the stack's own. */
export class StackEnvironment {
  private constructor(
    private readonly values: NodeJS.ProcessEnv,
    private readonly fileProblem: string | undefined,
  ) {}

  static read(env: NodeJS.ProcessEnv, paths: StackPaths): StackEnvironment {
    const file = readEnvFile(join(ROOT, '.env'));
    const environment = new StackEnvironment({ ...file.values, ...env }, file.problem);
    environment.provide('NODE_ENV', 'development');
    environment.provide('HOST', '127.0.0.1');
    if (!environment.has('AUTH_SECRET')) environment.provide('AUTH_SECRET', authSecret(paths.authSecret));
    return environment;
  }

  /** `NAME=` means the same as leaving it out. */
  has(name: string): boolean {
    return Boolean(this.values[name]?.trim());
  }

  get(name: string): string | undefined {
    return this.has(name) ? this.values[name] : undefined;
  }

  /** Sets what the user has not set. */
  provide(name: string, value: string): void {
    if (!this.has(name)) this.values[name] = value;
  }

  /** A copy, with `extra` where the user has set nothing. */
  forProcess(extra: Readonly<Record<string, string>> = {}): NodeJS.ProcessEnv {
    const mine = Object.entries(extra).filter(([name]) => !this.has(name));
    return { ...this.values, ...Object.fromEntries(mine) };
  }

  get settings(): Settings {
    return this.configuration.settings;
  }

  get configuration(): Configuration {
    return parseSettings(this.values, this.fileProblem);
  }

  /** What is wrong with a setting, by its name and without its value; undefined when nothing is. */
  problemOf(name: SettingName): string | undefined {
    return parseSettings(this.values).problems.find((problem) => problem.name === name)?.message;
  }

  get redact(): Redact {
    return createRedact(parseSettings(this.values).secrets);
  }

  /** For a shell: `set -a; . .data/stack.env`. Readable by its owner only. */
  writeFor(names: readonly string[], file: string): void {
    const quoted = (value: string): string => `'${value.replaceAll("'", `'\\''`)}'`;
    const lines = names.flatMap((name) => {
      const value = this.get(name);
      return value === undefined ? [] : [`${name}=${quoted(value)}`];
    });
    writePrivate(file, `${lines.join('\n')}\n`);
  }
}

/** Random, made once and kept, where there is room for it: what was signed yesterday is still valid today. */
function authSecret(file: string): string {
  const kept = existsSync(file) ? readFileSync(file, 'utf8').trim() : '';
  if (kept !== '') return kept;
  const secret = randomBytes(32).toString('hex');
  try {
    writePrivate(file, `${secret}\n`);
  } catch {
    // Half of one would be taken for it the next time.
    rmSync(file, { force: true });
  }
  return secret;
}
