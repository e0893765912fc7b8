import type { Command } from 'commander'
import { REPORTERS } from '../report/index.ts'
import { EVIDENCE_CHOICES } from '../run/evidence/evidence.ts'
import { FOLD_CHOICES } from '../run/target-plan.ts'
import { LOG_LEVELS } from '../run/watch/watch.ts'
import { newCommand, repeatable, wholeNumber } from './command.ts'
import { configOption } from './configured.ts'

export interface RunChoices {
  readonly config?: string
  readonly target?: readonly string[]
  readonly profile?: string
  readonly grep?: readonly string[]
  readonly tag?: readonly string[]
  readonly policy?: readonly string[]
  readonly reporter?: readonly string[] | undefined
  readonly output?: string | undefined
  readonly evidence?: string
  readonly transparency?: string
  readonly shard?: string
  readonly shardCosts?: string
  readonly bail?: true
  readonly knownFailures?: string | undefined
  readonly seed?: number | undefined
  readonly repeat: number
  readonly retries?: number | undefined
  readonly workers?: number | undefined
  readonly fold: string
  readonly plan?: true
  readonly json?: true
  readonly resume?: string
  readonly trace?: string
  readonly metrics?: string | undefined
  readonly log?: string | undefined
  readonly logLevel?: string | undefined
  readonly queue?: string | undefined
}

/** `flowbreak run` with its options, still without arguments. */
export function runCommand(): Command {
  return configOption(newCommand('run', 'Plays suites through a target, grades every packet, reports.'))
    .argument('[suite...]', 'files, folders or names of suites (default: as configured, or all)')
    .option(
      '--target <name>',
      'what the cases are played through: a name, or a module by path or package; may be repeated (default reference)',
      repeatable,
    )
    .option(
      '--profile <name>',
      'the system, or a file with a profile, that suites about any firewall are held to, and no others are played (default: what cases name)',
    )
    .option(
      '--grep <pattern>',
      'only cases whose name holds this, or fits it where it has a *; may be repeated',
      repeatable,
    )
    .option('--tag <tag>', 'only cases with this tag; may be repeated', repeatable)
    .option('--policy <policy>', 'only cases under this policy; may be repeated', repeatable)
    .option(
      '--reporter <name[=file]>',
      `${Object.keys(REPORTERS).join(', ')}, or mocha:<name> for one of mocha's own; may be repeated (default console)`,
      repeatable,
    )
    .option('--output <dir>', 'where the run log goes (default reports/runs)')
    .option(
      '--transparency <kind>',
      `strict: packets must come out unaltered, where cases do not say otherwise; or translated (default: as targets say)`,
    )
    .option(
      '--evidence <of>',
      `every frame that was sent and seen, as pcapng beside the run log, of which cases: ${EVIDENCE_CHOICES.join(', ')} (default failed with --output, else none)`,
    )
    .option('--shard <i/n>', 'only the i-th of n parts')
    .option(
      '--shard-costs <run|file>',
      'parts that take about as long, by what cases took in an earlier run: its log, folder or name, or a .json of flowbreak report costs',
    )
    .option('--bail', 'stop at the first case that fails')
    .option('--known-failures <file>', 'cases that are known to fail, each with its reason')
    .option(
      '--seed <n>',
      'for ports and sequence numbers of new connections, and on a real clock for the addresses of all (default: drawn and printed)',
      wholeNumber('--seed', 0),
    )
    .option('--repeat <n>', 'play each case so many times', wholeNumber('--repeat', 1), 1)
    .option(
      '--retries <n>',
      'further attempts at a case that does not pass; one that differs is flaky (default 0)',
      wholeNumber('--retries', 0),
    )
    .option(
      '--workers <n>',
      'play on so many workers at once: threads, or processes, as targets can be shared; several targets are driven side by side (default 1: one after another)',
      wholeNumber('--workers', 1),
    )
    .option(
      '--fold <when>',
      `cases of one setup in one replay: ${FOLD_CHOICES.join(', ')} (auto: on a real clock, and where a replay is costly)`,
      'auto',
    )
    .option(
      '--plan',
      'say what would be played, in how many replays, with which peaks and how long, and play nothing',
    )
    .option('--json', 'with --plan and --trace: as JSON')
    .option(
      '--resume <run>',
      'goes on with a run that was interrupted, killed or out of room: its log, folder or name; nothing else is given but --reporter, --workers, --queue, --metrics and --log',
    )
    .option(
      '--trace <case>',
      'only this case, and the whole story of it: what was done, offered, decided and why, and how it was graded',
    )
    .option(
      '--metrics <where>',
      'serve metrics for Prometheus at a port of this machine or [address:]port, or keep them in FILE.prom',
    )
    .option(
      '--log <file>',
      'what flowbreak itself does, as lines of JSON (with --log-level alone: to standard error)',
    )
    .option('--log-level <level>', `the least that is logged: ${LOG_LEVELS.join(', ')} (default info)`)
    .option(
      '--queue <url>',
      'have workers play, which meet at a Redis: redis[s]://[user:password@]host[:port], or config, as configured (docs/queue.md)',
    )
    .option('--debug', 'show where an error comes from')
}
