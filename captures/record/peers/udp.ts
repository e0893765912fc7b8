import { createSocket } from 'node:dgram'
import { isIPv6 } from 'node:net'
import { setTimeout as pause } from 'node:timers/promises'
import { message, readOrder, type Step } from './script.ts'

// A UDP end that does what its order's script says: `receive` waits for one datagram, whatever its size.

const { role, address, port, localPort, script } = readOrder()
const socket = createSocket(isIPv6(address) ? 'udp6' : 'udp4')

async function play(steps: readonly Step[]): Promise<void> {
  const inbox: number[] = []
  let peer = { address, port }
  let messages = 0
  let wake = (): void => {}
  socket.on('message', (bytes, from) => {
    peer = from
    inbox.push(bytes.length)
    wake()
  })
  for (const step of steps) {
    const [verb, argument] = step.split(' ')
    const amount = Number(argument)
    if (verb === 'pause') await pause(amount)
    else if (verb === 'send') {
      const bytes = message(role === 'listen' ? 'server' : 'client', ++messages, amount)
      await new Promise<void>((resolve) => socket.send(bytes, peer.port, peer.address, () => resolve()))
    } else {
      while (inbox.shift() === undefined) {
        await new Promise<void>((resolve) => {
          wake = resolve
        })
      }
    }
  }
  socket.close()
}

socket.bind(role === 'listen' ? { address, port } : { port: localPort }, () => void play(script))
