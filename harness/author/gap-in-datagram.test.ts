import { join } from 'node:path'
import { expect } from 'chai'
import { inFolder } from '../capture/example-captures.test.ts'
import { ClassicWriter } from '../capture/writer.ts'
import { Link } from '../model/codes.ts'
import type { CaseTrace } from '../model/run-log.ts'
import { loadRecorded, type Recorded } from '../timeline/recorded.ts'
import { captureFile } from '../timeline/weave.fixture.ts'
import { play } from './traced.ts'

/** Writes a capture of one flow in which the silence before packet `number` lasts so many seconds. */
function writeGap(path: string, { batch, epoch }: Recorded, number: number, gap: number): void {
  using writer = new ClassicWriter(path, batch.link[0] ?? Link.ethernet, epoch)
  const silence = (batch.time[number - 1] ?? 0) - (batch.time[number - 2] ?? 0)
  for (let i = 0; i < batch.count; i++) {
    const time = (batch.time[i] ?? 0) + (i < number - 1 ? 0 : gap * 1e9 - silence)
    writer.write(time, batch.bytes, batch.start[i], batch.captured[i])
  }
  writer.close()
}

/** What became of packets, and what was sent about them. */
function shown({ verdict, reason, emitted }: CaseTrace) {
  return { verdict, reason, emitted: emitted.map(({ index, kind, to }) => ({ index, kind, to })) }
}

/** Packets of each capture that the silence is put before. */
const PACKETS = 18

describe('an idle gap among fragments', () => {
  for (const [name, profile] of [
    ['tcp-fragments-ipv4', 'suricata-7'],
    ['tcp-fragments-ipv4', 'linux-conntrack'],
    ['tcp-fragments-ipv4', 'pf'],
    ['udp-fragments-ipv6', 'linux-conntrack'],
  ] as const)
    it(`comes to the same in ${name} as one that was recorded, as ${profile}`, () =>
      inFolder(async (folder) => {
        const recorded = await loadRecorded(captureFile(name))
        const setup = { profile, policy: 'drop' } as const
        const met = new Set<string>()
        for (let number = 2; number <= PACKETS; number++)
          for (const gap of [2, 29, 31, 59, 61]) {
            const path = join(folder, `${number}-${gap}.pcap`)
            writeGap(path, recorded, number, gap)
            const before = shown(await play({ capture: path, setup }))
            const inject = [`idle-gap@${number}:${gap}s`]
            const injected = shown(await play({ capture: name, setup, inject }))
            expect(injected, `${gap} s before packet ${number}`).to.deep.equal(before)
            met.add(JSON.stringify(before))
          }
        expect(met.size, 'some gaps matter').to.be.greaterThan(1)
      }))
})
