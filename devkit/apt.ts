import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { findProgram, lastLines, run, type Ran } from './programs.js';

/** Whether this machine has what unpacks a package of Debian or Ubuntu. */
export function canUnpack(): boolean {
  return findProgram(['apt-get']) !== undefined && findProgram(['dpkg-deb']) !== undefined;
}

/** `apt-get` as anybody may use it: it reads what the system knows, and writes into a folder of its own. */
export class Apt {
  private own: readonly string[] = [];

  constructor(readonly dir: string) {}

  run(...args: readonly string[]): Promise<Ran> {
    // Not quieter: what is missing it says beside its errors.
    const options = ['-q', '-o', 'Debug::NoLocking=1', ...this.own];
    return run('apt-get', [...options, ...args], { cwd: this.dir, env: { ...process.env, LC_ALL: 'C' } });
  }

  /**
   * Gets the lists of today, where the system's are missing (an image of a container) or too old. With `sources`, the
   * lines of a sources.list, of these alone, to which nothing counts as installed.
   */
  async update(sources?: readonly string[]): Promise<Ran> {
    const [state, cache] = [join(this.dir, 'state'), join(this.dir, 'cache')];
    mkdirSync(join(state, 'lists', 'partial'), { recursive: true });
    mkdirSync(join(cache, 'archives', 'partial'), { recursive: true });
    const settings = [
      `Dir::State=${state}`,
      `Dir::State::lists=${join(state, 'lists')}`,
      `Dir::State::status=${sources === undefined ? '/var/lib/dpkg/status' : '/dev/null'}`,
      `Dir::Cache=${cache}`,
      `Dir::Cache::archives=${join(cache, 'archives')}`,
      ...(sources === undefined ? [] : this.only(sources)),
    ];
    this.own = settings.flatMap((setting) => ['-o', setting]);
    return await this.run('update');
  }

  /** What has to be there for these packages, by name: themselves, and of what they need whatever is not installed. */
  async needed(...packages: readonly string[]): Promise<Ran & { readonly names: readonly string[] }> {
    const plan = await this.run('--simulate', '--no-install-recommends', 'install', ...packages);
    return { ...plan, names: [...plan.output.matchAll(/^Inst (\S+)/gm)].map(([, name = '']) => name) };
  }

  /** The archives that were downloaded. */
  archives(): string[] {
    return readdirSync(this.dir)
      .filter((name) => name.endsWith('.deb'))
      .map((name) => join(this.dir, name));
  }

  private only(sources: readonly string[]): string[] {
    const file = join(this.dir, 'sources.list');
    writeFileSync(file, `${sources.join('\n')}\n`);
    return [`Dir::Etc::sourcelist=${file}`, 'Dir::Etc::sourceparts=-'];
  }
}

/** Throws the last lines of what a program said when it failed. */
export function mustWork({ code, output }: Ran): void {
  if (code !== 0) throw new Error(lastLines(output));
}
