import { expect } from 'chai'
import { DATA, HANDSHAKE } from '../../observe/live/live-bench.test.ts'
import { putU16, putU32, u32 } from '../../wire/bytes.ts'
import { writeIpv4Checksum } from '../../wire/checksum.ts'
import { bound, ECHO, ExampleAppliance, innerOf, playThrough } from './example-appliance.test.ts'
import { ALL, At, isData, onData, otherFlow } from './example-flow.test.ts'

describe('target geneve: what is not taken back', () => {
  it('fragments of its making are not taken back', async () => {
    await using appliance = await onData((payload) => cut(payload).map((piece) => ({ payload: piece })))
    const { verdicts, sightings } = await playThrough([appliance], [ALL])
    expect(verdicts).to.deep.equal(['forward', 'forward', 'forward', 'drop, fragmented by host'])
    expect(sightings).to.deep.equal(['refused 3 fragmented by host'])
  })

  it('a cookie that no flow has is not taken back', async () => {
    await using appliance = await onData((payload) => {
      putU32(payload, At.cookie, u32(payload, At.cookie) ^ 0x5555)
      return [{ payload }]
    })
    const { verdicts, sightings } = await playThrough([appliance], [ALL])
    expect(verdicts[3]).to.equal('drop, unknown flow cookie')
    expect(sightings).to.deep.equal(['refused 3 unknown flow cookie'])
  })

  it('nor is a packet without a cookie', async () => {
    await using appliance = await onData((payload) => {
      payload[0] = 6
      return [{ payload: Buffer.concat([payload.subarray(0, 32), payload.subarray(40)]) }]
    })
    const { verdicts } = await playThrough([appliance], [ALL])
    expect(verdicts[3]).to.equal('drop, unknown flow cookie')
  })

  it('nor is one with the cookie of another flow', async () => {
    let other = 0
    await using appliance = await ExampleAppliance.open((payload) => {
      if (!isData(payload)) {
        const [port = 0] = [innerOf(payload)[21]]
        if (port === 7) other = u32(payload, At.cookie)
        return [{ payload }]
      }
      const changed = Buffer.from(payload)
      putU32(changed, At.cookie, other)
      return [{ payload: changed }]
    })
    const { frame } = otherFlow()
    const { verdicts, sightings } = await playThrough(
      [appliance],
      [{ steps: [{ from: 'client', frame, flow: 1 }, ...HANDSHAKE, DATA] }],
    )
    expect(verdicts[4]).to.equal('drop, cookie of another flow')
    expect(sightings).to.deep.equal(['refused 4 cookie of another flow'])
  })

  it('nor is one that comes back to the port of another flow', async () => {
    const ports = new Set<number>()
    await using appliance = await ExampleAppliance.open(ECHO)
    appliance.socket.on('message', (_payload, { port }) => ports.add(port))
    appliance.behaviour = (payload, { from }) => {
      if (!isData(payload)) return [{ payload }]
      const port = [...ports].find((each) => each !== from)
      return port === undefined ? [] : [{ payload, port }]
    }
    const { verdicts, sightings } = await playThrough([appliance], [ALL])
    expect(verdicts[3]).to.equal('drop, wrong tunnel port')
    expect(sightings).to.deep.equal(['refused 3 wrong tunnel port'])
  })

  it('nor is one with another endpoint', async () => {
    await using appliance = await onData((payload) => {
      putU32(payload, At.endpoint, 1)
      return [{ payload }]
    })
    const { verdicts } = await playThrough([appliance], [ALL])
    expect(verdicts[3]).to.equal('drop, wrong tunnel options')
  })

  it('what is no GENEVE, or comes from nobody that it knows, says nothing', async () => {
    const stranger = await bound('127.0.0.1')
    try {
      await using appliance = await onData((payload) => [
        { payload: Buffer.from('nonsense') },
        { payload, socket: stranger },
      ])
      const { verdicts, sightings } = await playThrough([appliance], [ALL])
      expect(verdicts).to.deep.equal(['forward', 'forward', 'forward', 'drop'])
      expect(sightings).to.deep.equal([])
    } finally {
      stranger.close()
    }
  })
})

/** The IPv4 packet in a payload in two fragments, each in its tunnel. */
function cut(payload: Uint8Array): Uint8Array[] {
  const frame = innerOf(payload)
  const size = 24
  return [0, size].map((from) => {
    const data = frame.subarray(20 + from, from === 0 ? 20 + size : frame.length)
    const piece = Buffer.concat([frame.subarray(0, 20), data])
    putU16(piece, 2, piece.length)
    putU16(piece, 6, (from === 0 ? 0x2000 : 0) | (from >> 3))
    writeIpv4Checksum(piece, 0)
    return Buffer.concat([payload.subarray(0, 40), piece])
  })
}
