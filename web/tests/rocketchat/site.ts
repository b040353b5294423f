// Somebody's site, on an origin of its own, that carries the published widget.

import { createReadStream } from 'node:fs';
import { access } from 'node:fs/promises';
import { createServer, type ServerResponse } from 'node:http';
import { extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { at } from './documents.ts';

const BUILD = fileURLToPath(
  new URL('node_modules/@rocket.chat/livechat/build/', import.meta.url),
);

const TYPES: Readonly<Record<string, string>> = {
  '.css': 'text/css; charset=utf-8',
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.png': 'image/png',
};

export interface Site {
  /** Its one page, with a slash at the end. */
  readonly url: string;
  close(): Promise<void>;
}

/** A site whose widget talks to this server. */
export async function openSite(hark: string): Promise<Site> {
  await access(BUILD);
  const server = createServer((request, response) => {
    const { pathname } = new URL(request.url ?? '/', 'http://site');
    if (pathname === '/') {
      response.writeHead(200, { 'Content-Type': TYPES['.html'] }).end(page(hark));
    } else if (pathname === '/livechat') {
      serve(response, 'index.html');
    } else if (pathname.startsWith('/livechat/')) {
      serve(response, pathname.slice('/livechat/'.length));
    } else {
      response.writeHead(404).end();
    }
  });
  await new Promise<void>((listening) => {
    server.listen(0, '127.0.0.1', listening);
  });
  const port = String(at(server.address(), 'port'));
  return {
    url: `http://127.0.0.1:${port}/`,
    async close() {
      server.closeAllConnections();
      await new Promise((closed) => {
        server.close(closed);
      });
    },
  };
}

function serve(response: ServerResponse, name: string): void {
  const file = createReadStream(join(BUILD, name));
  file.once('open', () => {
    response.writeHead(200, { 'Content-Type': TYPES[extname(name)] ?? 'text/plain' });
    file.pipe(response);
  });
  file.once('error', () => response.writeHead(404).end());
}

const EVENTS = [
  'ChatMaximized',
  'ChatMinimized',
  'ChatStarted',
  'ChatEnded',
  'PrechatFormSubmit',
  'OfflineFormSubmit',
  'WidgetShown',
  'WidgetHidden',
  'AssignAgent',
  'AgentStatusChange',
  'QueuePositionChange',
  'ServiceOffline',
];

/** The page as its owner wrote it: the snippet, and a note of what the widget calls back. */
function page(hark: string): string {
  const widget = `/livechat?serverUrl=${encodeURIComponent(hark)}`;
  return `<!doctype html>
<html lang="en">
<title>A shop</title>
<h1>A shop</h1>
<script>
window.called = [];
window.RocketChat = function (callback) { window.RocketChat._.push(callback); };
window.RocketChat._ = [];
window.RocketChat.url = ${JSON.stringify(widget)};
window.RocketChat(function () {
  for (const event of ${JSON.stringify(EVENTS)}) {
    this['on' + event]((data) => window.called.push([event, data]));
  }
});
</script>
<script async src="/livechat/rocketchat-livechat.min.js"></script>
</html>
`;
}
