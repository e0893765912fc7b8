/** The parts of which conversations with TLS and DNS are made. Text is bytes, one a character. */

/** Two bytes, the higher first. */
export function u16(value: number): string {
  return String.fromCharCode(value >> 8, value & 255)
}

/** A ClientHello's handshake message with these extensions. */
export function hello(extensions: string): string {
  const body = `\x03\x03${'r'.repeat(32)}\0${u16(2)}\x13\x01\x01\0${u16(extensions.length)}${extensions}`
  return `\x01\0${u16(body.length)}${body}`
}

/** A record of TLS; type 22 is a handshake. */
export function record(body: string, type = 22, version = '\x03\x01'): string {
  return `${String.fromCharCode(type)}${version}${u16(body.length)}${body}`
}

/** The extension that names the server. */
export function sni(name: string): string {
  return `\0\0${u16(name.length + 5)}${u16(name.length + 3)}\0${u16(name.length)}${name}`
}

export const SERVER_HELLO = record(`\x02\0${u16(38)}\x03\x03${'s'.repeat(32)}\0\x13\x01\0`)

/** A name in DNS, with its end. */
export function name(text: string): string {
  return `${text
    .split('.')
    .map((label) => `${String.fromCharCode(label.length)}${label}`)
    .join('')}\0`
}

/** A message of DNS with these names as questions. */
export function query(questions: readonly string[], flags = 0x0100, id = 7): string {
  const body = questions.map((question) => `${question}\0\x01\0\x01`).join('')
  return `${u16(id)}${u16(flags)}${u16(questions.length)}\0\0\0\0\0\0${body}`
}

/** A message of DNS as it is sent over TCP. */
export function prefixed(message: string): string {
  return `${u16(message.length)}${message}`
}
