import { release } from 'node:os'
import { $ } from 'zx/core'
import type { Program } from './recording.ts'

const ASK: Record<Exclude<Program, 'node'>, readonly [string, ...string[]]> = {
  curl: ['curl', '--version'],
  dig: ['dig', '-v'],
  dnsmasq: ['dnsmasq', '--version'],
  nginx: ['nginx', '-v'],
  openssh: ['ssh', '-V'],
  openssl: ['openssl', 'version'],
  ping: ['ping', '-V'],
  postgresql: ['psql', '--version'],
  redis: ['redis-server', '--version'],
  tcpreplay: ['tcpreplay', '-V'],
  usrsctp: ['dpkg-query', '-W', 'libusrsctp-examples'],
  vsftpd: ['vsftpd', '-v'],
}

/** The versions of the programs that made a recording, and of the kernel and tcpdump that every one rests on. */
export async function versions(programs: readonly Program[]): Promise<Record<string, string>> {
  const found: [string, string][] = [
    ['linux', first(release())],
    ['tcpdump', first(await words(['tcpdump', '--version']))],
  ]
  for (const program of programs) {
    found.push([program, program === 'node' ? process.versions.node : first(await words(ASK[program]))])
  }
  return Object.fromEntries(found.sort(([a], [b]) => (a < b ? -1 : 1)))
}

// vsftpd writes its version to its standard input.
async function words(command: readonly string[]): Promise<string> {
  return (await $({ quiet: true, nothrow: true })`${command} 0>&1`).stdall
}

function first(text: string): string {
  return /\d+(?:\.\d+)*(?:p\d+)?/.exec(text)?.[0] ?? 'unknown'
}
