import { expect } from 'chai'
import { FlowTable } from '../../flow/table.ts'
import { Direction } from '../../model/codes.ts'
import { Family } from '../expiry.ts'
import { batchOf } from '../oracle-cases.test.ts'
import { APP_IMPORTED, APP_STATE, CLIENT, EXTRA, Flag, ISN, RECORD_WORDS, SERVER, State } from '../record.ts'
import { AppLayer } from './app-layer.ts'
import {
  type AppNeeds,
  AppProtocol,
  type AppView,
  BUFFER_KINDS,
  Buffer,
  Delivery,
  Sight,
} from './app-view.ts'
import { tcpExchange } from './exchange.test.ts'
import { appProtocolOf, isAppOver } from './extra-word.ts'
import { hello, record, sni } from './messages.test.ts'

const REQUEST = '>GET /x HTTP/1.1\r\nHost: a.example\r\n\r\n'
const NEXT = '>GET /y HTTP/1.1\r\n\r\n'

/** Plays what follows the handshake of a conversation through a layer, packets `from` … `to`-1 of it, with an established record. */
function play(
  lines: readonly string[],
  options: {
    needs?: Partial<AppNeeds>
    layer?: AppLayer
    words?: Int32Array
    from?: number
    host?: number
    to?: number
  } = {},
) {
  const needs = { buffers: (1 << BUFFER_KINDS) - 1, stream: false, ...options.needs }
  const { layer = new AppLayer(needs, false, true), words = established(), from = 0, host = 0 } = options
  const batch = batchOf(tcpExchange(80, lines).slice(3))
  new FlowTable().assign(batch)
  const seen: { protocol: number; texts: string[]; over: boolean; pending: boolean; stream: string }[] = []
  for (let i = from; i < (options.to ?? batch.count); i++) {
    const toServer = lines[i]?.startsWith('>') ?? true
    const view = layer.take(batch, i, host, words, 0, toServer, Delivery.taken)
    const { protocol, over, pending } = view
    seen.push({
      protocol,
      over,
      pending,
      texts: textsOf(view),
      stream: latin1(view.stream.subarray(view.streamFrom, view.streamTo)),
    })
  }
  return { seen, layer, words }
}

function established(): Int32Array {
  const words = new Int32Array(RECORD_WORDS)
  words[0] = State.established
  words[EXTRA] = Family.tcp
  words[CLIENT + ISN] = 1000
  words[SERVER + ISN] = 5000
  return words
}

function textsOf(view: AppView): string[] {
  return Array.from(
    { length: view.count },
    (_, n) =>
      `${view.kind[n]}${view.sight[n] === Sight.fresh ? '+' : ' '}${latin1(view.bytes.subarray(view.from[n], view.to[n]))}`,
  )
}

function latin1(bytes: Uint8Array): string {
  return String.fromCharCode(...bytes)
}

