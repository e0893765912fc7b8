import { expect } from 'chai'
import { hardwareAddress } from '../../../target/lab/names.ts'
import { openRouters } from '../../../target/netfilter/routers.ts'
import { drawControlEnds } from '../control-ends.ts'
import { FrameColumns } from '../frames.ts'
import { RANGES } from '../live-bench.test.ts'
import { Markers } from '../markers.ts'
import type { PcapArm } from './arms.ts'
import { PcapPort } from './port.ts'

const CLIENT = '02:fb:02:00:00:00'
const SERVER = '02:fb:02:00:00:01'
const ENDS = drawControlEnds(RANGES)

describe('observe/live/pcap/port', () => {
  before(function () {
    if (process.getuid?.() !== 0) this.skip()
  })

  it('hears by each of two VLANs on one interface what came with its tag, and not what another port sends there', async () => {
    await using lab = await openRouters(1, 1500)
    const arms = (device: string, own: readonly string[], peer: readonly string[]): PcapArm[] =>
      [10, 20].map((vlan, arm) => ({ device, vlan, own: own[arm] ?? '', peer: peer[arm] ?? '' }))
    const macs = [CLIENT, SERVER]
    const far = [hardwareAddress(0, 0, 'host'), hardwareAddress(0, 1, 'host')]
    await using near = await PcapPort.open({ arms: arms('c0', macs, far), namespace: lab.outer, mtu: 1500 })
    await using other = await PcapPort.open({ arms: arms('c0', macs, far), namespace: lab.outer, mtu: 1500 })
    await using device = await PcapPort.open({
      arms: arms('c', far, macs),
      namespace: lab.host(0),
      mtu: 1500,
    })
    const heard = { near: listening(near), device: listening(device) }
    await other.send(markers(1), 0, 2)
    await heard.device.until(2)
    await device.send(markers(2), 0, 2)
    await heard.near.until(2)
    expect(heard.device.frames).to.deep.equal(shown(markers(1)))
    expect(heard.near.frames).to.deep.equal(shown(markers(2)))
  })

  it('fails where segments are put together on the way', async () => {
    await using lab = await openRouters(1, 9000)
    const arm = { device: 'c0', own: hardwareAddress(0, 0, 'outer'), peer: hardwareAddress(0, 0, 'host') }
    await using port = await PcapPort.open({ arms: [arm], namespace: lab.outer, mtu: 1280 })
    const failed = new Promise<Error>((resolve) => port.listen(() => undefined, resolve))
    const far = { device: 'c', own: arm.peer, peer: arm.own }
    await using device = await PcapPort.open({ arms: [far], namespace: lab.host(0), mtu: 9000 })
    const large = new FrameColumns()
    large.append(0, 0, Uint8Array.of(0x45), 0, 1, 3999)
    await device.send(large, 0, 1)
    expect((await failed).message)
      .to.contain('a datagram of 4000 bytes came by c0, but the largest possible is 1280')
      .and.to.contain('ethtool -K c0 gro off lro off')
  })
})

/** One by each arm. */
function markers(run: number): FrameColumns {
  const frames = new FrameColumns()
  const made = new Markers(run, ENDS)
  for (const arm of [0, 1]) made.append(frames, arm, 'ipv4')
  return frames
}

/** Arm and bytes of IPv4 datagrams; a kernel's own multicast is none of them. */
function shown(frames: FrameColumns): string[] {
  return Array.from({ length: frames.count }, (_, n) => {
    const bytes = Buffer.from(frames.frame(n))
    return `${frames.arm[n]} ${bytes.subarray(0, bytes.readUInt16BE(2)).toString('hex')}`
  })
}

function listening(port: PcapPort) {
  const frames: string[] = []
  let ring = () => {}
  port.listen(
    (heard) => {
      frames.push(...shown(heard).filter((text) => text.slice(2, 4) === '45'))
      ring()
    },
    (error) => {
      throw error
    },
  )
  const until = async (count: number) => {
    while (frames.length < count)
      await new Promise<void>((resolve) => {
        ring = resolve
      })
  }
  return { frames, until }
}
