import { fork } from 'node:child_process'
import { setFlagsFromString } from 'node:v8'
import { parentPort, Worker as Thread } from 'node:worker_threads'
import type { FromWorker, OwnPort, ToWorker } from './messages.ts'
import type { WorkerHandle } from './worker.ts'

/** Starts a worker as a thread of this process. */
export function startThread(program: string): WorkerHandle {
  // Where every core has a thread that plays, helpers only keep one waiting that collects garbage.
  setFlagsFromString('--no-parallel-scavenge')
  const thread = new Thread(program)
  const name = `thread ${thread.threadId}`
  let problem: string | undefined
  thread.on('error', (thrown) => {
    problem = thrown instanceof Error ? thrown.message : String(thrown)
  })
  return {
    name,
    gone: new Promise((resolve) => {
      thread.once('exit', (code) => resolve(problem ?? `exit code ${code}`))
    }),
    post: (message) => thread.postMessage(message),
    listen: (take) => thread.on('message', take),
    kill: () => void thread.terminate(),
  }
}

/** Starts a worker as a process; its output goes to standard error, because standard output is for reports. */
export function startProcess(program: string): WorkerHandle {
  const child = fork(program, [], { serialization: 'advanced', stdio: ['ignore', 2, 2, 'ipc'] })
  let problem: string | undefined
  return {
    name: `process ${child.pid}`,
    gone: new Promise((resolve) => {
      child.once('exit', (code, signal) => resolve(problem ?? signal ?? `exit code ${code}`))
      child.once('error', (thrown) => {
        problem = thrown.message
        if (child.pid === undefined) resolve(problem)
      })
    }),
    post: (message) => {
      // Its exit event tells if it is gone.
      if (child.connected) child.send(message, () => undefined)
    },
    listen: (take) => child.on('message', (message) => take(message as FromWorker)),
    kill: () => void child.kill('SIGKILL'),
  }
}

/** The port of this worker, which is a thread or a process. */
export function ownPort(): OwnPort {
  const port = parentPort
  if (port !== null)
    return {
      isThread: true,
      post: (message) => port.postMessage(message),
      listen: (take) => port.on('message', take),
      close: () => port.close(),
    }
  return {
    isThread: false,
    post: (message) => {
      if (process.connected) process.send?.(message)
    },
    listen: (take) => process.on('message', (message) => take(message as ToWorker)),
    close: () => {
      if (process.connected) process.disconnect()
    },
  }
}