describe('app/app-layer', () => {
  it('shows a request, then the next one of the connection, and nothing twice', () => {
    const { seen } = play([REQUEST, '<HTTP/1.1 200 OK\r\n\r\n', NEXT])
    expect(seen.map(({ texts }) => texts)).to.deep.equal([
      [`${Buffer.httpMethod}+GET`, `${Buffer.httpUri}+/x`, `${Buffer.httpHost}+a.example`],
      [],
      [`${Buffer.httpMethod}+GET`, `${Buffer.httpUri}+/y`],
    ])
    expect(seen.map(({ protocol }) => protocol)).to.deep.equal(Array(3).fill(AppProtocol.http))
  })

  it('shows the request line again, not fresh, with the host that comes later', () => {
    const { seen } = play(['>GET /x HTTP/1.1\r\nHo', '>st: a.example\r\n\r\n'])
    expect(seen.map(({ texts, pending }) => [texts.length, pending])).to.deep.equal([
      [2, true],
      [3, false],
    ])
    expect(seen[1]?.texts).to.deep.equal(['0 GET', '1 /x', '2+a.example'])
  })

  it('is over at once where rules need the protocol alone, and where there is none to be known', () => {
    const told = play([REQUEST, NEXT], { needs: { buffers: 0 } })
    expect(told.seen[0]).to.include({ protocol: AppProtocol.http, over: true })
    expect(isAppOver(told.words[EXTRA] ?? 0)).to.equal(true)
    expect(appProtocolOf(told.words[EXTRA] ?? 0)).to.equal(AppProtocol.http)
    const { seen } = play(['>no protocol that anybody knows', '<nor is this one of them'])
    expect(seen.map(({ protocol, over }) => [protocol, over])).to.deep.equal([
      [AppProtocol.unknown, false],
      [AppProtocol.failed, true],
    ])
  })

  it('finds what is spoken in a tunnel where rules need the protocol alone, and where they need that one only', () => {
    const opening = ['>CONNECT b.example:443 HTTP/1.1\r\n\r\n', '<HTTP/1.1 200 OK\r\n\r\n']
    const tls = `>${record(hello(sni('b.example')))}`
    const { seen } = play([...opening, tls], { needs: { buffers: 0 } })
    expect(seen.map(({ protocol, over }) => [protocol, over])).to.deep.equal([
      [AppProtocol.http, false],
      [AppProtocol.http, false],
      [AppProtocol.tls, true],
    ])
    const named = play([...opening, tls], { needs: { buffers: 1 << Buffer.tlsSni } })
    expect(named.seen[2]?.texts).to.deep.equal([`${Buffer.tlsSni}+b.example`])
    const unknown = play([...opening, '>not known', tls])
    expect(unknown.seen[3]).to.include({ protocol: AppProtocol.http, over: false })
  })

  it('keeps looking at the stream where rules do, whatever the protocol', () => {
    const { seen } = play(['>no protocol that anybody knows', '<nor is this one of them', '> and more'], {
      needs: { buffers: 0, stream: true },
    })
    expect(seen.map(({ over }) => over)).to.deep.equal([false, false, false])
    expect(seen[2]?.stream).to.equal('no protocol that anybody knows and more')
  })

  it('is over with its session, unless a reset may have ended it', () => {
    for (const special of [0, Flag.special]) {
      const needs = { buffers: 0, stream: true }
      const words = established()
      words[0] = State.established | special
      const { layer, seen } = play([REQUEST], { needs, words })
      expect(seen[0]?.over).to.equal(false)
      words[0] = State.closed | special
      const over = special === 0
      expect(play([REQUEST, '>'], { needs, layer, words, from: 1 }).seen[0]?.over).to.equal(over)
      expect(isAppOver(words[EXTRA] ?? 0)).to.equal(over)
      expect(appProtocolOf(words[EXTRA] ?? 0)).to.equal(AppProtocol.http)
    }
  })

  it('starts anew with an entry that was opened anew', () => {
    const { layer, words } = play(['>GET /half'])
    expect((words[EXTRA] ?? 0) & APP_STATE).not.to.equal(0)
    const { seen } = play([REQUEST], { layer })
    expect(seen[0]?.texts).to.deep.equal(['0+GET', '1+/x', '2+a.example'])
  })

  it('gives a flow up that was forgotten for want of room, keeping its protocol', () => {
    const { layer, words } = play(['>GET /half'])
    layer.clear()
    const { seen } = play(['>GET /half', ' HTTP/1.1\r\n\r\n'], { layer, words, from: 1 })
    expect(seen[0]).to.include({ over: true, protocol: AppProtocol.http })
    expect(seen[0]?.texts).to.deep.equal([])
  })

  it('goes on with a flow that came by sharing: from what it speaks, or else from the next bytes', () => {
    for (const known of [true, false]) {
      const words = established()
      words[EXTRA] = Family.tcp | APP_IMPORTED | (known ? AppProtocol.http << 12 : 0)
      const { seen } = play([REQUEST, NEXT, '>not a request\r\n\r\n'], { words, from: 1, host: 1 })
      expect(seen[0]).to.include({ protocol: AppProtocol.http })
      expect(seen[0]?.texts).to.deep.equal(['0+GET', '1+/y'])
    }
    const words = established()
    words[EXTRA] = Family.tcp | APP_IMPORTED
    expect(play([REQUEST, '>midst of a body\r\n'], { words, from: 1 }).seen[0]?.protocol).to.equal(
      AppProtocol.unknown,
    )
  })

  it('does not put together what the tracker did not take, and knows nothing without session', () => {
    const batch = batchOf(tcpExchange(80, [REQUEST]).slice(3))
    const layer = new AppLayer({ buffers: 0, stream: false }, false, true)
    expect(layer.take(batch, 0, 0, established(), 0, true, Delivery.none).protocol).to.equal(
      AppProtocol.unknown,
    )
    const bare = established()
    bare[0] = State.bare
    expect(layer.take(batch, 0, 0, bare, 0, true, Delivery.taken).protocol).to.equal(AppProtocol.unknown)
    expect(Direction.c2s).to.equal(0)
  })
})
