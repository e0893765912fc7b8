import { spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { readRunLog } from '../../harness/log/read.ts'
import { checkSeals } from '../../harness/log/seal.ts'
import type { CaseFinished, RunEvent } from '../../harness/model/run-log.ts'
import { PUBLISHED_LOG, readCard } from '../../harness/report/publish/published.ts'

const ROOT = new URL('../../', import.meta.url).pathname
const FLOWBREAK = join(ROOT, 'dist/bin/main.js')

/** What is another in every run, wherever it stands. Seals are hashes of the rest: each log is held against its own. */
export const IGNORED = ['run', 'node', 'startedAt', 'finishedAt', 'durationMs'] as const

/** The folders of the published reports of an implementation, by version. */
export function publishedOf(implementation: string): ReadonlyMap<string, string> {
  const folder = join(ROOT, 'reports', implementation)
  const versions = existsSync(folder) ? readdirSync(folder) : []
  return new Map(versions.map((version) => [version, join(folder, version)]))
}

/** The events of a published report, and those of the same command today; `more` is added to it. */
export function remade(
  folder: string,
  more: readonly string[] = [],
): { readonly published: readonly RunEvent[]; readonly today: readonly RunEvent[] } {
  const { command, seed } = readCard(folder).run
  const seeded = command.some((word) => /^--seed(=|$)/.test(word)) ? [] : ['--seed', `${seed}`]
  // Elsewhere than in the package, so that it finds the package's own suites, and its output is ours.
  const scratch = mkdtempSync(join(tmpdir(), 'flowbreak-reports-'))
  try {
    const args = [FLOWBREAK, ...command.slice(1), ...seeded, ...more]
    const { status, stderr } = spawnSync(process.execPath, args, {
      cwd: scratch,
      encoding: 'utf8',
      maxBuffer: 1 << 28,
    })
    if (status !== readCard(folder).exitCode)
      throw new Error(`${command.join(' ')} ended with ${status}: ${stderr}`)
    const runs = join(scratch, 'reports/runs')
    const [name = ''] = readdirSync(runs).filter((each) => existsSync(join(runs, each, 'run.ndjson')))
    return {
      published: sealedEvents(join(folder, PUBLISHED_LOG)),
      today: sealedEvents(join(runs, name, 'run.ndjson')),
    }
  } finally {
    rmSync(scratch, { recursive: true, force: true })
  }
}

function sealedEvents(log: string): readonly RunEvent[] {
  const { broken, sealed } = checkSeals(log)
  if (broken.length > 0 || !sealed) throw new Error(`${log} is not sealed as it was written`)
  return readRunLog(log)
}

/** An event without what is another in every run, as text. */
export function shown(event: RunEvent, ignored: readonly string[] = IGNORED): string {
  const left = event.type === 'run-finished' ? [...ignored, 'sha256'] : ignored
  return JSON.stringify(event, (key, value: unknown) => (left.includes(key) ? undefined : value))
}

/** The cases that were played, by name. */
export function playedCases(events: readonly RunEvent[]): ReadonlyMap<string, CaseFinished> {
  const finished = events.filter((event): event is CaseFinished => event.type === 'case-finished')
  return new Map(finished.map((event) => [event.case.name, event]))
}
