import { expect } from 'chai'
import { FIXED_ENDS } from '../../observe/live/control-ends.ts'
import { FakePort } from '../../observe/live/fake-port.test.ts'
import { FrameColumns } from '../../observe/live/frames.ts'
import { segment } from '../../observe/live/live-bench.test.ts'
import { Markers } from '../../observe/live/markers.ts'
import { suricataArms } from './arms.ts'
import { SuricataPort } from './port.ts'

const FRAME = segment({ from: 'client' }).slice(14)

describe('target/suricata-live/port', () => {
  it('hears what comes by any interface at the end that its hardware address is for', () => {
    const arms = suricataArms(2)
    const inner = new FakePort(() => [])
    const port = new SuricataPort(inner, 2)
    const heard: number[] = []
    port.listen(
      (frames) => heard.push(frames.arm[0] ?? -1),
      () => undefined,
    )
    for (const [arm, { own }] of arms.slice(0, 4).entries())
      for (const device of [`o${arm >> 1}`, `r${arm >> 1}`]) {
        // What an arm sends comes out at the other one of its host, and is of the only arm there with that peer.
        const at = arms.findIndex((each) => each.device === device && each.peer === own)
        inner.leave([{ arm: at, frame: FRAME }])
        expect(heard.pop(), `${device} ${own}`).to.equal(arm ^ 1)
        expect(arms.filter((each) => each.device === device && each.own === own)).to.deep.equal([])
      }
  })

  it('knows which hosts were sent more than controls', async () => {
    const port = new SuricataPort(new FakePort(() => []), 2)
    const frames = new FrameColumns()
    const markers = new Markers(1, FIXED_ENDS)
    for (const road of [0, 1, 2, 3]) markers.append(frames, road, road < 2 ? 'ipv4' : 'ipv6')
    await port.send(frames, 0, frames.count)
    expect([port.used(0), port.used(1)]).to.deep.equal([false, false])
    frames.append(3, 0, FRAME, 0, FRAME.length)
    await port.send(frames, 4, 5)
    expect([port.used(0), port.used(1), port.used(1)]).to.deep.equal([false, true, false])
  })

  it('once a host has died, nothing can be sent, and who listens is told', async () => {
    const port = new SuricataPort(new FakePort(() => []), 1)
    const said: string[] = []
    port.listen(
      () => undefined,
      (error) => said.push(error.message),
    )
    port.fail(new Error('It died.'))
    port.fail(new Error('So did another.'))
    expect(said[0]).to.equal('It died.')
    const thrown = await port.send(new FrameColumns(), 0, 0).catch((error: unknown) => error)
    expect(String(thrown)).to.equal('Error: It died.')
  })
})
