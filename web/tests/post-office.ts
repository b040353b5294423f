// A server that takes every mail, for those who want to read what was sent.

import { createServer, type AddressInfo, type Socket } from 'node:net';

import type { Desk } from './desk.ts';

export class PostOffice {
  /** As they came, with their soft line breaks put together. */
  readonly mails: string[] = [];
  readonly #server = createServer((socket) => this.#serve(socket));

  /** Takes what this desk sends from now on. */
  static async open(desk: Desk): Promise<PostOffice> {
    const office = new PostOffice();
    await new Promise<void>((listening) => {
      office.#server.listen(0, '127.0.0.1', listening);
    });
    const { port } = office.#server.address() as AddressInfo;
    await desk.set('SMTP_Host', '127.0.0.1');
    await desk.set('SMTP_Port', String(port));
    await desk.set('From_Email', 'desk@example.org');
    return office;
  }

  /** The mails to this address. */
  to(address: string): readonly string[] {
    return this.mails.filter((mail) => mail.includes(address));
  }

  close(): void {
    this.#server.close();
  }

  #serve(socket: Socket): void {
    let text = '';
    let isMail = false;
    socket.write('220 here\r\n');
    socket.on('data', (piece: Buffer) => {
      text += piece.toString();
      for (;;) {
        const end = isMail ? '\r\n.\r\n' : '\r\n';
        const at = text.indexOf(end);
        if (at === -1) {
          return;
        }
        const part = text.slice(0, at);
        text = text.slice(at + end.length);
        if (isMail) {
          this.mails.push(part.replaceAll('=\r\n', '').replaceAll('=3D', '='));
          isMail = false;
          socket.write('250 taken\r\n');
        } else if (part.toUpperCase() === 'DATA') {
          isMail = true;
          socket.write('354 go on\r\n');
        } else if (part.toUpperCase() === 'QUIT') {
          socket.end('221 bye\r\n');
        } else {
          socket.write('250 ok\r\n');
        }
      }
    });
    socket.on('error', () => undefined);
  }
}
