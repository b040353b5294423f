import { judged, Refused, Unreachable } from './answers.ts';

/** Sends a file. `XMLHttpRequest` alone says how far it has come. */
export function sendFile<T>(
  url: string,
  headers: Readonly<Record<string, string>>,
  file: File,
  progress: (share: number) => void,
  signal: AbortSignal,
): Promise<T> {
  return new Promise((done, failed) => {
    const request = new XMLHttpRequest();
    request.open('POST', url);
    for (const [name, value] of Object.entries(headers)) {
      request.setRequestHeader(name, value);
    }
    request.upload.addEventListener('progress', (event) => {
      if (event.lengthComputable) {
        progress(event.loaded / event.total);
      }
    });
    // However it has ended: what got no answer has none that could be read.
    request.addEventListener('loadend', () => {
      try {
        const body: unknown = JSON.parse(request.responseText);
        done(judged<T>(request.status, body, (name) => request.getResponseHeader(name)));
      } catch (error) {
        failed(error instanceof Refused ? error : new Unreachable());
      }
    });
    signal.addEventListener('abort', () => request.abort());
    const form = new FormData();
    form.append('file', file);
    request.send(form);
  });
}
