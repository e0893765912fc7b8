import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { WrittenWith } from '../author/scaffold/document.ts'
import { flowSizes } from '../author/scaffold/propose.ts'
import type { WrittenSuite } from '../author/scaffold.ts'
import type { Setup } from '../model/setup.ts'
import { readingOf } from '../profile/reading.ts'
import { shellWord } from '../report/rerun.ts'
import { counted } from '../support/counted.ts'
import { FlowbreakError } from '../support/errors.ts'
import { loadRecorded } from '../timeline/recorded.ts'
import type { SetupOptions } from './setup-options.ts'
import { PACKAGE_ROOT, version } from './version.ts'

/** The options of `suite new`. */
export interface NewOptions extends SetupOptions {
  readonly output?: string
  readonly flow?: readonly string[]
  readonly inject?: readonly string[]
  readonly name?: string
  readonly title?: string
  readonly endpoints: string
  readonly force?: true
  readonly json?: true
}

/** The file of a suite if none is named. */
export function suiteFileOf(name: string): string {
  return `${name.replaceAll('/', '-')}.yaml`
}

/** What a suite contains besides the proposals. */
export function writtenWith({ profile }: NewOptions, file: string): WrittenWith {
  return {
    file,
    schema: join(PACKAGE_ROOT, 'suites/suite.schema.json'),
    version: version(),
    profileFile: profile !== undefined && existsSync(profile) ? profile : undefined,
  }
}

/** Flows by number, -1 for all of them together; if none is named, the one with most packets. */
export async function flowsOf(
  capture: string,
  written: readonly string[] | undefined,
  setup: Setup,
): Promise<readonly number[]> {
  if (written === undefined) {
    const sizes = flowSizes(await loadRecorded(capture, readingOf(setup)))
    return [Math.max(0, sizes.indexOf(Math.max(...sizes)))]
  }
  const words = written.flatMap((text) => text.split(',')).map((text) => text.trim())
  return words.map((word) => {
    if (word === 'all') return -1
    if (/^\d{1,9}$/.test(word)) return Number(word)
    throw new FlowbreakError('ERR_USAGE', `--flow takes numbers of flows from 0, or all, not ${word}.`)
  })
}

/** Prints what was written, and what to do next. */
export function printWritten(written: WrittenSuite, json: boolean): void {
  if (json) {
    process.stdout.write(`${JSON.stringify(written)}\n`)
    return
  }
  const { file, cases, expectations, unreviewed } = written
  const left = unreviewed === 0 ? 'all of them reviewed' : `${unreviewed} of them to be reviewed`
  process.stdout.write(
    [
      `${file}: ${counted(cases, 'case')} with ${counted(expectations, 'expectation')}, ${left}.`,
      ...(unreviewed === 0
        ? []
        : [
            'Hold each against what the firewall is to do, and delete the mark that stands',
            'over it, "unreviewed: true", where you agree; until then it fails nothing.',
          ]),
      '',
      `  npx flowbreak run ${shellWord(file)}`,
      `  npx flowbreak suite check ${shellWord(file)}`,
      '',
    ].join('\n'),
  )
}
