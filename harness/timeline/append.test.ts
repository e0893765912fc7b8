import { expect } from 'chai'
import { PacketBatch } from '../model/batch.ts'
import { appendFrame, appendPacket, appendPackets, frameOf, usedBytes } from './append.ts'
import { loadRecorded, roadBatch } from './recorded.ts'

const CAPTURES = new URL('../../captures/', import.meta.url).pathname

/** All columns of a batch that are set up to flow/, and its frames. */
function shown(batch: PacketBatch) {
  const columns = Object.entries(batch).filter(
    ([, column]) => ArrayBuffer.isView(column) && column !== batch.view,
  )
  const cut = columns.map(([name, column]) => [name, Array.from(column.subarray(0, batch.count))])
  const { bytes: _, ...rest } = Object.fromEntries(cut)
  return { ...rest, frames: Array.from({ length: batch.count }, (_, i) => Array.from(batch.copyFrame(i))) }
}

describe('timeline/append', () => {
  it('appends packets with their frames and offsets, whatever the room', async () => {
    const { batch } = await loadRecorded(`${CAPTURES}echo-ladder-ipv4.pcap`)
    const copy = new PacketBatch(batch.count, 1)
    for (let i = 0; i < batch.count; i++) appendPacket(copy, batch, i)
    expect(usedBytes(copy)).to.equal(usedBytes(batch))
    for (let i = 0; i < batch.count; i++) {
      expect(copy.copyFrame(i)).to.deep.equal(batch.copyFrame(i))
      const offset = (copy.l4[i] ?? 0) - (copy.start[i] ?? 0)
      expect(offset).to.equal((batch.l4[i] ?? 0) - (batch.start[i] ?? 0))
    }
  })

  it('appends many at once as one by one, with and without gaps between their frames', async () => {
    for (const name of ['echo-ladder-ipv6', 'vlan-http-ipv4', 'udp-fragments-ipv4']) {
      const { batch } = await loadRecorded(`${CAPTURES}${name}.pcap`)
      const gaps = new PacketBatch(batch.count, batch.bytes.length)
      for (let i = 0; i < batch.count; i++) appendPacket(gaps, batch, i)
      // A frame that lost its last byte ends before the next begins.
      for (let i = 0; i < batch.count; i += 3) gaps.captured[i] = (gaps.captured[i] ?? 0) - 1
      for (const from of [batch, gaps]) {
        const single = new PacketBatch(2 * batch.count, 1)
        const together = new PacketBatch(2 * batch.count, 1)
        for (const [first, end] of [
          [3, batch.count],
          [0, 5],
        ] as const) {
          for (let i = first; i < end; i++) appendPacket(single, from, i)
          appendPackets(together, from, first, end)
        }
        expect(shown(together), name).to.deep.equal(shown(single))
        expect(together.stacked).to.equal(single.stacked)
      }
    }
  })

  it('appends a frame by itself as the packet that it was', async () => {
    for (const name of ['echo-ladder-ipv4', 'udp-fragments-ipv6']) {
      const { batch } = await loadRecorded(`${CAPTURES}${name}.pcap`)
      const [packets, frames] = [roadBatch(), roadBatch()]
      frames.datagram.fill(7)
      for (let i = 0; i < batch.count; i++) {
        appendPacket(packets, batch, i)
        expect(appendFrame(frames, frameOf(batch, i))).to.equal(i)
      }
      // When it is offered is for others to say.
      packets.time.fill(0)
      expect(shown(frames), name).to.deep.equal(shown(packets))
      expect(frames.rebuilt, name).to.deep.equal(batch.rebuilt)
    }
  })
})
