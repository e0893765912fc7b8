import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect } from 'chai'
import { ExampleAppliance, playThrough } from './example-appliance.test.ts'
import { ALL, At, FORWARD } from './example-flow.test.ts'

describe('target geneve: appliances that are dead or not healthy', () => {
  it('a dead appliance is found before anything is played', async () => {
    await using dead = await ExampleAppliance.open()
    dead.alive = false
    expect(await problem(playThrough([dead], [ALL]))).to.match(
      /^ERR_CALIBRATION 3 A control over ipv4 .* does not come out/,
    )
  })

  it('so is one that never returns what it forwards as it should', async () => {
    await using appliance = await ExampleAppliance.open()
    appliance.controls = (payload) => [{ payload: Buffer.from(payload).fill(9, At.cookie, At.cookie + 4) }]
    expect(await problem(playThrough([appliance], [ALL]))).to.match(
      /^ERR_CALIBRATION 3 A control over ipv4 .* \(unknown flow cookie\)/,
    )
  })

  it('an appliance that is never healthy ends the run before it begins', async () => {
    await using appliance = await ExampleAppliance.open()
    const closed = await closedPort()
    for (const kind of ['tcp', 'http']) {
      const health = { kind, port: closed, interval: 0.05, wait: 0.3 }
      expect(await problem(playThrough([appliance], [ALL], { health }))).to.match(
        /^ERR_APPLIANCE_UNHEALTHY 3 The appliance 127\.0\.0\.1:\d+ did not become healthy within 0.3 s \((tcp|http) .*ECONNREFUSED.*\): /,
      )
    }
  })

  it('health is a matter of so many answers in a row, and of their status', async () => {
    await using appliance = await ExampleAppliance.open()
    let asked = 0
    const server = createServer((_request, response) => {
      response.writeHead(++asked === 2 ? 503 : 204).end()
    }).listen(0, '127.0.0.1')
    try {
      await once(server, 'listening')
      const { port } = server.address() as AddressInfo
      const health = { kind: 'http', port, path: '/up', interval: 0.05, healthy: 3 }
      const { verdicts } = await playThrough([appliance], [ALL], { health })
      expect(verdicts).to.deep.equal(FORWARD)
      expect(asked).to.be.at.least(5)
    } finally {
      server.closeAllConnections()
      server.close()
    }
  })
})

/** What a promise was rejected with: code, exit code and sentence. */
async function problem(promise: Promise<unknown>): Promise<string> {
  const error = await promise.then(
    () => undefined,
    (thrown) => thrown,
  )
  return `${error?.code} ${error?.exitCode} ${error?.message}`
}

async function closedPort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  await new Promise((closed) => server.close(closed))
  return port
}
