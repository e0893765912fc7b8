import { expect } from 'chai'
import { makeTarget } from '../targets.ts'
import { checkNeeds } from './needs.ts'
import { readOptions } from './options.ts'

const PAIR = { client: { interface: 'eth1' }, server: { interface: 'eth2' } }
const MACS = ['02:00:00:00:00:01', '02:00:00:00:00:02'] as const

function read(options: object) {
  return readOptions({ kind: 'inline', profile: 'panos', hosts: [PAIR], ...options }, 'rack')
}

/** One host whose arms are as given. */
function arms(client: object, server: object) {
  return { hosts: [{ client: { interface: 'eth1', ...client }, server: { interface: 'eth1', ...server } }] }
}

describe('target/inline/options', () => {
  it('says which option is not as it should be', () => {
    for (const [options, said] of [
      [{ hosts: [] }, 'hosts must be a list of 1 to 64'],
      [{ hosts: ['eth1'] }, 'hosts[0] must be as'],
      [{ hosts: [{ client: { interface: 'eth1' } }] }, 'hosts[0].server must be as'],
      [{ hosts: [{ ...PAIR, port: 1 }] }, 'hosts[0] has no port, only'],
      [arms({ vlan: 0 }, {}), 'hosts[0].client.vlan must be a whole number from 1 to 4094'],
      [arms({ interface: '-x' }, {}), 'hosts[0].client.interface must be the name'],
      [arms({}, { mac: 'ff:ff:ff:ff:ff:ff' }), 'hosts[0].server.mac must be a hardware address'],
      [arms({}, { mac: MACS[0] }), 'hosts[0] must have a mac at both of its arms'],
      [arms({}, {}), 'hosts[0].client and hosts[0].server share eth1'],
      [arms({ mac: MACS[0] }, { mac: MACS[0] }), 'hosts[0].server and hosts[0].client share eth1'],
      [arms({ vlan: 7 }, { vlan: 7 }), 'share VLAN 7 of eth1'],
      [{ hosts: [PAIR, PAIR] }, 'hosts[0].client and hosts[1].client share eth1'],
      [{ arp: 'proxy' }, 'arp must be answer or static'],
      [{ namespace: '../x' }, 'namespace must be the name'],
      [{ mtu: 100 }, 'mtu must be a whole number from 1280 to 9216'],
      [{ scale: 0 }, 'scale must be a number'],
      [{ profile: undefined }, 'profile must name what the devices are'],
      [{ profile: ['panos', 'asa'] }, 'of several profiles'],
      [{ policies: ['drop', 'reject'] }, 'of several policies'],
      [{ hooks: { pause: ['true'] } }, 'there is no hook pause'],
      [{ speed: 5 }, 'there is no option speed, only'],
    ] as const)
      expect(() => read(options), said).to.throw(said)
  })

  it('takes arms on one link that their tags or next hops tell apart', () => {
    expect(read(arms({ vlan: 10 }, { vlan: 20 })).hosts[0]?.client.vlan).to.equal(10)
    expect(read(arms({}, { vlan: 20 })).hosts[0]?.client).to.not.have.property('vlan')
    expect(read(arms({ mac: MACS[0] }, { mac: MACS[1] })).hosts[0]?.server.mac).to.equal(MACS[1])
  })

  it('has a hardware address of its own at every arm', () => {
    const hosts = [PAIR, { client: { interface: 'eth3' }, server: { interface: 'eth4' } }]
    const own = read({ hosts }).hosts.flatMap(({ client, server }) => [client.own, server.own])
    expect(new Set(own).size).to.equal(4)
    expect(read(arms({ own: '02:00:00:00:00:0A', vlan: 1 }, {})).hosts[0]?.client.own).to.equal(
      '02:00:00:00:00:0a',
    )
  })

  it('is made by its kind without touching the machine', async () => {
    const spec = { kind: 'inline', profile: 'panos', hosts: [PAIR], scale: 2, version: 'PA-VM 11' }
    const { name, version, capabilities } = await makeTarget(spec, { name: 'rack', version: '1' })
    expect({ name, version }).to.deep.equal({ name: 'rack', version: 'PA-VM 11' })
    expect(capabilities).to.deep.include({ hosts: 1, clockScale: 2, profiles: ['panos'], policies: ['drop'] })
  })

  it('says in one sentence what to type where it cannot run', async () => {
    const problem = (options: object, machine?: { platform: string; uid: number }) =>
      checkNeeds('rack', read(options), machine).then(
        () => undefined,
        ({ code, exitCode, message }) => `${code} ${exitCode} ${message}`,
      )
    expect(await problem({}, { platform: 'linux', uid: 1000 })).to.match(
      /^ERR_INLINE 3 .*sudo -E npx flowbreak run --target rack\.$/,
    )
    expect(await problem({}, { platform: 'darwin', uid: 0 })).to.match(/^ERR_INLINE 3 .*interfaces of Linux/)
  })
})
