/** What probes say in payloads, by name; `server` is the server's IPv4 address. */
export const TEXTS: Readonly<Record<string, (server: readonly number[]) => string>> = {
  get: () => 'GET / HTTP/1.1\r\nHost: probe.example\r\n\r\n',
  word: () => 'flowbreak',
  /** The answer to PASV: a data connection to port 5007 is to come (RFC 959 4.2). */
  passive: (server) => `227 Entering Passive Mode (${server.join(',')},${5007 >> 8},${5007 & 255}).\r\n`,
  /** The answer to EPSV: the same (RFC 2428 3). */
  extended: () => '229 Entering Extended Passive Mode (|||5007|)\r\n',
}
