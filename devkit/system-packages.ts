import { existsSync, rmSync, writeFileSync } from 'node:fs';
import { findProgram, lastLines, run, type Say } from './programs.js';

/** The name of one program's package with each system's package manager. */
export interface PackageNames {
  apt: string;
  apk: string;
  dnf: string;
  brew: string;
}

interface Manager {
  name: keyof PackageNames;
  program: string;
  needsRoot: boolean;
  steps(pkg: string): string[][];
}

const MANAGERS: readonly Manager[] = [
  {
    name: 'apt',
    program: 'apt-get',
    needsRoot: true,
    steps: (pkg) => [
      ['update', '-qq'],
      ['install', '-y', '-qq', '--no-install-recommends', '-o', 'DPkg::Lock::Timeout=120', pkg],
    ],
  },
  { name: 'apk', program: 'apk', needsRoot: true, steps: (pkg) => [['add', '--quiet', pkg]] },
  { name: 'dnf', program: 'dnf', needsRoot: true, steps: (pkg) => [['install', '-y', '-q', pkg]] },
  { name: 'brew', program: 'brew', needsRoot: false, steps: (pkg) => [['install', '--quiet', pkg]] },
];

/** Installed, or why not, in words for the person who waits. */
export type Installed = { ok: true } | { ok: false; why: string };

/**
 * Installs a package with the first package manager of the system, as root or by a sudo that asks no
 * password. No service of the package is started.
 */
export async function installPackage(packages: PackageNames, say: Say): Promise<Installed> {
  const manager = MANAGERS.find((each) => findProgram([each.program]));
  if (!manager) return { ok: false, why: 'no package manager (apt-get, apk, dnf, brew) was found' };
  const pkg = packages[manager.name];
  const prefix = manager.needsRoot ? await rootPrefix() : [];
  if (!prefix) {
    const command = `sudo ${manager.program} ${manager.name === 'apk' ? 'add' : 'install'} ${pkg}`;
    return { ok: false, why: `installing it needs root; run: ${command}` };
  }
  const restore = manager.name === 'apt' && prefix.length === 0 ? keepServicesStopped() : () => undefined;
  try {
    for (const step of manager.steps(pkg)) {
      const command = [...prefix, manager.program, ...step];
      say(`${manager.program} ${step[0]} ${step.includes(pkg) ? pkg : ''}`.trim() + ' ...');
      const [program = '', ...args] = command;
      const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
      const { code, output } = await run(program, args, { env });
      // A stale list may still do: only the installation itself decides.
      if (code !== 0 && step.includes(pkg)) {
        return {
          ok: false,
          why: `\`${command.join(' ')}\` failed (${code ?? 'no start'}): ${lastLines(output)}`,
        };
      }
    }
    return { ok: true };
  } finally {
    restore();
  }
}

async function rootPrefix(): Promise<string[] | undefined> {
  if (process.getuid?.() === 0) return [];
  const sudo = findProgram(['sudo']);
  if (sudo && (await run(sudo, ['-n', 'true'])).code === 0) return [sudo, '-n'];
  return undefined;
}

// Debian starts a service when its package is installed, unless this script says no. The private instances
// of Probity must not compete with a system service that nobody asked for.
function keepServicesStopped(policy = '/usr/sbin/policy-rc.d'): () => void {
  if (existsSync(policy)) return () => undefined;
  writeFileSync(policy, '#!/bin/sh\nexit 101\n', { mode: 0o755 });
  return () => rmSync(policy, { force: true });
}
