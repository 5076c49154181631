import { Command, CommanderError } from 'commander';
import { createRedact, messageOf } from '../modules/kernel/index.js';
import { CliError, EXIT } from './exit-codes.js';
import type { Io } from './io.js';
import { lookVerb } from './look/look.verb.js';
import { version } from './version.js';

/** Runs the command with these arguments, and answers its exit code. A verb is a file of its own; it is named here. */
export async function run(args: readonly string[], io: Io): Promise<number> {
  let exitCode: number = EXIT.misuse;
  const end = (code: number) => (exitCode = code);
  const program = new Command('probity')
    .description('Production health of BullMQ that can be acted on.')
    .version(version(), '-V, --version')
    .helpCommand(false)
    .addHelpText('after', '\nStart with:\n  REDIS_URL=redis://localhost:6379 probity look\n');
  for (const verb of [lookVerb(io, end)]) program.addCommand(verb);
  for (const each of [program, ...program.commands]) {
    each
      .exitOverride()
      .showHelpAfterError(false)
      .configureOutput({
        writeOut: (text) => io.stdout.write(text),
        writeErr: (text) => io.stderr.write(text),
      });
  }
  try {
    await program.parseAsync(args, { from: 'user' });
    return exitCode;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.pass : EXIT.misuse;
    // What a driver says may hold what it was given.
    io.stderr.write(`error: ${createRedact([])(messageOf(error))}\n`);
    return error instanceof CliError ? error.exitCode : EXIT.nobodyAnswered;
  }
}
