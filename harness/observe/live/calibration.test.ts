import { expect } from 'chai'
import { drawControlEnds } from './control-ends.ts'
import { type Device, FakePort, type Leaving, passing } from './fake-port.test.ts'
import type { FrameColumns } from './frames.ts'
import { IDLE, RANGES } from './live-bench.test.ts'
import { LiveSession } from './session.ts'

/** What calibration says of a device; empty: nothing. */
async function said(device: Device, hosts = 1, port = new FakePort(device), marker = 300e6): Promise<string> {
  await using session = new LiveSession({
    port,
    hosts: ['fw-a', 'fw-b'].slice(0, hosts),
    clockScale: 1,
    actions: IDLE,
    families: ['ipv4', 'ipv6'],
    ends: drawControlEnds(RANGES),
    limits: { marker },
  })
  return await session.calibrate(new AbortController().signal).then(
    () => '',
    (error: Error) => error.message,
  )
}

/** The ICMP message of this type that carries a frame, sent by whoever got it. */
function message(frame: Uint8Array, type4: number, type6: number): Uint8Array {
  const six = (frame[0] ?? 0) >> 4 === 6
  const header = six ? 40 : 20
  const made = new Uint8Array(header + 8 + frame.length)
  made.set(frame.subarray(0, header))
  const size = six ? 16 : 4
  const at = six ? 8 : 12
  made.set(frame.subarray(at + size, at + 2 * size), at)
  made.set(frame.subarray(at, at + size), at + size)
  made[six ? 6 : 9] = six ? 58 : 1
  made.set([(made.length - (six ? 40 : 0)) >> 8, (made.length - (six ? 40 : 0)) & 255], six ? 4 : 2)
  made[header] = six ? type6 : type4
  made.set(frame, header + 8)
  return made
}

describe('observe/live/calibration', () => {
  it('finds nothing wrong with a device that passes what it should, whatever else it says', async () => {
    expect(await said(passing, 2)).to.equal('')
    // Multicast listener reports, neighbour solicitations, echoes.
    const talks: Device = (arm, frame) => [
      { arm, frame: message(frame, 8, 143) },
      { arm, frame: message(frame, 8, 135) },
      ...passing(arm, frame),
    ]
    expect(await said(talks)).to.equal('')
  })

  it('finds no road dead that was only heard late, as this process was busy', async () => {
    const limit = 5
    class BusyPort extends FakePort {
      override async send(frames: FrameColumns, from: number, to: number): Promise<void> {
        const leaving: Leaving[] = []
        for (let n = from; n < to; n++) leaving.push(...passing(frames.arm[n] ?? 0, frames.frame(n).slice()))
        setImmediate(() => {
          for (const end = performance.now() + 2 * limit; performance.now() < end; );
          setImmediate(() => this.leave(leaving))
        })
      }
    }
    expect(await said(passing, 1, new BusyPort(), limit * 1e6)).to.equal('')
  })

  it('says which road is dead, which arms are exchanged, and that the harness hears itself', async () => {
    const deaf: Device = (arm, frame) => (arm === 1 ? [] : passing(arm, frame))
    expect(await said(deaf)).to.match(/sent by the server arm of fw-a does not come out/)
    const moved =
      (by: number): Device =>
      (arm, frame) =>
        passing(arm, frame).map((each): Leaving => ({ ...each, arm: each.arm ^ by }))
    expect(await said(moved(2), 2)).to.match(
      /client arm of fw-a comes out by the server arm of fw-b: arms are ex/,
    )
    expect(await said(moved(1))).to.match(/is heard there again/)
  })

  it('says that the kernel of the harness answers', async () => {
    const answered: Device = (arm, frame) => [
      ...passing(arm, frame),
      ...passing(arm ^ 1, message(frame, 3, 1)),
    ]
    expect(await said(answered)).to.match(/Controls are answered by something at the client arm of fw-a/)
  })
})
