import { CLIENT_PORT } from './addresses.ts'
import type { Lab } from './lab.ts'
import type { Recording } from './recording.ts'

const NAME = 'www.flowbreak.example'
const QUESTIONS = [
  [NAME, 'A'],
  [NAME, 'AAAA'],
  [NAME, 'TXT'],
].flat()

/** Starts dnsmasq, which answers from these records and asks nobody. */
function serve(lab: Lab): Promise<void> {
  const quiet = [
    '--keep-in-foreground',
    '--conf-file=/dev/null',
    '--no-resolv',
    '--no-hosts',
    '--user=root',
    '--pid-file=',
  ]
  const records = [`--host-record=${NAME},203.0.113.7,2001:db8::7`, `--txt-record=${NAME},flowbreak`]
  const dnsmasq = lab.in(
    'server',
  )`dnsmasq ${quiet} --bind-interfaces --listen-address=${lab.server} ${records}`
  return lab.listen('tcp', 53, dnsmasq)
}

function ask(lab: Lab, transport: readonly string[]): Promise<unknown> {
  const options = [...transport, '+nocookie', '+tries=1']
  return lab.in('client')`dig -r -b ${lab.client}#${CLIENT_PORT} @${lab.server} ${options} ${QUESTIONS}`
}

export const dns: readonly Recording[] = [
  {
    name: 'dns-udp',
    title: 'Three DNS questions (A, AAAA, TXT) and their answers over UDP',
    programs: ['dnsmasq', 'dig'],
    server: serve,
    client: (lab) => ask(lab, ['+notcp']),
    expects: {
      flows: [{ protocol: 'udp' }],
      frames: { 'dns.flags.response == 1 && dns.count.answers == 1': 3 },
    },
    varies: ['dns transaction ids'],
  },
  {
    name: 'dns-tcp',
    title: 'Three DNS questions (A, AAAA, TXT) and their answers on one TCP connection',
    programs: ['dnsmasq', 'dig'],
    server: serve,
    client: (lab) => ask(lab, ['+tcp', '+keepopen']),
    expects: {
      flows: [{ protocol: 'tcp', closes: 'fin' }],
      frames: { 'dns.flags.response == 1 && dns.count.answers == 1': 3 },
    },
    varies: ['dns transaction ids'],
  },
]
