import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Case } from '../../model/case.ts'
import type { Target } from '../../model/target.ts'
import { readingOf } from '../../profile/reading.ts'
import { type LoadedSuite, loadSuite } from '../../suite/cases.ts'
import { ReferenceTarget } from '../../target/reference/reference.ts'
import { targetWith } from '../../target/target-with.ts'
import { loadRecorded, type Recorded } from '../../timeline/recorded.ts'

export const CAPTURES = new URL('../../../captures', import.meta.url).pathname

export const reference: Target = new ReferenceTarget('test')

/** The same engine, but as one that is offered all before it answers, so that trials are played together. */
export const batched = targetWith(reference, {
  name: 'batched',
  capabilities: {
    ...reference.capabilities,
    reactive: false,
    folding: 'consecutive',
    observes: ['verdict', 'reason', 'emitted', 'counters'],
  },
})

/** The reference, but for verdicts that `change` gives in place of its own; `play`: which replay of the target it is, from 1. */
export function lying(
  name: string,
  change: (verdict: number, flags: number, play: number) => number,
): Target {
  let play = 0
  return {
    ...targetWith(reference, { name }),
    version: 'test',
    prepare: async (setup, signal) => {
      const session = await reference.prepare(setup, signal)
      return {
        reset: () => session.reset(),
        counters: () => session.counters(),
        [Symbol.asyncDispose]: () => session[Symbol.asyncDispose](),
        async *replay(timeline, aborted) {
          play++
          for await (const observed of session.replay(timeline, aborted)) {
            const { packets } = observed
            for (let i = 0; i < packets.count; i++)
              packets.verdict[i] = change(packets.verdict[i] ?? 0, packets.flags[i] ?? 0, play)
            yield observed
          }
        },
      }
    },
  }
}

/** A suite of that text, read as from a file. */
export function suiteFrom(text: string): LoadedSuite {
  const folder = mkdtempSync(join(tmpdir(), 'flowbreak-test-'))
  try {
    writeFileSync(join(folder, 'suite.yaml'), text)
    return loadSuite(join(folder, 'suite.yaml'), { captures: [CAPTURES] })
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/** The first case of the suite of that text, of which only the parts that differ are given. */
export function caseFrom(parts: string): Case {
  const head = `suite: demo\ntitle: For tests\ncases:\n  - name: one\n    requirement: As it says.\n`
  const source = '    source: { mark: DOC, where: a test }\n'
  const [test] = suiteFrom(`${head}${source}${parts.replaceAll(/^(?=.)/gm, '    ')}`).cases
  if (test === undefined) throw new Error('The suite has a case.')
  return test
}

export function recordedFor(test: Case): Promise<Recorded> {
  return loadRecorded(test.capture, readingOf(test.setup))
}
