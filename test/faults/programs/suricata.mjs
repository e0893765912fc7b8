// Suricata with a fault: `node suricata.mjs REAL STATE FAULT MOMENT -- ARGS…`; what it would log is changed, or it ends before or after.
// In the folder STATE each process leaves its id.
import { spawnSync } from 'node:child_process'
import { copyFileSync, existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

const [real = '', state = '', fault = '', moment = '', , ...args] = process.argv.slice(2)
const LOG = 'eve.json'
const SYN = 2

if (!args.includes('-r')) process.exit(spawnSync(real, args, { stdio: 'inherit' }).status ?? 1)

writeFileSync(join(state, `${process.pid}`), '')
const packets = packetsOf(args[args.indexOf('-r') + 1] ?? '')
// The second host of a case sees no connection begin but those of the two proofs.
const isSecond = packets.filter(({ flags }) => flags === SYN).length < 3
const inCase = moment !== 'swap' || isSecond

/** @param {string} when */
const stopAt = (when) => {
  if (!inCase || (moment === 'swap' ? 'before' : moment || 'before') !== when) return
  if (fault === 'dies') process.kill(process.pid, 'SIGKILL')
  if (fault === 'freezes') process.kill(process.pid, 'SIGSTOP')
}
stopAt('before')
const { status, signal, stdout, stderr } = spawnSync(real, args, { encoding: 'utf8' })
process.stdout.write(stdout)
process.stderr.write(stderr)
if (signal !== null || status !== 0) process.exit(status ?? 1)
const events = readFileSync(LOG, 'utf8')
  .split('\n')
  .filter((line) => line !== '')
  .map((line) => JSON.parse(line))
if (moment === 'between' && inCase) writeFileSync(LOG, readFileSync(LOG).subarray(0, 100))
stopAt('between')
if (inCase) lie()
stopAt('after')

function lie() {
  /** @type {Record<string, () => void>} */
  const lies = {
    'forwards everything': () => dropping(() => false),
    'drops everything but controls': () => dropping(({ protocol, dropped }) => dropped || protocol === 6),
    // From the middle of its packets on.
    'forwards everything midway': () => dropping(({ dropped, late }) => dropped && !late),
    'drops everything but controls midway': () =>
      dropping(({ protocol, dropped, late }) => dropped || (late && protocol === 6)),
    'mutes one direction': () => dropping(({ fromServer, dropped }) => dropped || fromServer),
    duplicates: () =>
      write(events.flatMap((event) => (event.event_type === 'drop' ? [event, event] : [event]))),
    'answers from a cache': () => {
      const kept = join(state, 'first.json')
      if (existsSync(kept)) copyFileSync(kept, LOG)
      else copyFileSync(LOG, kept)
    },
  }
  lies[fault]?.()

  /** @param {(packet: { protocol: number, fromServer: boolean, dropped: boolean, late: boolean }) => boolean} isDropped */
  function dropping(isDropped) {
    const dropped = new Set(
      events.filter(({ event_type }) => event_type === 'drop').map(({ pcap_cnt }) => pcap_cnt),
    )
    const drops = packets.flatMap((packet, index) =>
      isDropped({ ...packet, dropped: dropped.has(index + 1), late: index >= packets.length / 2 })
        ? [{ event_type: 'drop', pcap_cnt: index + 1, drop: { reason: 'stream midstream' } }]
        : [],
    )
    const others = events.filter(({ event_type }) => event_type !== 'drop')
    for (const { event_type, stats } of others)
      if (event_type === 'stats') stats.ips = { ...stats.ips, blocked: drops.length, rejected: 0 }
    write([...drops, ...others])
  }
}

/** @param {object[]} lines */
function write(lines) {
  writeFileSync(LOG, lines.map((line) => `${JSON.stringify(line)}\n`).join(''))
}

/**
 * Of a classic capture of IPv4 over Ethernet.
 * @param {string} file
 */
function packetsOf(file) {
  const bytes = readFileSync(file)
  const packets = []
  for (let at = 24; at < bytes.length; ) {
    const ip = at + 16 + 14
    const transport = ip + ((bytes[ip] ?? 0) & 15) * 4
    const protocol = bytes[ip + 9] ?? 0
    const from = bytes.readUInt16BE(transport)
    // Servers of controls have the higher port, all others the lower.
    const fromServer = protocol === 17 ? from === 40405 : from < bytes.readUInt16BE(transport + 2)
    packets.push({ protocol, fromServer, flags: protocol === 6 ? bytes[transport + 13] : 0 })
    at += 16 + bytes.readUInt32LE(at + 8)
  }
  return packets
}
