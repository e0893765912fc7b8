import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { PortableEvents } from '../../harness/log/portable.ts'
import { RunLogWriter } from '../../harness/log/write.ts'
import type { RunEvent } from '../../harness/model/run-log.ts'
import type { Target } from '../../harness/model/target.ts'
import { NO_KNOWN_FAILURES } from '../../harness/plan/known-failures.ts'
import { planCases } from '../../harness/plan/plan.ts'
import { CaptureStore } from '../../harness/run/captures.ts'
import { inputsOf } from '../../harness/run/inputs.ts'
import { runCases } from '../../harness/run/pipeline.ts'
import { loadSuites } from '../../harness/run/suites.ts'
import { ReferenceTarget } from '../../harness/target/reference/reference.ts'

export const ROOT = new URL('../../', import.meta.url).pathname

/** A folder for one test, and its end. */
export function scratchFolder(): { readonly folder: string; readonly remove: () => void } {
  const folder = mkdtempSync(join(tmpdir(), 'flowbreak-reports-'))
  return { folder, remove: () => rmSync(folder, { recursive: true, force: true }) }
}

/** Plays some cases of the package's suites and logs it, as `flowbreak run` does. Answers the log. */
export async function playedLog(
  folder: string,
  {
    grep = ['core/resets/exact/**'],
    target = new ReferenceTarget('1.2.3'),
    run = 'run-1',
    keeps = false,
  }: {
    readonly grep?: readonly string[]
    readonly target?: Target
    readonly run?: string
    /** Whether evidence of all cases is kept. */
    readonly keeps?: boolean
  } = {},
): Promise<string> {
  const { cases } = planCases(loadSuites(['core/resets'], [ROOT]), { grep })
  const log = new RunLogWriter(join(folder, run, 'run.ndjson'))
  const portable = new PortableEvents([ROOT])
  const emit = (event: RunEvent) => log.append(portable.of(event))
  emit({
    type: 'run-started',
    schema: 1,
    run,
    flowbreak: '0.1.0',
    node: '20.0.0',
    startedAt: '2026-11-21T07:00:00.000Z',
    planned: cases.length,
    seed: 7,
    command: [
      'flowbreak',
      'run',
      'core/resets',
      '--reporter',
      'html=out.html',
      '-o',
      'out',
      '--grep',
      "it's",
    ],
    ...inputsOf(cases, [ROOT]),
  })
  await runCases({
    cases: () => cases,
    captures: new CaptureStore(),
    targets: [target],
    seed: 7,
    fold: 'auto',
    repeat: 1,
    retries: 0,
    bail: false,
    knownFailures: NO_KNOWN_FAILURES,
    ...(keeps ? { evidence: { of: 'all', folder: join(folder, run, 'evidence') } as const } : {}),
    signal: new AbortController().signal,
    emit,
  })
  await log.close()
  return log.file
}

/** Puts evidence beside a log, as a run would. */
export function addEvidence(log: string, name: string, bytes: Uint8Array): void {
  const folder = join(log, '..', 'evidence')
  mkdirSync(folder, { recursive: true })
  writeFileSync(join(folder, name), bytes)
}
