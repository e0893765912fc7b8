import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'chai'
import { Kind } from '../../model/codes.ts'
import { makeSetup } from '../../suite/setup.ts'
import { BENCHMARKING } from '../../target/bounds.ts'
import { TimelineFlows } from '../../timeline/flows.ts'
import { seededRandom } from '../../timeline/random.ts'
import { addressLength, destinationAt, sourceAt } from '../../wire/ip.ts'
import { verifyChecksums } from '../../wire/verify.ts'
import { CaptureStore } from '../captures.ts'
import { rootsOf } from '../suites.ts'
import { AddressPool } from './address-pool.ts'
import { CaseAddresses, type Disguise } from './case-addresses.ts'
import { addressedByCapture } from './special-addresses.ts'

const ROOT = new URL('../../../', import.meta.url).pathname
const [folder = ''] = rootsOf('captures', [ROOT])
const captures = readdirSync(folder).filter((name) => /\.pcap(ng)?$/.test(name))
const store = new CaptureStore()
/** Those that keep their addresses: fragments of tunnels that are looked into. */
const KEPT: ReadonlySet<string> = new Set(
  ['tcp-fragments-ipv4', 'udp-fragments-ipv4', 'udp-fragments-ipv6'].map((name) => `${name}.pcap inner`),
)

/** Moves every port and number. */
function moving(seed: number): Disguise {
  const random = seededRandom(seed)
  return { port: (_address, port) => (port + 1000) & 0xffff, offset: random }
}

const newPool = () => new AddressPool({ ranges: BENCHMARKING, draw: () => 0, taken: [] })

describe('run/fold/case-addresses', () => {
  for (const tunnels of ['outer', 'inner'] as const)
    for (const name of captures)
      it(`gives ${name} (${tunnels} packets) others and the same back, checksums as they were`, async () => {
        const recorded = await store.load(join(folder, name), makeSetup({ profile: 'suricata-7', tunnels }))
        expect(addressedByCapture(recorded) === undefined).to.equal(!KEPT.has(`${name} ${tunnels}`))
        if (KEPT.has(`${name} ${tunnels}`)) return
        const { batch } = recorded
        const flows = new TimelineFlows(recorded.flows, true)
        const pool = newPool()
        const cases = [1, 2].map((seed) => new CaseAddresses(pool, flows, batch.tunnels, moving(seed)))
        const pairs: [Set<string>, Set<string>] = [new Set(), new Set()]
        for (let i = 0; i < batch.count; i++) {
          const link = batch.link[i] ?? 0
          const l3 = (batch.l3[i] ?? -1) - (batch.start[i] ?? 0)
          const original = batch.copyFrame(i)
          for (const [index, addresses] of cases.entries()) {
            const frame = original.slice()
            const at = [link, batch.flow[i] ?? -1, batch.direction[i] ?? 0] as const
            addresses.rewrite(frame, ...at)
            expect(verifyChecksums(frame, link), `packet ${i + 1}`).to.equal(verifyChecksums(original, link))
            if ((batch.l3[i] ?? -1) >= 0 && (batch.flow[i] ?? -1) >= 0 && !isIcmp(batch.kind[i] ?? 0))
              pairs[index as 0 | 1].add(pairOf(frame, l3))
            addresses.restore(frame, ...at)
            expect(frame, `packet ${i + 1}`).to.deep.equal(original)
          }
        }
        for (const pair of pairs[0]) expect(pairs[1].has(pair), pair).to.equal(false)
      })
})

/** Errors may have been sent by routers, which keep their addresses. */
function isIcmp(kind: number): boolean {
  return kind === Kind.icmp4 || kind === Kind.icmp6
}

function pairOf(frame: Uint8Array, l3: number): string {
  const size = addressLength(frame, l3)
  return [sourceAt(frame, l3), destinationAt(frame, l3)]
    .map((at) => frame.subarray(at, at + size).join('.'))
    .sort()
    .join(' ')
}
