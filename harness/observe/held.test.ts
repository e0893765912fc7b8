import { expect } from 'chai'
import { PacketBatch } from '../model/batch.ts'
import { decodeBatch } from '../wire/decode.ts'
import { controlFrame } from './control-frames.ts'
import { holdBatch } from './held.ts'

/** Two frames with a gap before each. */
function twoFrames(): PacketBatch {
  const batch = new PacketBatch(8, 1024)
  for (const direction of [0, 1] as const) {
    const { frame, link } = controlFrame('ipv4', direction, 'denied')
    const n = batch.count++
    batch.start[n] = 100 * n + 16
    batch.bytes.set(frame, batch.start[n])
    batch.captured[n] = frame.length
    batch.original[n] = frame.length
    batch.link[n] = link
    batch.direction[n] = direction
    batch.step[n] = 7 + n
    batch.host[n] = 1
  }
  decodeBatch(batch)
  return batch
}

describe('observe/held', () => {
  it('keeps what a batch held when the batch is used again', () => {
    const batch = twoFrames()
    const frames = [batch.copyFrame(0), batch.copyFrame(1)]
    const ports = batch.view.getUint32(batch.l4[1] ?? 0)
    const held = holdBatch(batch)
    batch.bytes.fill(0)
    batch.step.fill(0)
    batch.clear()
    expect(held.count).to.equal(2)
    expect([held.copyFrame(0), held.copyFrame(1)]).to.deep.equal(frames)
    expect(held.view.getUint32(held.l4[1] ?? 0)).to.equal(ports)
    expect([...held.step]).to.deep.equal([7, 8])
    expect([...held.host]).to.deep.equal([1, 1])
  })

  it('copies every column that a batch has', () => {
    const batch = twoFrames()
    const offsets = new Set(['start', 'l3', 'l4', 'bytes'])
    const columns = Object.entries(batch).filter(
      ([name, value]) => ArrayBuffer.isView(value) && !(value instanceof DataView) && !offsets.has(name),
    )
    expect(columns.length).to.be.at.least(25)
    for (const [, column] of columns) (column as Uint8Array).fill(3)
    batch.start.set([0, 100])
    batch.captured.fill(3)
    const held = Object.fromEntries(Object.entries(holdBatch(batch)))
    for (const [name] of columns) expect([...(held[name] as Uint8Array)], name).to.deep.equal([3, 3])
  })
})
