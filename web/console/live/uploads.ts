// Files on their way into chats.
import { signal } from '@preact/signals';

import { Unreachable } from '../../shared/answers.ts';
import { upload } from '../api/http.ts';
import { reason } from './reasons.ts';

export interface Upload {
  readonly id: number;
  readonly rid: string;
  readonly file: File;
  /** From 0 to 1. */
  readonly progress: number;
  /** Why it did not come through. */
  readonly fault?: string;
  readonly cancel: () => void;
}

export const uploads = signal<readonly Upload[]>([]);
let last = 0;

export function sendFiles(rid: string, files: Iterable<File>): void {
  for (const file of files) {
    void sendOne(rid, file);
  }
}

export const drop = (id: number): void => {
  uploads.value = uploads.peek().filter((one) => one.id !== id);
};

export function sendAgain(failed: Upload): void {
  drop(failed.id);
  void sendOne(failed.rid, failed.file);
}

async function sendOne(rid: string, file: File): Promise<void> {
  last += 1;
  const id = last;
  const stop = new AbortController();
  const cancel = (): void => {
    stop.abort();
    drop(id);
  };
  uploads.value = [...uploads.peek(), { id, rid, file, progress: 0, cancel }];
  const change = (changed: Partial<Upload>): void => {
    uploads.value = uploads.peek().map((one) => (one.id === id ? { ...one, ...changed } : one));
  };
  try {
    // Its message comes as every other does.
    await upload(`rooms.upload/${rid}`, file, (progress) => change({ progress }), stop.signal);
    drop(id);
  } catch (error) {
    change({ fault: reason(error instanceof Error ? error : new Unreachable()) });
  }
}
