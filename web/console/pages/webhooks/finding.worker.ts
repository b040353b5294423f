// Tries patterns away from the page, which a pattern that goes back and forth would halt.
import { type Asked, tried } from './finding.ts';

self.addEventListener('message', ({ data }: MessageEvent<Asked>) => self.postMessage(tried(data), {}));
self.postMessage('ready', {});
