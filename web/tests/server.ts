// A Hark of its own for each caller: the built binary, a free port, an empty data folder.

import { type ChildProcessByStdio, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { access, constants, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

/** Longer than a start ever takes; whoever does not start is named with its output. */
const START_MS = 30_000;

const READY = /^Hark \S+ is ready: (http:\/\/\S+\/)$/;

export interface Server {
  /** With a slash at the end. */
  readonly url: string;
  /** As `hark --version` says it, without the name. */
  readonly version: string;
  stop(): Promise<void>;
}

type Hark = ChildProcessByStdio<null, Readable, Readable>;

export async function startServer(): Promise<Server> {
  const binary = await findBinary();
  const { stdout: named } = await promisify(execFile)(binary, ['--version']);
  const folder = await mkdtemp(join(tmpdir(), 'hark-web-'));
  const hark: Hark = spawn(
    binary,
    ['serve', '--listen', '127.0.0.1:0', '--data', join(folder, 'data')],
    {
      // Neither the caller's HARK_… variables nor a hark.toml nearby may have a say.
      cwd: folder,
      env: { PATH: process.env['PATH'] },
      stdio: ['ignore', 'pipe', 'pipe'],
    },
  );
  // A worker that exits without its clean-up takes its servers with it.
  const end = () => hark.kill('SIGKILL');
  process.once('exit', end);
  const gone = once(hark, 'exit');
  const clean = async () => {
    process.off('exit', end);
    await rm(folder, { recursive: true, force: true });
  };

  try {
    const url = await readyLine(hark);
    return {
      url,
      version: named.trim().replace(/^hark /, ''),
      async stop() {
        hark.kill('SIGTERM');
        const [code, signal] = await gone;
        await clean();
        if (code !== 0) {
          throw new Error(`hark did not stop in good order: ${code ?? signal}`);
        }
      },
    };
  } catch (error) {
    end();
    // What could not even be started has no end to wait for; the reason is in `error`.
    await gone.catch(() => undefined);
    await clean();
    throw error;
  }
}

async function findBinary(): Promise<string> {
  const given = process.env['HARK_BINARY'] ?? '';
  const binary =
    given === ''
      ? fileURLToPath(new URL('../../target/debug/hark', import.meta.url))
      : resolve(given);
  try {
    await access(binary, constants.X_OK);
  } catch {
    throw new Error(
      `There is no program at ${binary}. Build it with \`cargo build -p hark\`, or name another in HARK_BINARY.`,
    );
  }
  return binary;
}

/** The address from the line that says that Hark is ready. */
function readyLine(hark: Hark): Promise<string> {
  return new Promise((found, failed) => {
    const said: string[] = [];
    const giveUp = (why: string) => {
      clearTimeout(deadline);
      failed(new Error(`hark ${why}. It said:\n${said.join('\n')}`));
    };
    const deadline = setTimeout(() => {
      giveUp(`was not ready after ${START_MS / 1000} s`);
    }, START_MS);
    // Both streams are read to their end: a full pipe would halt the server.
    createInterface(hark.stderr).on('line', (line) => said.push(line));
    createInterface(hark.stdout).on('line', (line) => {
      said.push(line);
      const url = READY.exec(line)?.[1];
      if (url !== undefined) {
        clearTimeout(deadline);
        found(url);
      }
    });
    // `close` comes after the last line, `exit` may come before it.
    hark.once('close', (code, signal) => giveUp(`ended with ${code ?? signal}`));
    hark.once('error', (error) => giveUp(`could not be started: ${error.message}`));
  });
}
