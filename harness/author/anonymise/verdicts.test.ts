import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import { nameOf, Reason, Verdict } from '../../model/codes.ts'
import { replayCapture } from '../../run/replay.ts'
import { parseInjections } from '../../suite/injection-text.ts'
import { makeSetup } from '../../suite/setup.ts'
import { getTarget } from '../../target/targets.ts'
import { seededRandom } from '../../timeline/random.ts'
import { loadRecorded } from '../../timeline/recorded.ts'
import { anonymise } from '../anonymise.ts'
import { slice } from '../slice.ts'

const CAPTURES = new URL('../../../captures/', import.meta.url).pathname
const SEED = 20_261_127
const { signal } = new AbortController()

/** What became of each packet, and what was sent about it. */
async function verdicts(capture: string, policy: 'drop' | 'reject' | 'continue', inject: readonly string[]) {
  const lines: string[] = []
  await replayCapture({
    capture,
    target: getTarget('reference', 'test'),
    setup: makeSetup({ policy }),
    injections: parseInjections(inject),
    flow: undefined,
    endpoints: 'recorded',
    seed: 1,
    signal,
    observe: ({ packets }) => {
      for (let i = 0; i < packets.count; i++) {
        const sent = packets.emitted
          .filter(({ cause }) => cause === i)
          .map(({ kind, to, seq, ack }) => `${kind} ${to} ${seq} ${ack}`)
        lines.push(
          [nameOf(Verdict, packets.verdict[i] ?? 0), nameOf(Reason, packets.reason[i] ?? 0), ...sent].join(
            ' ',
          ),
        )
      }
    },
  })
  return lines
}

describe('author/anonymise: verdicts', () => {
  let folder = ''
  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'flowbreak-test-'))
  })
  after(() => rmSync(folder, { recursive: true, force: true }))

  it(`are those of the original, whole, after a host swap and cut, under every policy (seed ${SEED})`, async () => {
    const random = seededRandom(SEED)
    for (const name of readdirSync(CAPTURES).filter((file) => file.endsWith('.pcap'))) {
      const whole = join(CAPTURES, name)
      const { count } = (await loadRecorded(whole)).batch
      const cut = join(folder, `cut-${name}`)
      const from = 2 + (random() % (count - 1))
      await slice({ file: whole, out: cut, signal, packets: [{ from, to: count }] })
      for (const [file, swaps] of [
        [whole, [2 + (random() % (count - 1)), 2 + (random() % (count - 1))]],
        [cut, []],
      ] as const) {
        const out = join(folder, 'out.pcap')
        await anonymise({
          file,
          out,
          signal,
          key: Uint8Array.from({ length: 32 }, () => random() & 255),
          payload: 'scrub',
        })
        for (const policy of ['drop', 'reject', 'continue'] as const)
          for (const inject of [[], ...swaps.map((at) => [`host-swap@${at}`])])
            expect(
              await verdicts(out, policy, inject),
              `${name} ${policy} ${inject} from ${from}`,
            ).to.deep.equal(await verdicts(file, policy, inject))
      }
    }
  })
})
