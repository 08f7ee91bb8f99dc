/** Commands of a project, and processes that say by a line of JSON that they are ready. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';

/** @returns {Promise<string>} stdout @throws Error with all that the command wrote */
export async function command(cwd, name, args, { timeoutMs = 300_000 } = {}) {
  const child = spawn(name, args, { cwd, stdio: ['ignore', 'pipe', 'pipe'], timeout: timeoutMs, killSignal: 'SIGKILL', shell: process.platform === 'win32' });
  let [stdout, stderr] = ['', ''];
  child.stdout.setEncoding('utf8').on('data', (text) => (stdout += text));
  child.stderr.setEncoding('utf8').on('data', (text) => (stderr += text));
  const [code, signal] = await once(child, 'close');
  if (code !== 0) throw new Error(`${name} ${args.join(' ')} ended with ${code ?? signal}:\n${stdout}${stderr}`.slice(0, 4_000));
  return stdout;
}

/** @returns {Promise<{greeting: object, stop(): Promise<void>}>} a process, and what it said once it was ready */
export async function greeted(script, args) {
  const child = spawn(process.execPath, [script, ...args], { stdio: ['ignore', 'pipe', 'pipe', 'ipc'] });
  let log = '';
  child.stderr.setEncoding('utf8').on('data', (text) => (log += text));
  const exited = once(child, 'exit');
  const early = exited.then(([code]) => Promise.reject(new Error(`edge-net ${args.join(' ')} ended with ${code} before it was ready:\n${log}`)));
  early.catch(() => undefined);
  const [line] = await Promise.race([once(createInterface({ input: child.stdout }), 'line'), early]);
  return {
    greeting: JSON.parse(line),
    async stop() {
      if (child.exitCode === null && child.signalCode === null) child.kill();
      await exited;
    },
  };
}
