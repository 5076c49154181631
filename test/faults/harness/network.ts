import { execFileSync } from 'node:child_process';
import { atEnd } from '../../fixtures/cleanup.js';
import { isLeftOver, nameOf } from './leftovers.js';

/** Why no network can be made here; undefined when one can. */
export function networksArePossible(): string | undefined {
  if (process.platform !== 'linux') return 'network namespaces are of Linux';
  if (process.getuid?.() !== 0) return 'making a network namespace takes root';
  try {
    execFileSync('ip', ['netns', 'list'], { stdio: 'ignore' });
    return undefined;
  } catch {
    return 'ip (of iproute2) is not installed';
  }
}

let made = 0;

/**
 * A network of its own with one host in it, wired to this machine, for a process whose packets are to be lost. It
 * is removed when the test file has ended, whatever happens.
 */
export class Network {
  /** Of this machine, as the process in the network sees it. From the block that is set aside for such tests. */
  readonly hostAddress: string;
  private readonly name: string;

  private constructor(index: number) {
    const id = `${process.pid % 1_000_000}${index}`;
    this.name = nameOf(process.pid, index);
    const net = (process.pid * 8 + index) % 16_384;
    const base = `198.18.${net >> 6}.${(net & 63) * 4}`;
    const at = (offset: number) => base.replace(/\d+$/, (last) => String(Number(last) + offset));
    this.hostAddress = at(1);
    const [outside, inside] = [`pb${id}o`, `pb${id}i`];
    ip('netns', 'add', this.name);
    atEnd(() => this.remove());
    ip('link', 'add', outside, 'type', 'veth', 'peer', 'name', inside, 'netns', this.name);
    ip('addr', 'add', `${this.hostAddress}/30`, 'dev', outside);
    ip('link', 'set', outside, 'up');
    this.ip('addr', 'add', `${at(2)}/30`, 'dev', inside);
    this.ip('link', 'set', inside, 'up');
    this.ip('link', 'set', 'lo', 'up');
    // What is lost is lost before the table of local addresses is looked at.
    this.ip('rule', 'add', 'pref', '100', 'lookup', 'local');
    this.ip('rule', 'del', 'pref', '0');
  }

  static create(): Network {
    removeLeftovers();
    return new Network(made++);
  }

  /** What has Redis listen to this network too. */
  get redisArgs(): string[] {
    return ['--bind', '127.0.0.1', this.hostAddress, '--protected-mode', 'no'];
  }

  /** Options of a `TestProcess` of `netns` that runs an entry with Node in this network. */
  node(entry: string): { program: string; args: string[] } {
    return { program: 'ip', args: ['exec', this.name, process.execPath, entry] };
  }

  /** The settings of a process in this network, which knows this machine by another address. */
  environment(env: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
    return { ...env, REDIS_URL: env['REDIS_URL']?.replace('127.0.0.1', this.hostAddress) ?? '' };
  }

  /** Loses every packet, both ways. */
  cut(): void {
    this.ip('rule', 'add', 'pref', '10', 'blackhole');
  }

  /** Loses the packets of one connection only, both ways; `port` is the one of the process inside. */
  cutConnection(port: number, serverPort: number): void {
    const lose = (from: number, to: number) =>
      this.ip(
        'rule',
        'add',
        'pref',
        '10',
        'ipproto',
        'tcp',
        'sport',
        `${from}`,
        'dport',
        `${to}`,
        'blackhole',
      );
    lose(port, serverPort);
    lose(serverPort, port);
  }

  mend(): void {
    while (this.tryIp('rule', 'del', 'pref', '10'));
  }

  private remove(): void {
    try {
      ip('netns', 'del', this.name);
    } catch {
      // It is gone already; its wire goes with it.
    }
  }

  private ip(...args: string[]): void {
    ip('-n', this.name, ...args);
  }

  private tryIp(...args: string[]): boolean {
    try {
      this.ip(...args);
      return true;
    } catch {
      return false;
    }
  }
}

function removeLeftovers(): void {
  const names = execFileSync('ip', ['netns', 'list'], { encoding: 'utf8' })
    .split('\n')
    .map((line) => line.split(' ')[0] ?? '');
  for (const name of names) if (isLeftOver(name)) ip('netns', 'del', name);
}

function ip(...args: string[]): void {
  execFileSync('ip', args, { stdio: ['ignore', 'ignore', 'pipe'] });
}
