import { expect } from 'chai'
import { Offered } from './offered.ts'
import { LiveSendingTimes } from './sending-times.ts'
import { SentPackets } from './sent.ts'

const PATIENCE = 50
const NEVER = Number.POSITIVE_INFINITY

/** Between which moments packets were sent that were handed on, and seen, at these. */
function timesOf(...packets: readonly (readonly [at: number, seen: number])[]) {
  const [sent, offered] = [new SentPackets(), new Offered()]
  offered.begin(undefined, 0)
  packets.forEach(([at, seen], index) => {
    const slot = sent.slot(
      sent.add({ key: index, road: 0, way: 0, id: 0, hops: 64, step: index, packet: index }),
    )
    offered.index.push(index)
    sent.at[slot] = at
    sent.seen[slot] = seen
  })
  const { from, to } = new LiveSendingTimes(sent, 5).read(packets.length, offered, PATIENCE)
  return { from: [...from], to: [...to] }
}

describe('observe/live/sending-times', () => {
  it('are from when packets were handed on to when they were seen, however late that was', () => {
    expect(timesOf([10, 12], [20, 200])).to.deep.equal({ from: [50, 100], to: [60, 1000] })
  })

  it('of one that was not seen end with what was seen of those behind it, or with patience', () => {
    expect(timesOf([10, NEVER], [20, 25])).to.deep.equal({ from: [50, 100], to: [125, 125] })
    expect(timesOf([10, NEVER], [20, 200])).to.deep.equal({ from: [50, 100], to: [300, 1000] })
    expect(timesOf([10, NEVER])).to.deep.equal({ from: [50], to: [300] })
  })
})
