import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import type { PacketBatch } from '../../model/batch.ts'
import { loadRecorded } from '../../timeline/recorded.ts'
import { isIpv6 } from '../../wire/ip.ts'
import { verifyChecksums } from '../../wire/verify.ts'
import { anonymise } from '../anonymise.ts'
import { PAYLOADS } from './filler.ts'

const CAPTURES = new URL('../../../captures/', import.meta.url).pathname
const KEY = Uint8Array.from({ length: 32 }, (_, index) => (index * 37 + 11) & 255)
const SAME = [
  'number',
  'captured',
  'original',
  'time',
  'kind',
  'l3',
  'l4',
  'payload',
  'flags',
  'vlan',
  'ports',
  'seq',
  'ack',
  'window',
  'options',
  'stamp',
  'flow',
  'direction',
] as const

describe('author/anonymise over the captures', () => {
  let folder = ''
  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'flowbreak-test-'))
  })
  after(() => rmSync(folder, { recursive: true, force: true }))

  const names = readdirSync(CAPTURES).filter((name) => name.endsWith('.pcap'))
  for (const payload of PAYLOADS)
    it(`keeps lengths, times, numbers, flows and checksums, and no address, with payload ${payload}`, async () => {
      const signal = new AbortController().signal
      for (const name of names) {
        const file = join(CAPTURES, name)
        const out = join(folder, `${payload}-${name}`)
        await anonymise({ file, out, signal, key: KEY, payload })
        const [{ batch: one }, { batch: two }] = [await loadRecorded(file), await loadRecorded(out)]
        expect(two.count, name).to.equal(one.count)
        for (let i = 0; i < one.count; i++) {
          for (const column of SAME)
            if (column !== 'l3' && column !== 'l4')
              expect(two[column][i], `${name} ${i + 1} ${column}`).to.equal(one[column][i])
          expect(verdictOf(two, i), `${name} ${i + 1}`).to.equal(verdictOf(one, i))
          const l3 = one.l3[i] ?? -1
          if (l3 < 0) continue
          const [from, size] = isIpv6(one.bytes, l3) ? [8, 16] : [12, 4]
          for (const at of [from, from + size]) {
            const old = Buffer.from(one.bytes.subarray(l3 + at, l3 + at + size))
            expect(Buffer.from(two.copyFrame(i)).includes(old), `${name} ${i + 1}`).to.equal(isSpecial(old))
          }
        }
      }
    })
})

function verdictOf(batch: PacketBatch, i: number): string {
  return verifyChecksums(batch.copyFrame(i), batch.link[i] ?? 0)
}

/** Link-local and multicast addresses of neighbour discovery; no other special ones are in the captures. */
function isSpecial(address: Buffer): boolean {
  return address.length === 16 && address[0] === 0xff
}
