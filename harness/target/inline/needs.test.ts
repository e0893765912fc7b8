import { expect } from 'chai'
import { makeSetup } from '../../suite/setup.ts'
import { run } from '../lab/commands.ts'
import { openRouters } from '../netfilter/routers.ts'
import { hostsOf, inline } from './example-device.test.ts'

describe('target/inline/needs', () => {
  before(function () {
    if (process.getuid?.() !== 0) this.skip()
  })

  it('say of each interface what has to be typed before it can be used', async () => {
    await using lab = await openRouters(1, 1500)
    const there = (...args: string[]) => run('ip', ['-n', lab.outer, ...args])
    const problem = async (options: object = {}) => {
      const target = await inline(lab, options)
      const setup = makeSetup({ profile: 'linux-conntrack', hosts: 1 })
      return target.prepare(setup, new AbortController().signal).then(
        () => undefined,
        ({ code, exitCode, message }) => `${code} ${exitCode} ${message}`,
      )
    }
    const ip = `ip -n ${lab.outer}`
    const [host] = hostsOf(lab)
    const strange = [{ client: host?.client, server: { ...host?.server, interface: 'eth99' } }]
    const loop = [{ client: host?.client, server: { ...host?.server, interface: 'lo' } }]
    expect(await problem({ hosts: strange })).to.equal(
      `ERR_INLINE 3 There is no interface eth99 in the namespace ${lab.outer}: name an existing one (${ip} -brief link lists them).`,
    )
    expect(await problem({ hosts: loop })).to.contain('ERR_INLINE 3 The interface lo is not Ethernet')
    expect(await problem({ mtu: 9000 })).to.equal(
      `ERR_INLINE 3 The interface c0 takes 1500 bytes, and the target's mtu is 9000: ${ip} link set dev c0 mtu 9000.`,
    )
    await run('ip', ['netns', 'exec', lab.outer, 'ethtool', '-K', 'c0', 'gro', 'on'])
    expect(await problem()).to.contain(`ip netns exec ${lab.outer} ethtool -K c0 gro off.`)
    await run('ip', ['netns', 'exec', lab.outer, 'ethtool', '-K', 'c0', 'gro', 'off'])
    await there('link', 'add', 'br0', 'type', 'bridge')
    await there('link', 'set', 'c0', 'master', 'br0')
    expect(await problem()).to.contain(`${ip} link set dev c0 nomaster.`)
    await there('link', 'set', 'c0', 'nomaster')
    await there('link', 'set', 's0', 'down')
    expect(await problem()).to.equal(`ERR_INLINE 3 The interface s0 is down: ${ip} link set dev s0 up.`)
    await there('link', 'set', 's0', 'up')
    await lab.on(0, 'ip link set s down')
    expect(await problem()).to.contain('ERR_INLINE 3 The interface s0 has no carrier')
  })
})
