import { Inject, Injectable } from '@nestjs/common';
import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { settingsShape } from '../../config/index.js';
import { createRedact, monotonic, type Redact, REDACT } from '../../kernel/index.js';
import { APP_SERVER_OPTIONS, type AppServerOptions } from '../app-server.options.js';
import { secretsGiven, secretsOfAuth, secretsOfConfig } from './child-secrets.js';
import { childEnvironment } from './child-environment.policy.js';
import { codexHome } from './codex-home.js';

const OWN_SETTINGS: ReadonlySet<string> = new Set(Object.keys(settingsShape));
/** How often the files of codex are looked at, which renews its tokens by itself, ms. */
const LOOK_EVERY_MS = 1000;
const LARGEST_FILE = 1024 * 1024;

/** Takes out of a text of the child what Probity must not show, and what the child itself was given or keeps. */
@Injectable()
export class ChildRedact {
  private readonly home: string;
  private own: Redact = (text) => text;
  private seen: string | null = null;
  private lookedAt = -Infinity;

  constructor(
    @Inject(APP_SERVER_OPTIONS) private readonly options: AppServerOptions,
    @Inject(REDACT) private readonly redact: Redact,
  ) {
    this.home = codexHome(options.child.settings.CODEX_HOME);
  }

  readonly text: Redact = (text) => {
    this.look();
    return this.own(this.redact(text));
  };

  private look(): void {
    const now = monotonic();
    if (now - this.lookedAt < LOOK_EVERY_MS) return;
    this.lookedAt = now;
    const seen = ['auth.json', 'config.toml'].map((name) => versionOf(join(this.home, name))).join();
    if (seen === this.seen) return;
    this.seen = seen;
    const config = secretsOfConfig(read(join(this.home, 'config.toml')));
    const given = childEnvironment(this.options.child.environment, OWN_SETTINGS);
    this.own = createRedact([
      ...secretsGiven(given, new Set(config.variables)),
      ...config.values,
      ...secretsOfAuth(parsed(read(join(this.home, 'auth.json')))),
    ]);
  }
}

function versionOf(file: string): string {
  try {
    const { mtimeMs, size, ino } = statSync(file);
    return `${mtimeMs}.${size}.${ino}`;
  } catch {
    return 'none';
  }
}

function read(file: string): string {
  try {
    return statSync(file).size > LARGEST_FILE ? '' : readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}

function parsed(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    return null;
  }
}
