import { hello, name, prefixed, query, record, sni } from './messages.test.ts'

export const GRANTED = '<HTTP/1.1 200 Connection established\r\n\r\n'
export const REFUSED = '<HTTP/1.1 403 No\r\nContent-Length: 0\r\n\r\n'
export const OK = '<HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok'
export const HELLO = `>${record(hello(sni('b.example')))}`
export const SERVER_HELLO = `<${record('\x02\0\0\0')}`
export const BANNER = '>SSH-2.0-OpenSSH_9.2\r\n'
export const SERVER_BANNER = '<SSH-1.99-server\r\n'
export const QUERY = `>${prefixed(query([name('a.example')]))}`
export const ANSWER = `<${prefixed(query([name('a.example')], 0x8180))}`

/** A CONNECT, to the server of a proxy. */
export function connect(target = 'b.example:443', headers = ''): string {
  return `>CONNECT ${target} HTTP/1.1\r\nHost: proxy.example\r\n${headers}\r\n`
}

export function get(target: string, host = 'c.example'): string {
  return `>GET ${target} HTTP/1.1\r\nHost: ${host}\r\n\r\n`
}

/** So many bytes that tell nothing, in short lines. */
export function filler(length: number): string {
  return `${'x'.repeat(63)}\n`.repeat(Math.ceil(length / 64)).slice(0, length)
}

/** What is said in a tunnel. */
export const INSIDE: readonly (readonly string[])[] = [
  [HELLO, SERVER_HELLO, `>${record('x', 23)}`, `<${record('y', 23)}`],
  [SERVER_HELLO, HELLO, `>${record('x', 23)}`],
  [HELLO.slice(0, 3), `>${HELLO.slice(3)}`, SERVER_HELLO],
  [HELLO.slice(0, 12), `>${HELLO.slice(12)}`, SERVER_HELLO],
  [BANNER, SERVER_BANNER, '>abc'],
  [SERVER_BANNER, BANNER, '>abc', '<def'],
  [SERVER_BANNER.slice(0, 4), `<${SERVER_BANNER.slice(4)}`, BANNER],
  ['<hello, who are you?\r\n', BANNER, SERVER_BANNER, '>abc'],
  ['<hello', BANNER, ' of the server', '>abc'.repeat(9)],
  ['<hello', HELLO, SERVER_HELLO],
  [get('/1'), OK, get('/2'), OK],
  [OK, get('/1'), OK, get('/2')],
  [`${get('/1')}${get('/2').slice(1)}`, `${OK}${OK.slice(1)}`, get('/3')],
  [connect('d.example:22'), GRANTED, BANNER, SERVER_BANNER],
  [connect('d.example:22'), REFUSED, get('/2'), BANNER],
  [get('/1'), OK, connect(), GRANTED, HELLO, SERVER_HELLO],
  ['>what is this?\r\n', '<not known\r\n', '>so what\r\n', HELLO, SERVER_HELLO],
  [`>${filler(4000)}`, HELLO, '<x', `>${filler(96)}`, '>z', '<z'],
  [`>${filler(4096)}`, '<x', HELLO, '<z'],
  [`<${filler(1400)}`, `<${filler(1400)}`, HELLO, `<${filler(1400)}`, '>x'],
  [QUERY, ANSWER, QUERY],
  [ANSWER, QUERY],
  ['>\x80\x2e\x01\x03\x01\0\x15\0\0\0\x10', '<x', '>y'],
  [`-${HELLO}`, SERVER_HELLO, '>abc', HELLO],
  [HELLO.slice(0, 20), `->${HELLO.slice(20)}`, SERVER_HELLO, '>abc'],
  ['>x', `->abc`, '<y', HELLO, get('/2'), OK],
  [`-<abc`, HELLO, SERVER_HELLO, HELLO],
  [get('/1'), OK, HELLO, SERVER_HELLO],
  [HELLO, OK, get('/2')],
  [BANNER, SERVER_HELLO, '>abc'],
  ['>X-Y /1 HTTP/1.1\r\n\r\n', OK, get('/2'), OK],
  ['>', HELLO],
]
