import { expect } from 'chai'
import { PacketBatch } from '../model/batch.ts'
import { Host, Role, Verdict } from '../model/codes.ts'
import type { HostEvent, TimelineChunk } from '../model/timeline.ts'
import { controlFrame } from './control-frames.ts'
import { type ControlFrame, Controls } from './controls.ts'

/** A chunk whose packets go by the given hosts, directions alternating. */
function chunk(hosts: readonly number[], events: readonly HostEvent[] = []): TimelineChunk {
  const packets = new PacketBatch(Math.max(1, hosts.length), 64)
  packets.count = hosts.length
  for (const [index, host] of hosts.entries()) {
    packets.host[index] = host
    packets.direction[index] = index % 2
    packets.time[index] = index
  }
  return { packets, events: events.map((event) => ({ before: 0, at: 0, event })) }
}

/** What was offered, a word a chunk: `c0> c0<` for controls of roads, `2` for a chunk of two probes, `!` for events. */
async function offered(
  controls: Controls,
  chunks: readonly TimelineChunk[],
  verdict: number = Verdict.forward,
  opening?: ControlFrame,
) {
  controls.reset(99, opening)
  const words: string[] = []
  async function* source(): AsyncGenerator<TimelineChunk> {
    yield* chunks
  }
  for await (const { packets, events } of controls.around(source())) {
    const roads = Array.from(
      { length: packets.count },
      (_, i) => `c${packets.host[i]}${packets.direction[i] === 0 ? '>' : '<'}`,
    )
    const isControl = packets.count > 0 && packets.role[0] === Role.control
    words.push(events.length > 0 ? '!' : isControl ? roads.join(' ') : String(packets.count))
    packets.verdict.fill(verdict)
    controls.record({ packets, by: packets.host, knowledge: packets.host })
  }
  return words
}

const crash: HostEvent = { kind: 'crash', host: 0, flow: 0 }

describe('observe/controls', () => {
  it('stand before the first and after the last packet of each road', async () => {
    const controls = new Controls('ipv4')
    expect(await offered(controls, [chunk([0, 0, 0])])).to.deep.equal(['c0> c0<', '3', 'c0> c0<'])
    expect(controls).to.include({ sent: 4, out: 4 })
    expect(controls.dead.size).to.equal(0)
  })

  it('close every road before a host event and open those that are used after it', async () => {
    const words = await offered(new Controls('ipv6'), [chunk([0, 0]), chunk([1], [crash])])
    expect(words).to.deep.equal(['c0> c0<', '2', 'c0> c0<', '!', 'c1>', '1', 'c1>'])
  })

  it('open a road once, however many chunks it is used in', async () => {
    const words = await offered(new Controls('ipv4'), [chunk([0]), chunk([0]), chunk([0, 0])])
    expect(words).to.deep.equal(['c0>', '1', '1', 'c0<', '2', 'c0> c0<'])
  })

  it('need no road for what passes no host', async () => {
    const words = await offered(new Controls('ipv4'), [chunk([Host.bypass, Host.loadBalancer])])
    expect(words).to.deep.equal(['2'])
  })

  it('open a connection with each datagram from clients, which a device that stands in for servers may answer', async () => {
    const controls = new Controls('ipv4')
    const opening = controlFrame('ipv4', 0, 'opening')
    const chunks = [chunk([0, 0, 0])]
    expect(await offered(controls, chunks, Verdict.answered, opening)).to.deep.equal([
      'c0> c0> c0<',
      '3',
      'c0> c0> c0<',
    ])
    expect(controls).to.include({ sent: 6, out: 6 })
    await offered(controls, chunks, Verdict.reject, opening)
    expect([...controls.dead]).to.deep.equal([0, 1])
    expect(await offered(controls, chunks)).to.deep.equal(['c0> c0<', '3', 'c0> c0<'])
  })

  it('name the roads that are dead', async () => {
    const controls = new Controls('ipv4')
    await offered(controls, [chunk([1, 1])], Verdict.drop)
    expect(controls).to.include({ sent: 4, out: 0 })
    expect([...controls.dead]).to.deep.equal([2, 3])
  })
})
