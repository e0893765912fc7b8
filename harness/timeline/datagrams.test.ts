import { expect } from 'chai'
import { MAX_DATAGRAMS } from '../flow/fragments.ts'
import { NANOS_PER_SECOND, PacketBatch } from '../model/batch.ts'
import { Kind } from '../model/codes.ts'
import { PLAIN_READING } from '../model/reading.ts'
import { Datagrams } from './datagrams.ts'

/** Fragments of datagrams at a second each; the last one completes its datagram. */
function fragments(numbers: readonly number[], second: number): PacketBatch {
  const batch = new PacketBatch(numbers.length, 0)
  batch.count = numbers.length
  batch.kind.fill(Kind.fragment4)
  batch.datagram.set(numbers)
  batch.time.fill(second * NANOS_PER_SECOND)
  const index = numbers.length - 1
  batch.rebuilt.push({ index, bytes: new Uint8Array(0), kind: Kind.udp4, l4: 0, payload: 0, flags: 0 })
  return batch
}

/** Whether datagram 0 is whole where its rest comes after such a silence, in seconds, others having begun before it. */
function isWhole(silence: number, others: number): boolean {
  const datagrams = new Datagrams(PLAIN_READING.fragments)
  const begun = fragments([0, ...Array.from({ length: others }, (_, n) => n + 1)], 0)
  begun.rebuilt.length = 0
  datagrams.offer(begun)
  const rest = fragments([0], silence)
  datagrams.offer(rest)
  return rest.rebuilt.length === 1
}

describe('timeline/datagrams', () => {
  it('are whole only where their rest comes in time', () => {
    expect(isWhole(59, 1)).to.equal(true)
    expect(isWhole(60, 1)).to.equal(false)
  })

  it('are remembered as long as they were when they were read, and no longer', () => {
    expect(isWhole(60, MAX_DATAGRAMS - 1)).to.equal(false)
    expect(isWhole(60, MAX_DATAGRAMS)).to.equal(true)
  })
})
