import { join, sep } from 'node:path'
import type { Command } from 'commander'
import { type FindingKind, findingText } from '../author/check/finding.ts'
import { type Checked, type CheckOptions, checkSuites } from '../author/check.ts'
import { loadSuites } from '../run/suites.ts'
import { counted } from '../support/counted.ts'
import { ExitCode } from '../support/errors.ts'
import { newCommand } from './command.ts'
import { configOption, suitesNamed } from './configured.ts'
import type { VerbContext } from './context.ts'
import { PLACES } from './version.ts'

interface Options {
  readonly config?: string
  readonly allowUnreviewed?: true
  readonly reference: boolean
  readonly mutants?: true
  readonly watch?: true
  readonly json?: true
}

/** `flowbreak suite check`; `ended`: called with the exit code, 2 if something was found. */
export function checkCommand({ signal }: VerbContext, ended: (code: ExitCode) => void): Command {
  return configOption(
    newCommand(
      'check',
      'Compares suites with their captures and the reference, and reports every mistake with file, line and column.',
    ),
  )
    .argument('[suite...]', 'files, folders or names of suites (default: as configured, or all)')
    .option('--allow-unreviewed', 'accept expectations that are still marked unreviewed')
    .option('--no-reference', 'do not compare expectations with the reference')
    .option('--mutants', 'also report cases that no wrong decision of the reference makes fail')
    .option('--watch', 'check again whenever a suite or a capture changes, until Ctrl-C')
    .option('--json', 'print the findings as JSON')
    .option('--debug', 'show where an error comes from')
    .action(async (named: string[], options: Options) => {
      const names = await suitesNamed(named, options.config)
      const check = () => checkOnce(names, options, signal)
      if (options.watch !== true) {
        ended(await check())
        return
      }
      const { watchSuites } = await import('./suite-watch.ts')
      await watchSuites(names, check, signal)
    })
}

/** Prints the findings. Throws errors that prevent suites from being read. */
async function checkOnce(names: readonly string[], options: Options, signal: AbortSignal): Promise<ExitCode> {
  const suites = loadSuites(names, PLACES)
  const checked = await checkSuites(suites, optionsOf(options, signal))
  const found = checked.findings.length > 0
  if (options.json) process.stdout.write(`${JSON.stringify({ suites: suites.length, ...checked })}\n`)
  else {
    for (const finding of checked.findings) process.stderr.write(`${fromHere(findingText(finding))}\n`)
    process.stdout.write(summary(suites.length, checked))
  }
  return found ? ExitCode.usage : ExitCode.ok
}

/** Shortens paths below the working directory. */
function fromHere(text: string): string {
  return text.replaceAll(join(process.cwd(), sep), '')
}

function optionsOf({ allowUnreviewed, reference, mutants }: Options, signal: AbortSignal): CheckOptions {
  return { allowUnreviewed: allowUnreviewed === true, reference, mutants: mutants === true, signal }
}

const KINDS: Readonly<Record<FindingKind, string>> = {
  unreviewed: 'marked unreviewed',
  contradicted: 'contradicted by the reference',
  'not-in-capture': 'not in their captures',
  'undoes-nothing': 'with nothing to undo',
  duplicate: 'said twice',
  insensitive: 'that no mutant turns red',
}

function summary(suites: number, { cases, findings, unplayed }: Checked): string {
  const kinds = Object.entries(KINDS).flatMap(([kind, words]) => {
    const count = findings.filter((finding) => finding.kind === kind).length
    return count === 0 ? [] : [`${count} ${words}`]
  })
  const what = kinds.length === 0 ? 'all in order' : kinds.join(', ')
  const [first] = unplayed
  const left =
    first === undefined
      ? ''
      : `${unplayed.length} of them were not held against the reference, the first ${first.name}: ${first.why}\n`
  const hint = findings.some(({ kind }) => kind === 'unreviewed')
    ? 'A mark counts for all that it stands over. Where you agree, delete it; --allow-unreviewed takes them as they are.\n'
    : ''
  return `${counted(suites, 'suite')} with ${counted(cases, 'case')}: ${what}.\n${left}${hint}`
}
