import type { Command } from 'commander'
import { MOST_WORKERS } from '../config/config.ts'
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

/** `flowbreak run` with its options, before parsing. */
export function runCommand(): Command {
  return configOption(newCommand('run', 'Plays suites through a target, grades every packet, and reports.'))
    .argument('[suite...]', 'files, folders or names of suites (default: as configured, or all)')
    .option(
      '--target <name>',
      'the target that cases are played through: a name, or a module by path or package; may be repeated (default reference)',
      repeatable,
    )
    .option(
      '--profile <name>',
      'play only suites about any firewall, and grade them under this profile: a name or a file (default: the profiles that cases name)',
    )
    .option(
      '--grep <pattern>',
      'only cases whose name contains this, or matches it if it has a *; may be repeated',
      repeatable,
    )
    .option('--tag <tag>', 'only cases with this tag; may be repeated', repeatable)
    .option('--policy <policy>', 'only cases under this policy; may be repeated', repeatable)
    .option(
      '--reporter <name[=file]>',
      `${Object.keys(REPORTERS).join(', ')}, or mocha:<name> for one of mocha's own; may be repeated (default console)`,
      repeatable,
    )
    .option('-o, --output <dir>', 'the folder of run logs (default reports/runs)')
    .option(
      '--transparency <kind>',
      'strict: packets must come out unaltered, unless a case says otherwise; or translated: devices may alter them (default: as the target says)',
    )
    .option(
      '--evidence <of>',
      `keep every frame that was sent or seen as pcapng beside the run log, for these cases: ${EVIDENCE_CHOICES.join(', ')} (default: failed with --output, else none)`,
    )
    .option('--shard <i/n>', 'play only the i-th of n parts of the plan')
    .option(
      '--shard-costs <run|file>',
      'make the parts equally long, by what cases took in an earlier run: its log, folder or name, or a .json file from flowbreak report costs',
    )
    .option('--bail', 'stop at the first case that fails')
    .option(
      '--known-failures <file>',
      'a YAML list of cases that are known to fail, each { pattern, reason }',
    )
    .option(
      '--seed <n>',
      'the seed for ports and sequence numbers of new connections, and on a real clock for all addresses (default: random, and printed)',
      wholeNumber('--seed', 0),
    )
    .option('--repeat <n>', 'play each case this many times', wholeNumber('--repeat', 1), 1)
    .option(
      '--retries <n>',
      'try a case that does not pass this many times more; if attempts differ the case is flaky (default 0)',
      wholeNumber('--retries', 0),
    )
    .option(
      '--workers <n>',
      'the number of workers that play at once, as threads or processes; they also drive several targets side by side (default 1)',
      wholeNumber('--workers', 1, MOST_WORKERS),
    )
    .option(
      '--fold <when>',
      `play cases with the same setup in one replay: ${FOLD_CHOICES.join(', ')} (auto: on a real clock, or if a replay is costly)`,
      'auto',
    )
    .option('--plan', 'play nothing; print the cases, replays, peak loads and duration of the run')
    .option('--json', 'with --plan or --trace: print JSON')
    .option(
      '--resume <run>',
      'continue a run that was interrupted or killed, or had no disk space left: its log, folder or name; only --reporter, --workers, --queue, --metrics and --log may be given with it',
    )
    .option(
      '--trace <case>',
      'play only this case, and print its whole story: what was done, offered and decided, why, and how it was graded',
    )
    .option(
      '--metrics <where>',
      'serve metrics for Prometheus at a port of this machine or at address:port, or write them to FILE.prom',
    )
    .option(
      '--log <file>',
      'append what flowbreak itself does to this file, as lines of JSON (--log-level alone: to standard error)',
    )
    .option('--log-level <level>', `the lowest level that is logged: ${LOG_LEVELS.join(', ')} (default info)`)
    .option(
      '--queue <url>',
      'have workers on other machines play, through a Redis: redis[s]://[user:password@]host[:port], or config for the configured one (docs/queue.md)',
    )
    .option('--debug', 'show where an error comes from')
}
