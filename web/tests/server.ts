// A Hark of its own for each caller: the built binary, a free port, an empty data folder.

import { type ChildProcessByStdio, execFile, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
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

const READY = /^Hark (\S+) is ready: (http:\/\/\S+\/)$/;

export interface Setup {
  /** Options of `hark serve`, besides its address and its folder. */
  readonly options?: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
}

export interface Server {
  /** With a slash at the end. */
  readonly url: string;
  /** Of its process. */
  readonly pid: number;
  /** As it says when it is ready. */
  readonly version: string;
  /** Killed outright, and started again with the same address and data. */
  restart(): Promise<void>;
  stop(): Promise<void>;
}

type Hark = ChildProcessByStdio<null, Readable, Readable>;

interface Running {
  readonly url: string;
  readonly version: string;
  readonly pid: number;
  /** Answers the exit code, or the signal if there is none. */
  end(signal: NodeJS.Signals): Promise<unknown>;
}

export async function startServer(given: Setup = {}): Promise<Server> {
  const binary = await findBinary();
  const folder = await mkdtemp(join(tmpdir(), 'hark-web-'));
  const clean = () => rm(folder, { recursive: true, force: true });
  try {
    const database = await ownDatabase();
    const environment = { ...database, ...given.environment };
    const setup = { ...given, environment };
    let running = await run(binary, folder, '127.0.0.1:0', setup);
    const { url, version } = running;
    return {
      url,
      version,
      get pid() {
        return running.pid;
      },
      async restart() {
        await running.end('SIGKILL');
        running = await run(binary, folder, new URL(url).host, setup);
      },
      async stop() {
        const code = await running.end('SIGTERM');
        await clean();
        if (code !== 0) {
          throw new Error(`hark did not stop in good order: ${String(code)}`);
        }
      },
    };
  } catch (error) {
    await clean();
    throw error;
  }
}

/** An empty one on the PostgreSQL of `scripts/with-postgres`; without that, nothing, and it lies in the folder. */
async function ownDatabase(): Promise<Readonly<Record<string, string>>> {
  const postgres = process.env['HARK_TEST_POSTGRES'] ?? '';
  if (postgres === '') {
    return {};
  }
  const name = `hark_web_${randomUUID().replaceAll('-', '')}`;
  await promisify(execFile)('psql', ['--no-psqlrc', '--quiet', '--dbname', postgres, '--command', `CREATE DATABASE ${name}`]);
  const url = new URL(postgres);
  url.pathname = `/${name}`;
  return { HARK_DATABASE: url.href };
}

/** Starts it in this folder and waits until it is ready. */
async function run(
  binary: string,
  folder: string,
  address: string,
  setup: Setup,
): Promise<Running> {
  const { options = [], environment = {} } = setup;
  const hark: Hark = spawn(
    binary,
    ['serve', '--listen', address, '--data', join(folder, 'data'), ...options],
    {
      // Neither the caller's HARK_… variables nor a hark.toml nearby may have a say.
      cwd: folder,
      env: { PATH: process.env['PATH'], ...environment },
      stdio: ['ignore', 'pipe', 'pipe'],
    },
  );
  // A worker that exits without its clean-up takes its servers with it.
  const kill = () => hark.kill('SIGKILL');
  process.once('exit', kill);
  const gone = once(hark, 'exit');
  const end = async (signal: NodeJS.Signals) => {
    hark.kill(signal);
    try {
      const [code, by] = await gone;
      return code ?? by;
    } finally {
      process.off('exit', kill);
    }
  };
  try {
    return { ...(await readyLine(hark)), pid: hark.pid ?? 0, end };
  } catch (error) {
    // What could not even be started has no end to wait for; the reason is in `error`.
    await end('SIGKILL').catch(() => undefined);
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

/** What the line says with which Hark is ready. */
function readyLine(hark: Hark): Promise<Pick<Running, 'url' | 'version'>> {
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
      const [, version, url] = READY.exec(line) ?? [];
      if (version !== undefined && url !== undefined) {
        clearTimeout(deadline);
        found({ url, version });
      }
    });
    // `close` comes after the last line, `exit` may come before it.
    hark.once('close', (code, signal) => giveUp(`ended with ${code ?? signal}`));
    hark.once('error', (error) => giveUp(`could not be started: ${error.message}`));
  });
}
