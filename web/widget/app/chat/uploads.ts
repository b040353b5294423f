// Files on their way to the server. They last as long as the page: a browser does not keep them.
import { Refused } from '../../../shared/answers.ts';
import { signal } from '@preact/signals';

import { freshId, token } from '../memory.ts';
import type { Message } from '../wire/documents.ts';
import { upload } from '../wire/rest.ts';
import { openRoom } from './chat.ts';
import { at, take } from './messages.ts';

export type Failure =
  | { readonly kind: 'size'; readonly allowed: string }
  | { readonly kind: 'type' | 'off' | 'network' };

export interface Upload {
  readonly id: string;
  readonly file: File;
  readonly share: number;
  readonly failure?: Failure;
}

export const uploads = signal<readonly Upload[]>([]);
const stops = new Map<string, AbortController>();

function change(id: string, changed: Partial<Upload>): void {
  uploads.value = uploads
    .peek()
    .map((known) => (known.id === id ? { ...known, ...changed } : known));
}

export function sendFiles(files: Iterable<File>): void {
  for (const file of files) {
    const made = { id: freshId(), file, share: 0 };
    uploads.value = [...uploads.peek(), made];
    void send(made);
  }
}

export function sendAgain(id: string): void {
  const found = uploads.peek().find((known) => known.id === id);
  if (found !== undefined) {
    const fresh = { id, file: found.file, share: 0 };
    uploads.value = uploads.peek().map((known) => (known.id === id ? fresh : known));
    void send(fresh);
  }
}

export function cancel(id: string): void {
  stops.get(id)?.abort();
  uploads.value = uploads.peek().filter((known) => known.id !== id);
}

async function send({ id, file }: Upload): Promise<void> {
  const stop = new AbortController();
  stops.set(id, stop);
  try {
    const rid = await openRoom();
    stop.signal.throwIfAborted();
    const message = await upload<Message>(
      `livechat/upload/${encodeURIComponent(rid)}`,
      token(),
      file,
      (share) => change(id, { share }),
      stop.signal,
    );
    if (!Number.isNaN(at(message))) {
      take(message);
    }
    cancel(id);
  } catch (error) {
    change(id, { failure: failureOf(error) });
  } finally {
    stops.delete(id);
  }
}

function failureOf(error: unknown): Failure {
  if (!(error instanceof Refused)) {
    return { kind: 'network' };
  }
  const { sizeAllowed } = error.body;
  switch (error.code) {
    case 'error-type-not-allowed':
      return { kind: 'type' };
    case 'error-size-not-allowed':
    case 'error-file-too-large':
      return { kind: 'size', allowed: typeof sizeAllowed === 'string' ? sizeAllowed : '' };
    case 'error-file-upload-disabled':
      return { kind: 'off' };
    default:
      return { kind: 'network' };
  }
}
