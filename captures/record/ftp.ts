import { mkdir, utimes, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { CLIENT_PORT } from './addresses.ts'
import type { Lab } from './lab.ts'
import type { Recording } from './recording.ts'
import { lines } from './text.ts'

const DATA_PORT = 50000
const LAST_MODIFIED = new Date('2026-01-01T00:00:00Z')

async function serve(lab: Lab): Promise<void> {
  const [root, empty, configuration] = ['public', 'empty', 'vsftpd.conf'].map((name) =>
    join(lab.dir, name),
  ) as [string, string, string]
  for (const folder of [root, empty]) await mkdir(folder)
  const file = join(root, 'lines.txt')
  await writeFile(file, lines(20_000))
  await utimes(file, LAST_MODIFIED, LAST_MODIFIED)
  const [listen, address] =
    lab.family === 'ipv6' ? ['listen_ipv6', 'listen_address6'] : ['listen', 'listen_address']
  const settings = {
    [listen]: 'YES',
    [address]: lab.server,
    background: 'NO',
    anonymous_enable: 'YES',
    anon_root: root,
    secure_chroot_dir: empty,
    pasv_min_port: DATA_PORT,
    pasv_max_port: DATA_PORT,
    xferlog_enable: 'NO',
    isolate: 'NO',
    isolate_network: 'NO',
    seccomp_sandbox: 'NO',
    ftpd_banner: 'flowbreak',
  }
  await writeFile(
    configuration,
    Object.entries(settings)
      .map((pair) => `${pair.join('=')}\n`)
      .join(''),
  )
  await lab.listen('tcp', 21, lab.in('server')`vsftpd ${configuration}`)
}

/** PASV on IPv4, whose answer holds an address; IPv6 has only EPSV. */
function download(lab: Lab): Promise<unknown> {
  const passive = lab.family === 'ipv4' ? ['--disable-epsv'] : []
  const ports = `${CLIENT_PORT}-${CLIENT_PORT + 1}`
  return lab.in(
    'client',
  )`curl -q -sSf --noproxy * --local-port ${ports} ${passive} -o /dev/null ftp://${lab.host}/lines.txt`
}

export const ftp: readonly Recording[] = [
  {
    name: 'ftp-passive',
    title:
      'An anonymous FTP download in passive mode: the control connection and the data connection it names',
    programs: ['vsftpd', 'curl'],
    server: serve,
    client: download,
    expects: {
      flows: [
        { protocol: 'tcp', closes: 'fin' },
        { protocol: 'tcp', closes: 'fin' },
      ],
      frames: { 'ftp.response.code == 226': 1, 'ftp-data': 10 },
    },
    point: { 'related-flow': 'The data connection goes to the port that the answer to PASV or EPSV names.' },
  },
]
