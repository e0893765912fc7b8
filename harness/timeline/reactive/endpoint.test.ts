import { expect } from 'chai'
import { Tcp } from '../../model/codes.ts'
import { Endpoint, type Segment } from './endpoint.ts'
import type { EndScript } from './script.ts'

const template = { bytes: new Uint8Array(), link: 1, tunnels: 0 }

function script(actions: EndScript['actions'], isn: number): EndScript {
  return { opening: 1, isn, window: 1000, timestamp: undefined, open: template, data: template, actions }
}

const segment = (change: Partial<Segment>): Segment => ({
  flags: Tcp.ack,
  seq: 5001,
  ack: 1001,
  length: 0,
  number: 0,
  ...change,
})

/** A client that has opened its connection: its own numbers begin at 1000, the server's at 5000. */
function established(): Endpoint {
  const client = new Endpoint(script([], 1000), false, 0, 3)
  client.connect(0)
  client.receive(segment({ flags: Tcp.syn | Tcp.ack, seq: 5000 }), 1)
  expect(client.open).to.equal(true)
  return client
}

describe('timeline/reactive/endpoint', () => {
  it('opens with SYN, SYN-ACK, ACK', () => {
    const client = new Endpoint(script([], 1000), false, 0, 3)
    const server = new Endpoint(script([], 5000), true, 0, 0)
    const [syn] = client.connect(0)
    expect(syn).to.include({ flags: Tcp.syn, seq: 1000 })
    const [synAck] = server.receive(syn ?? segment({}), 1)
    expect(synAck).to.include({ flags: Tcp.syn | Tcp.ack, seq: 5000, ack: 1001 })
    const [ack] = client.receive(synAck ?? segment({}), 2)
    expect(ack).to.include({ flags: Tcp.ack, seq: 1001, ack: 5001, number: 3 })
    server.receive(ack ?? segment({}), 3)
    expect(client.open && server.open).to.equal(true)
  })

  it('obeys an exact reset only (RFC 5961 3.2)', () => {
    const inWindow = established()
    expect(inWindow.receive(segment({ flags: Tcp.rst, seq: 5101 }), 2)).to.deep.include.members([
      { flags: Tcp.ack, seq: 1001, ack: 5001, length: 0, number: 0 },
    ])
    expect(inWindow.death).to.equal(undefined)
    const outside = established()
    expect(outside.receive(segment({ flags: Tcp.rst, seq: 4000 }), 2)).to.be.empty
    expect(outside.open).to.equal(true)
    const exact = established()
    exact.receive(segment({ flags: Tcp.rst, seq: 5001 }), 2)
    expect(exact.death).to.deep.equal({ how: 'reset', at: 2 })
  })

  it('answers a SYN in an open connection with a challenge ACK (RFC 5961 4.2)', () => {
    const client = established()
    const [challenge, ...more] = client.receive(segment({ flags: Tcp.syn, seq: 9999 }), 2)
    expect(challenge).to.include({ flags: Tcp.ack, seq: 1001, ack: 5001 })
    expect(more).to.be.empty
  })

  it('answers with a reset once it is closed, but never a reset (RFC 9293 3.10.7.1)', () => {
    const client = established()
    client.receive(segment({ flags: Tcp.rst, seq: 5001 }), 2)
    expect(client.receive(segment({ seq: 5001, ack: 1001 }), 3)).to.deep.equal([
      { flags: Tcp.rst, seq: 1001, ack: 0, length: 0, number: 0 },
    ])
    expect(client.receive(segment({ flags: Tcp.rst, seq: 5001 }), 3)).to.be.empty
  })

  it('resets an acknowledgement of what it never sent while it opens', () => {
    const client = new Endpoint(script([], 1000), false, 0, 3)
    client.connect(0)
    expect(client.receive(segment({ ack: 77 }), 1)).to.deep.equal([
      { flags: Tcp.rst, seq: 77, ack: 0, length: 0, number: 0 },
    ])
  })

  it('listens again when its half-open connection is reset', () => {
    const server = new Endpoint(script([], 5000), true, 0, 0)
    server.receive(segment({ flags: Tcp.syn, seq: 1000, ack: 0 }), 0)
    server.receive(segment({ flags: Tcp.rst, seq: 1001 }), 1)
    expect(server.death).to.equal(undefined)
    const [synAck] = server.receive(segment({ flags: Tcp.syn, seq: 1000, ack: 0 }), 2)
    expect(synAck).to.include({ flags: Tcp.syn | Tcp.ack, ack: 1001 })
  })

  it('acts when what an action waits for has arrived, after its thinking time', () => {
    const client = new Endpoint(
      script([{ number: 8, kind: 'data', bytes: 10, needs: 100, think: 50 }], 1000),
      false,
      0,
      3,
    )
    client.connect(0)
    client.receive(segment({ flags: Tcp.syn | Tcp.ack, seq: 5000 }), 1)
    client.receive(segment({ length: 99 }), 2)
    expect(client.wakeAt).to.equal(undefined)
    client.receive(segment({ seq: 5100, length: 1 }), 10)
    expect(client.wakeAt).to.equal(60)
    expect(client.wake(60)).to.deep.equal([
      { flags: Tcp.psh | Tcp.ack, seq: 1001, ack: 5101, length: 10, number: 8 },
    ])
  })
})
