import { once } from 'node:events'
import { connect } from 'node:net'
import { join } from 'node:path'
import { expect } from 'chai'
import { ExampleGateway, payloadOf } from '../../harness/appliance/example-gateway.test.ts'
import { PASSWORD_VARIABLE } from '../../harness/sharing/store/open-store.ts'
import { missingPrograms } from '../../harness/sharing/store/programs.ts'
import { startRedis } from '../../harness/sharing/store/redis-server.ts'
import { loadRecorded, type Recorded } from '../../harness/timeline/recorded.ts'
import { ApplianceProcess } from './appliance-process.ts'
import { flowbreak, ROOT, startFlowbreak } from './command.ts'

/** The payloads of a capture's packets, one cookie for all. */
function payloadsOf({ batch }: Recorded): Uint8Array[] {
  return Array.from({ length: batch.count }, (_, i) => {
    const ip = (batch.l3[i] ?? 0) - (batch.start[i] ?? 0)
    return payloadOf(batch.copyFrame(i).subarray(ip), 0xabcd)
  })
}

describe('flowbreak appliance', () => {
  for (const [signal, code] of [
    ['SIGTERM', 0],
    ['SIGINT', 130],
  ] as const)
    it(`says where it listens, and ends with ${code} on ${signal}`, async () => {
      const child = startFlowbreak(['appliance', '--listen', '127.0.0.1:0'], ROOT)
      const exit = once(child, 'exit')
      let text = ''
      child.stdout.on('data', (part) => {
        text += part
      })
      await once(child.stdout, 'data')
      expect(text).to.match(/^listening on 127\.0\.0\.1:\d+\n$/)
      child.kill(signal)
      expect(await exit).to.deep.equal([code, null])
      expect(text).to.contain('\npackets=0 forward=0 ')
    })

  it('takes connections of health checks, and tells of both ports as JSON', async () => {
    await using appliance = await ApplianceProcess.start([])
    const socket = connect(appliance.health, '127.0.0.1')
    await once(socket, 'connect')
    socket.destroy()
    expect((await fetch(`http://127.0.0.1:${appliance.health}/`)).status).to.equal(200)
    expect(await appliance.end('SIGTERM')).to.equal(0)
  })

  it('says in a sentence that its port is taken', async () => {
    await using appliance = await ApplianceProcess.start([])
    const { status, stdout, stderr } = flowbreak(['appliance', '--listen', String(appliance.port)])
    expect({ status, stdout }).to.deep.equal({ status: 3, stdout: '' })
    expect(stderr).to.match(
      /^flowbreak: UDP 127\.0\.0\.1:\d+ cannot be opened for listening .*\(ERR_APPLIANCE_LISTEN\)\n$/,
    )
  })

  for (const args of [
    ['--listen', 'here'],
    ['--listen', '127.0.0.1:70000'],
    ['--clock-scale', '0'],
    ['--return', 'back'],
    ['--sharing', 'cluster'],
    ['extra'],
  ])
    it(`refuses ${args.join(' ')}`, () => {
      const { status, stdout, stderr } = flowbreak(['appliance', ...args])
      expect({ status, stdout }).to.deep.equal({ status: 2, stdout: '' })
      expect(stderr).to.match(/^flowbreak: .*\(ERR_\w+\)\n$/)
    })

  it('forwards every packet of a capture, and forgets it on SIGHUP', async () => {
    await using appliance = await ApplianceProcess.start(['--policy', 'drop', '--profile', 'suricata-7'])
    await using gateway = await ExampleGateway.open()
    const payloads = payloadsOf(await loadRecorded(`${ROOT}captures/echo-ladder-ipv6.pcap`))
    const middle = payloads.length >> 1
    for (const payload of payloads.slice(0, middle)) {
      gateway.send(payload, appliance.port)
      expect(Buffer.compare((await gateway.next()).payload, payload)).to.equal(0)
    }
    process.kill(appliance.pid, 'SIGHUP')
    const datagram =
      payloadsOf(await loadRecorded(`${ROOT}captures/udp-ladder-ipv4.pcap`))[0] ?? new Uint8Array(0)
    // The signal may come later than the packets that are sent after it: until it has, they come back.
    let came: Uint8Array
    do {
      gateway.send(payloads[middle] ?? datagram, appliance.port)
      gateway.send(datagram, appliance.port)
      came = (await gateway.next()).payload
      if (Buffer.compare(came, datagram) !== 0) await gateway.next()
    } while (Buffer.compare(came, datagram) !== 0)
  })

  it('goes on with the sessions of another that was killed, by a store', async function () {
    if (missingPrograms().length > 0) this.skip()
    const redis = await startRedis()
    try {
      const { host, port, password } = redis.address
      const sharing = `store:endpoint=${host}:${port},group=lab,lag=0,latency=0`
      const args = ['--profile', 'panos', '--policy', 'drop', '--sharing', sharing]
      const environment = {
        [PASSWORD_VARIABLE]: password,
        NODE_EXTRA_CA_CERTS: join(redis.folder, 'cert.pem'),
      }
      await using first = await ApplianceProcess.start(args, environment)
      await using second = await ApplianceProcess.start(args, environment)
      await using alone = await ApplianceProcess.start(['--profile', 'panos', '--policy', 'drop'])
      await using gateway = await ExampleGateway.open()
      const payloads = payloadsOf(await loadRecorded(`${ROOT}captures/echo-ladder-ipv4.pcap`))
      const datagram =
        payloadsOf(await loadRecorded(`${ROOT}captures/udp-ladder-ipv4.pcap`))[0] ?? new Uint8Array(0)
      const swap = 12
      for (const [index, payload] of payloads.entries()) {
        if (index === swap) {
          await first.end('SIGKILL')
          // One that shares nothing drops it: the datagram comes back first.
          gateway.send(payload, alone.port)
          gateway.send(datagram, alone.port)
          expect(Buffer.compare((await gateway.next()).payload, datagram)).to.equal(0)
        }
        gateway.send(payload, (index < swap ? first : second).port)
        expect(Buffer.compare((await gateway.next()).payload, payload)).to.equal(0)
      }
    } finally {
      await redis.stop()
    }
  })
})
