import { join } from 'node:path'
import type { ProcessPromise } from 'zx/core'
import { type Lab, sleep } from './lab.ts'
import type { Recording } from './recording.ts'

const LOGIN = 1000
const KEYSTROKE = 300
const TYPED = 'hello\rflow\r\x04'
// It waits before it answers, so that echo and answer are never one packet.
const ANSWER = 'while read -r line; do sleep 0.1; echo "heard $line"; done'

// sshd wants /run/sshd; a namespace command has its own mounts, so that the machine's /run is left as it is.
async function serve(lab: Lab): Promise<void> {
  for (const key of ['host', 'user']) {
    await lab.in('server')`ssh-keygen -q -t ed25519 -N ${''} -C flowbreak -f ${join(lab.dir, key)}`
  }
  const options = [
    `ListenAddress=${lab.server}`,
    `HostKey=${lab.dir}/host`,
    `AuthorizedKeysFile=${lab.dir}/user.pub`,
    'PidFile=none',
    'UsePAM=no',
    'StrictModes=no',
    'PermitRootLogin=yes',
    'PrintMotd=no',
    'PrintLastLog=no',
    `ForceCommand=${ANSWER}`,
  ].flatMap((option) => ['-o', option])
  const sshd = lab.in(
    'server',
  )`sh -c ${'mount -t tmpfs tmpfs /run && mkdir /run/sshd && exec /usr/sbin/sshd "$@"'} sshd -D -e -f /dev/null ${options}`
  await lab.listen('tcp', 22, sshd)
}

async function type(lab: Lab): Promise<void> {
  const options = ['UserKnownHostsFile=/dev/null', 'StrictHostKeyChecking=no', 'BatchMode=yes'].flatMap(
    (o) => ['-o', o],
  )
  const ssh = lab.in('client')`ssh -tt -F none -i ${join(lab.dir, 'user')} ${options} root@${lab.server}`
  await Promise.all([ssh, press(ssh)])
}

async function press(ssh: ProcessPromise): Promise<void> {
  await sleep(LOGIN)
  for (const key of TYPED) {
    ssh.stdin.write(key)
    await sleep(KEYSTROKE)
  }
}

export const ssh: readonly Recording[] = [
  {
    name: 'ssh-interactive',
    title: 'An SSH session: login by key, two lines typed key by key, echoed and answered, end of input',
    programs: ['openssh'],
    server: serve,
    client: type,
    expects: {
      flows: [{ protocol: 'tcp', closes: 'fin' }],
      frames: { 'tcp.time_delta > 0.15 && tcp.len > 0': 12 },
    },
    varies: ['ssh keys, nonces and padding', 'everything encrypted'],
  },
]
