import { Command, InvalidArgumentError, Option } from 'commander';
import { createRedact } from '../../modules/kernel/index.js';
import { EXIT, exitCodeOf } from '../exit-codes.js';
import { columnsOf, type Io } from '../io.js';
import { isColoured } from '../terminal/colours.policy.js';
import { paintOf } from '../terminal/paint.js';
import { Progress } from '../terminal/progress.js';
import { addressOf } from './address.js';
import { durationMs } from './duration.policy.js';
import { judge } from './judge.assess.js';
import { lookJson } from './json.view.js';
import { look } from './look.js';
import { screen } from './screen.view.js';

interface Options {
  readonly prefix?: string;
  readonly queue?: readonly string[];
  readonly for: number;
  readonly json?: true;
  readonly color: boolean;
}

const EXAMPLES = `
Examples:
  REDIS_URL=redis://user:password@host:6379 probity look     the usual way
  vault read -field=url secret/redis | probity look -        its address from standard input
  probity look redis://localhost:6379 --for 30s              longer, of a Redis without a password
  probity look --prefix shop --queue mail --queue push       these queues of that prefix
  probity look --json | jq '.findings[].code'                for a script

It only reads, installs nothing and writes nothing. Ends with
  0  all is well                1  something needs a look     2  something does not work
  3  nobody answered, or no queue is there                   64  misuse    130  Ctrl-C
`;

/** `probity look`. `end` is told the exit code. */
export function lookVerb(io: Io, end: (exitCode: number) => void): Command {
  return new Command('look')
    .summary('ten seconds of any BullMQ Redis: what is wrong, and what to do')
    .description('Looks at the queues of a Redis for ten seconds, and says what is wrong and what to do.')
    .argument(
      '[address]',
      'redis://, rediss:// or a unix socket; - reads it from standard input (default: REDIS_URL)',
    )
    .option('--prefix <prefix>', "what BullMQ's keys begin with (default: bull, or what is there)")
    .option('--queue <name>', 'look at this queue alone; may be given again', collected)
    .addOption(
      new Option('--for <time>', 'how long to look, from 1s to 10m')
        .argParser(duration)
        .default(10_000, '10s'),
    )
    .option('--json', 'the same for machines, and more of it')
    .option('--no-color', 'no colours (as NO_COLOR)')
    .addHelpText('after', EXAMPLES)
    .action(async (address: string | undefined, options: Options) => end(await run(address, options, io)));
}

async function run(address: string | undefined, options: Options, io: Io): Promise<number> {
  const target = await addressOf(address, io);
  const redact = createRedact([target.password].filter((each) => each !== undefined));
  const progress = new Progress(io.stderr);
  try {
    const facts = await look(
      { target, prefix: options.prefix, queues: options.queue ?? [], forMs: options.for },
      (what, leftMs) => progress.say(what, leftMs > 0 ? ` ${Math.ceil(leftMs / 1000)} s left` : ''),
      io.interrupted,
    );
    progress.end();
    if (facts === null) {
      io.stderr.write('interrupted: what was seen until then is not the whole of it, and is not told\n');
      return EXIT.interrupted;
    }
    const judgment = judge(facts);
    const coloured = isColoured({ isTerminal: io.stdout.isTTY, env: io.env, flag: options.color });
    const text =
      options.json === true
        ? `${JSON.stringify(lookJson(facts, judgment), null, 2)}\n`
        : screen(facts, judgment, { width: columnsOf(io), paint: paintOf(coloured) });
    io.stdout.write(redact(text));
    return facts.queues.length === 0 ? EXIT.nobodyAnswered : exitCodeOf(judgment.status);
  } finally {
    progress.end();
  }
}

function collected(value: string, before: readonly string[] = []): readonly string[] {
  if (value === '' || value.includes(':'))
    throw new InvalidArgumentError(
      'A queue has a name without colons; what stands before it is the --prefix.',
    );
  return [...before, value];
}

function duration(value: string): number {
  const ms = durationMs(value);
  if (ms === null) throw new InvalidArgumentError('Write a time from 1s to 10m, such as 10s.');
  return ms;
}
